"""The camera chooser. MicroPython, main thread."""

import asyncio

import js
from dom import element
from jsffi import JsException
from pyscript.js_modules import cameras

_TAGS_RESOLUTION = "640x480"  # at which the tag itself opens a camera


class Camera:
    """Which camera, at which resolution.

    The tag opens the default one, and waits for it when it goes. Another one is opened here and
    given to the tag as a stream.
    """

    def __init__(self, tracker):
        self._tracker = tracker
        self._stream = None
        self._used = False
        self._turn = 0  # counts starts and releases: what began in an earlier one is over
        self._opening = asyncio.Lock()
        for name in ("device", "resolution"):
            element(name).addEventListener("change", self._on_change)
        if js.navigator.mediaDevices:
            js.navigator.mediaDevices.addEventListener("devicechange", lambda _: self.list())

    def start(self) -> None:
        """Track what the chosen camera sees."""
        self._used = True
        self._turn += 1
        self._task = asyncio.create_task(self._start(self._turn))

    def adopt(self) -> None:
        """The tag has begun with the default camera, as the address says."""
        self._used = True
        if element("resolution").value != _TAGS_RESOLUTION:
            self.start()

    def release(self) -> None:
        """Another source is tracked, or none."""
        self._used = False
        self._turn += 1
        self._close()

    def list(self) -> None:
        """Fill the chooser; browsers tell the cameras' names once one has been allowed."""
        self._listing = asyncio.create_task(self._list())

    async def _start(self, turn: int) -> None:
        async with self._opening:  # a camera that is in use keeps its resolution
            if turn != self._turn:
                return
            device, size = element("device").value, element("resolution").value
            self._close()
            if device or size != _TAGS_RESOLUTION:
                await self._open(device, size, turn)
            else:
                self._tracker.src = "camera"

    async def _open(self, device: str, size: str, turn: int) -> None:
        self._tracker.stop()
        while self._tracker.state != "idle":
            await asyncio.sleep(0.01)
        try:
            stream = await cameras.open(device, *(int(side) for side in size.split("x")))
        except JsException:
            stream = None
        if turn == self._turn:
            self._stream = stream
            self._tracker.src = stream or "camera"  # whose fault the tag tells
        elif stream:
            cameras.close(stream)

    async def _list(self) -> None:
        chooser = element("device")
        chosen = chooser.value
        for option in list(chooser.options)[1:]:
            option.remove()
        for device in await cameras.list():
            chooser.add(js.Option.new(device.label, device.id))
        chooser.value = chosen
        chooser.selectedIndex = max(chooser.selectedIndex, 0)  # unplugged: the default one

    def _on_change(self, event) -> None:
        if self._used:
            self.start()

    def _close(self) -> None:
        if self._stream:
            cameras.close(self._stream)
            self._stream = None
