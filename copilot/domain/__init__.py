"""Frozen dataclasses and pure rules of the trade; no I/O."""
