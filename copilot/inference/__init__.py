"""Talks to the worker process and looks after model files."""
