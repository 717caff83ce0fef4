"""Use cases: load, call the capabilities, store, return what changed."""
