"""The trackers of a page's tags and the crew of workers that they share. MicroPython, main thread.

``engine.mjs`` starts it; this module is all that the tags see of it.
"""

from crew import Crew
from jsffi import to_js
from tracking import Tracking

from holistic.shared import connections

EDGES = to_js(connections.EDGES)
"""The lines between landmarks, for the painter."""

_crew = Crew()


def attach(tag, settings, camera) -> Tracking:
    """The tracker behind a tag; see ``Tracking`` and ``session.Choices``."""
    return Tracking(_crew, tag, settings, camera)
