"""Holistic tracking: a person's pose, face and hands in pictures and videos.

The same Python runs under CPython and, in a web page, under Pyodide::

    from holistic import Tracker

    with Tracker() as tracker:
        result = tracker.process(rgb, timestamp_ms)

Modules, from the ground up: ``layout`` and ``landmarks`` (what the numbers mean), ``geometry``,
``runtime`` (interpreter and warp), ``filters``, ``detection``, ``network``, ``submodels``,
``tracks`` (from frame to frame), ``record`` and ``result``, ``tracker``, ``cli``.
"""

from holistic.models import ModelError
from holistic.result import Person, Result
from holistic.tracker import Tracker

__all__ = ["ModelError", "Person", "Result", "Tracker"]
