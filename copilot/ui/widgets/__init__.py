"""Reusable widgets; none of them knows a service."""
