"""Recordings read back from files: ``results.readers``."""

from holistic.results.readers import Recording, read

__all__ = ["Recording", "read"]
