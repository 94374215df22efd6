"""Holistic tracking: a person's pose, face and hands in pictures and videos.

The same Python runs under CPython and, in a web page, under Pyodide:

    from holistic import Tracker

    with Tracker() as tracker:
        result = tracker.process(rgb, timestamp_ms)

The rooms, from the ground up; imports run down only:

- ``shared``: landmarks, layout and schedule, which the page's MicroPython reads too
- ``options``: what a tracker is asked for
- ``inference``: one network on one region of a frame
- ``results``: records, results, named points, angles, drawing, files
- ``motion``: rotations of people's bones
- ``interchange``: files of other people's tools
- ``live``: results as they come, in other people's viewers and notebooks
- ``tracking``: from frame to frame, and several people
- ``tracker``: frames in, results out
- ``browser``, ``batch``, ``compat``, ``convert``, ``command_line`` and ``cli``: what stands
  on the tracker
"""

from holistic.inference.model_files import ModelError
from holistic.options import Options, Smoothing
from holistic.results.result import Person, Result
from holistic.tracker import Tracker

__version__ = "0.1.0"
"""The one place where the version stands; pyproject.toml and the packages read it here."""

__all__ = ["ModelError", "Options", "Person", "Result", "Smoothing", "Tracker"]
