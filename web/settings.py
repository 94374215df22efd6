"""What the visitor chooses: controls that act on the tag at once, and the page's address, which
keeps what differs from the defaults, so that a link or a reload brings it back.
"""

import asyncio

import js
from dom import all_of, element
from jsffi import JsException
from pyscript.js_modules import cameras

LISTS = ("parts", "overlay")
"""Settings that are sets of checkboxes."""

NUMBERS = ("people", "complexity", "workers")
WORDS = ("variant", "level")
DEFAULT_RESOLUTION = "640x480"


class Settings:
    """The controls of the tag's attributes. start.mjs has set those to what the address says."""

    def __init__(self, tracker):
        self._tracker = tracker
        self._query = js.URLSearchParams.new(js.location.search)
        self._show()
        for control in all_of("[data-setting]"):
            control.addEventListener("change", self._on_change)
        element("mirror").addEventListener("click", self._on_mirror)

    @property
    def resolution(self) -> tuple:
        """The camera's width and height that are wanted."""
        width, height = element("resolution").value.split("x")
        return int(width), int(height)

    def note_source(self, place) -> None:
        """Keep a source that an address can name; None where there is none."""
        self._keep("src", place)

    def _show(self) -> None:
        """Make the controls say what holds."""
        for name in NUMBERS + WORDS:
            element(name).value = str(getattr(self._tracker, name))
        for name in LISTS:
            words = getattr(self._tracker, name).replace(",", " ").split()
            for box in _boxes(name):
                both = box.value.endswith("-hand") and "hands" in words
                box.checked = both or box.value in words
        wanted = self._query.get("resolution")
        if wanted in [option.value for option in element("resolution").options]:
            element("resolution").value = wanted
        self._show_mirror()

    def _show_mirror(self) -> None:
        element("mirror").setAttribute("aria-pressed", "true" if self._tracker.mirror else "false")

    def _on_change(self, event) -> None:
        name = event.currentTarget.dataset.setting
        if name in LISTS:
            self._change_list(name, event.currentTarget)
        elif name == "resolution":
            value = element(name).value
            self._keep(name, None if value == DEFAULT_RESOLUTION else value)
        else:
            self._change_value(name, event.currentTarget)

    def _change_value(self, name: str, control) -> None:
        if not control.checkValidity():  # the browser says what is wrong
            control.reportValidity()
            control.value = str(getattr(self._tracker, name))
            return
        self._tracker.setAttribute(name, control.value)
        self._keep(name, None if control.value == _default(control) else control.value)

    def _change_list(self, name: str, box) -> None:
        boxes = _boxes(name)
        chosen = [each.value for each in boxes if each.checked]
        if not chosen and name == "parts":
            box.checked = True  # something must be found
            return
        words = " ".join(chosen) or "none"
        self._tracker.setAttribute(name, words)
        self._keep(name, None if len(chosen) == len(boxes) else words)

    def _on_mirror(self, event) -> None:
        self._tracker.mirror = not self._tracker.mirror
        self._show_mirror()
        self._keep("mirror", "" if self._tracker.mirror else None)

    def _keep(self, name: str, value) -> None:
        """Have the address say ``value``, or nothing where that is None."""
        if value is None:
            self._query.delete(name)
        else:
            self._query.set(name, value)
        query = self._query.toString()
        js.history.replaceState(None, "", f"{js.location.pathname}{'?' if query else ''}{query}")


def _boxes(name: str) -> list:
    return all_of(f"input[data-setting={name}]")


def _default(control) -> str:
    """What the control says when the page is new."""
    if control.localName == "select":
        (value,) = [option.value for option in control.options if option.defaultSelected]
        return value
    return control.defaultValue


class Camera:
    """Which camera, at which resolution.

    The tag opens the default one, and waits for it when it goes. Another one is opened here and
    given to the tag as a stream.
    """

    def __init__(self, tracker, settings: Settings):
        self._tracker = tracker
        self._settings = settings
        self._stream = None
        self._used = False
        for name in ("device", "resolution"):
            element(name).addEventListener("change", self._on_change)
        if js.navigator.mediaDevices:
            js.navigator.mediaDevices.addEventListener("devicechange", lambda _: self.list())

    def start(self) -> None:
        """Track what the chosen camera sees."""
        self._used = True
        self._task = asyncio.create_task(self._start())

    def release(self) -> None:
        """Another source is tracked, or none."""
        self._used = False
        self._close()

    def list(self) -> None:
        """Fill the chooser; browsers tell the cameras' names once one has been allowed."""
        self._listing = asyncio.create_task(self._list())

    async def _start(self) -> None:
        device, (width, height) = element("device").value, self._settings.resolution
        self._close()
        if not device and f"{width}x{height}" == DEFAULT_RESOLUTION:
            self._tracker.src = "camera"
            return
        self._tracker.stop()
        while self._tracker.state != "idle":  # a camera that is in use keeps its resolution
            await asyncio.sleep(0.01)
        try:
            self._stream = await cameras.open(device, width, height)
        except JsException:
            self._tracker.src = "camera"  # whose fault the tag tells
        else:
            self._tracker.src = self._stream

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
