"""The coach: examines a question against the ticket before it is sent."""
