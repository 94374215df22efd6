"""Holistic tracking: a person's pose, face and hands in pictures and videos.

The same Python runs under CPython and, in a web page, under Pyodide::

    from holistic import Tracker

    with Tracker() as tracker:
        result = tracker.process(rgb, timestamp_ms)

Modules, from the ground up: ``layout`` and ``landmarks`` (what the numbers mean), ``geometry``,
``runtime`` (interpreter and warp), ``filters``, ``detection``, ``network``, ``submodels``,
``refinement`` (irises), ``segmentation`` (masks) and ``supply``; ``tracks`` (one part from frame
to frame), ``identity``, ``lookout`` and ``crowd`` (several people); ``record``, ``stages``,
``points`` and ``result``; ``effort`` and ``pictures``, ``tracker``, ``cli``. On results stand
``angles`` and ``drawing``, on the tracker ``compat``, MediaPipe's interface.
"""

from holistic.filters import Smoothing
from holistic.models import ModelError
from holistic.result import Person, Result
from holistic.tracker import Tracker

__all__ = ["ModelError", "Person", "Result", "Smoothing", "Tracker"]
