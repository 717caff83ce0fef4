"""Accept, edit, override, escalate: what a person decided about a suggestion."""
