"""Names of all landmarks: ``shared.landmarks``."""

from holistic.shared.landmarks import FACE, FACE_REGIONS, HAND, POSE

__all__ = ["FACE", "FACE_REGIONS", "HAND", "POSE"]
