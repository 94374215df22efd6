"""MediaPipe's longer name of the solutions, ``mediapipe.python.solutions``."""

import sys

from holistic.compat.mediapipe import solutions

__all__ = ["solutions"]

_SHORT = solutions.__name__
for _name, _module in tuple(sys.modules.items()):
    if _name == _SHORT or _name.startswith(f"{_SHORT}."):
        sys.modules[f"{__name__}.solutions{_name.removeprefix(_SHORT)}"] = _module
