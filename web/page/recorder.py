"""The recording panel: record what is tracked, and save it. MicroPython, main thread."""

import asyncio

import js
import landmarks
from dom import all_of, element
from jsffi import JsException, JsProxy
from panel import Message
from pyscript.ffi import to_js
from pyscript.js_modules import export, recording

_REFRESH = 250  # ms between two updates of the status
_ENDS = {
    "full": "The recording is full; what it has can be saved.",
    "other-source": "Another source began, and the recording ended there.",
}


def names() -> JsProxy:
    """The points' names, for tables."""
    face = {str(number): name for name, number in landmarks.FACE.items()}
    return to_js({"pose": landmarks.POSE, "hand": landmarks.HAND, "face": face})


def name_of(place: JsProxy | str) -> str:
    """What a file is called, or a URL's last part."""
    name = place if isinstance(place, str) else place.name
    return name.rsplit("/", 1)[-1]


class Recorder:
    """One recording at a time. It stays until another one begins, whatever goes wrong meanwhile.

    ``held`` is the recording, if any, and ``video`` the file or URL of the video it was made from.
    """

    def __init__(self, message: Message) -> None:
        self._message = message
        self._names = names()
        self._source: JsProxy | str = "camera"
        self._on = False
        self._saved = True
        self._told = 0.0
        self.held: JsProxy = None
        self.video: JsProxy | str | None = None
        element("record").addEventListener("click", self._on_record)
        for button in all_of("[data-save]"):
            button.addEventListener("click", self._on_save)
        js.window.addEventListener("beforeunload", self._on_leave)

    def note_source(self, place: JsProxy | str) -> None:
        """What is tracked from now on: "camera", a URL, or a file."""
        self._source = place

    def note(self, result: JsProxy) -> None:
        """Take in the detail of a ``landmarks`` event."""
        if self._on:
            if not self.held.add(result):
                self._switch(False)
            self.note_frame()

    def begin(self, place: JsProxy | str, fps: float | None = None) -> None:
        """Forget the recording for one of what is at ``place``."""
        self.held = recording.Recording.new(name_of(place), to_js({"fps": fps}))
        self.video = None if place == "camera" else place
        self._saved = True
        for name in ("processed", "resume"):  # they belonged to the one before
            element(name).hidden = True

    def note_frame(self, text: str = "") -> None:
        """A frame was added; ``text`` says how far it has come."""
        self._saved = False
        now = js.performance.now()
        if now - self._told > _REFRESH:
            self._told = now
            self._tell(text)

    def pause(self) -> None:
        """The source has ended: so does the recording."""
        if self._on:
            self._switch(False)

    def set_busy(self, busy: bool) -> None:
        """Whether somebody else adds to the recording."""
        element("record").disabled = busy
        self._tell()
        self._allow(not busy)

    def _on_record(self, event: JsProxy) -> None:
        if not self._on:
            self.begin(self._source)
        self._switch(not self._on)

    def _switch(self, on: bool) -> None:
        self._on = on
        element("record").setAttribute("aria-pressed", "true" if on else "false")
        element("record").textContent = "Stop recording" if on else "Record"
        self._tell()
        self._allow(not on)

    def _tell(self, text: str = "") -> None:
        """Say what there is."""
        count = self.held.frames.length
        seconds = (self.held.last - self.held.frames[0].timestamp) / 1000 if count else 0
        has = f"{count} frames, {seconds:.1f} s, {self.held.bytes / 1e6:.1f} MB."
        begin = text or ("Recording:" if self._on else _ENDS.get(self.held.end, "Recorded:"))
        element("recording-status").textContent = f"{begin} {has}"

    def _allow(self, whole: bool) -> None:
        """Whether the recording can be saved and played."""
        ready = whole and self.held.frames.length > 0
        for button in all_of("[data-save]"):
            button.disabled = not ready
        element("play").disabled = not (ready and self.video)

    def _on_save(self, event: JsProxy) -> None:
        self._task = asyncio.create_task(self._save(event.currentTarget.dataset.save))

    async def _save(self, form: str) -> None:
        try:
            blob = await export.exported(self.held, form, self._names)
        except JsException as error:
            self._message.say("not-saved", f"The recording could not be saved ({error.args[2]}).")
            return
        link = js.document.createElement("a")
        link.href = js.URL.createObjectURL(blob)
        link.download = f"{self.held.source.rsplit('.', 1)[0]}.{form}"
        link.click()
        js.setTimeout(lambda: js.URL.revokeObjectURL(link.href), 60_000)
        self._saved = True

    def _on_leave(self, event: JsProxy) -> None:
        if not self._saved:
            event.preventDefault()  # the browser asks whether to leave
