"""The camera chooser. MicroPython, main thread."""

import asyncio

import js
from dom import element
from jsffi import JsProxy
from pyscript.js_modules import cameras


class Camera:
    """Which camera the tag opens; an attribute of it."""

    def __init__(self, tracker: JsProxy) -> None:
        self._tracker = tracker
        element("device").addEventListener("change", self._on_change)
        if js.navigator.mediaDevices:
            js.navigator.mediaDevices.addEventListener("devicechange", lambda _: self.list())

    def list(self) -> None:
        """Fill the chooser; browsers tell the cameras' names once one has been allowed."""
        self._listing = asyncio.create_task(self._list())

    async def _list(self) -> None:
        chooser = element("device")
        for option in list(chooser.options)[1:]:
            option.remove()
        for device in await cameras.list():
            chooser.add(js.Option.new(device.label, device.id))
        chooser.value = self._tracker.camera
        chooser.selectedIndex = max(chooser.selectedIndex, 0)  # unplugged: the default one

    def _on_change(self, event: JsProxy) -> None:
        self._tracker.camera = element("device").value
