"""The live plots and the body in space: which colours and lines they draw with."""

import connections
import js
from dom import element
from jsffi import JsProxy
from pyscript.ffi import to_js
from pyscript.js_modules import charts, world

COLOURS = {
    "pose": "--holistic-pose",
    "face": "--holistic-face",
    "leftHand": "--holistic-left-hand",
    "rightHand": "--holistic-right-hand",
    "floor": "--floor",
}


class Views:
    """Shows the results in other ways than over the picture."""

    def __init__(self) -> None:
        style = js.getComputedStyle(js.document.documentElement)
        colours = {part: style.getPropertyValue(name).strip() for part, name in COLOURS.items()}
        self._charts = charts.Charts.new(element("charts"))
        self._world = world.World.new(element("world"), to_js(connections.EDGES), to_js(colours))

    def note(self, result: JsProxy) -> None:
        """Take in the detail of a ``landmarks`` event."""
        self._charts.push(result)
        self._world.show(result)

    def clear(self) -> None:
        """Another source comes."""
        self._charts.clear()
