"""PyAV and FFmpeg without GPL parts, for holistic-tracking.

PyAV stands in a folder of its own, where no other program finds it: a PyAV that is installed is
neither replaced nor hidden. ``holistic.batch.videos`` looks there if there is no other.
"""

from pathlib import Path

SITE = Path(__file__).parent / "site"
"""The folder to put on ``sys.path``, in which the package ``av`` is."""
