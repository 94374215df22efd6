"""The benchmark: this project, and those one would use instead, on the same frames.

Every peer, in the browser or native, is measured in rounds, one after another and in changing
order, so that a change of the machine's mood meets them all. ``python build.py bench`` runs it
and leaves results.json, results.md and plots in build/bench.
"""

from builder import BUILD, ROOT

FOLDER = BUILD / "bench"
"""Results, and whatever the peers need."""

CLIP = ROOT / "tests" / "media" / "intel__book.mkv"
"""One person signing, face and both hands in sight; 640x480, 30 frames per second."""


class SkippedError(Exception):
    """A peer cannot be measured here; the message says why."""
