"""Asking: composer, coach's strip, answers, what the model sees."""
