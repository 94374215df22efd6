"""The trackers of a page's tags and the workers that they share. MicroPython, main thread.

``engine.js`` starts it; this module is all that the tags see of it.
"""

import host
from jsffi import JsProxy, to_js

import faults
from assets import Assets
from dispatcher import Dispatcher
from holistic.shared import connections
from tracking import Tracking

EDGES = to_js(connections.EDGES)
"""The lines between landmarks, for the painter."""

faults.repair = host.repair
_dispatcher = Dispatcher(Assets())


def attach(tag: JsProxy, settings: JsProxy, camera: JsProxy) -> Tracking:
    """The tracker behind a tag; see ``Tracking``."""
    return Tracking(_dispatcher, tag, settings, camera)
