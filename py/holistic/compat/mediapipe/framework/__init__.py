"""MediaPipe's framework, as far as programs import it: the messages in ``formats``."""

from holistic.compat.mediapipe.framework import formats

__all__ = ["formats"]
