"""The lines of a body."""

from holistic.compat.mediapipe.topology import POSE_CONNECTIONS

__all__ = ["POSE_CONNECTIONS"]
