"""What goes to the model and what comes back: context, prompt, citations, command risk."""
