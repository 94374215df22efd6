"""Lines between landmarks: ``shared.connections``."""

from holistic.shared.connections import BODY, EDGES, FACE, HAND

__all__ = ["BODY", "EDGES", "FACE", "HAND"]
