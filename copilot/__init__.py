"""Technician Copilot: an offline AI copilot for IT support technicians."""

__version__ = "0.1.0"
