"""The page around the tag: buttons, files, and who hears of what. MicroPython, main thread."""

import js
from camera import Camera
from dom import element
from jsffi import JsProxy
from panel import Found, Loading, Message, Speed
from pyscript.ffi import to_js
from recorder import Recorder
from settings import Settings
from videos import Player, Processor
from views import Views

CAMERA = "camera"
SAMPLE = "./sample.webm"


class App:
    """Wires the controls to the tag, and the tag's events to the panels."""

    def __init__(self) -> None:
        self.tracker = element("tracker")
        self.speed, self.found, self.views = Speed(), Found(), Views()
        self.loading, self.message = Loading(), Message()
        self.settings = Settings(self.tracker)
        self.camera = Camera(self.tracker)
        self.recorder = Recorder(self.message)
        self.processor = Processor(self.tracker, self.recorder, self.message)
        self.player = Player(self.recorder, self.message)
        self._listen()
        self._wire_buttons()
        self._wire_files()
        self._catch_up()
        js.document.querySelector("main").inert = False

    def start(self, place: JsProxy | str) -> None:
        """Begin with a source, and forget what went wrong before."""
        self.message.clear()
        self.views.clear()
        self.settings.note_source(place if isinstance(place, str) else None)
        self.recorder.note_source(place)
        self.tracker.src = place

    def stop(self) -> None:
        """Let go of the source; the last picture stays."""
        self.settings.note_source(None)
        self.tracker.stop()

    def _listen(self) -> None:
        heard = {
            "landmarks": lambda event: self._note(event.detail),
            "progress": lambda event: self._show_progress(event.detail),
            "ready": lambda event: self._show_ready(event.detail),
            "error": lambda event: self._show_fault(event.detail),
            "level": lambda event: self.settings.show_level(event.detail),
            "state": lambda event: self._show_state(event.detail.state),
        }
        for name, listener in heard.items():
            self.tracker.addEventListener(name, listener)

    def _catch_up(self) -> None:
        """Show what happened before Python was there."""
        self._show_state(self.tracker.state)
        if self.tracker.src:
            self.recorder.note_source(self.tracker.src)
        if self.tracker.ready:
            self._show_ready(self.tracker.ready)
        if self.tracker.fault:
            self._show_fault(self.tracker.fault)

    def _note(self, detail: JsProxy) -> None:
        if not detail.complete:  # neither a measurement nor worth recording
            return
        for panel in (self.speed, self.found, self.views, self.recorder):
            panel.note(detail)

    def _show_progress(self, detail: JsProxy) -> None:
        if not self.tracker.ready:
            self.loading.note(detail)

    def _show_ready(self, detail: JsProxy) -> None:
        self.loading.finish()
        self.message.clear_solved()
        memory = "Shared memory" if detail.shared else "Messages (no shared memory)"
        workers = "1 worker" if detail.workers == 1 else f"{detail.workers} workers"
        pose = ("light", "full")[self.tracker.complexity]
        loaded = f"{detail.bytes / 1e6:.1f} MB loaded"
        element("mode").value = f"{memory} · {workers} · {pose} body model · {loaded}"

    def _show_fault(self, detail: JsProxy) -> None:
        self.message.show(detail)
        if not self.tracker.ready:
            element("mode").value = "Not running"

    def _show_state(self, state: str) -> None:
        self.tracker.dataset.state = state
        self.found.note_state(state)
        if state == "running":
            self.message.clear()
            self.speed.clear()
            self.tracker.classList.add("used")
            self.camera.list()
        if state in ("idle", "ended"):
            self.recorder.pause()
        element("stop").disabled = state in ("idle", "ended")

    def _wire_buttons(self) -> None:
        pressed = {
            "camera": lambda _: self.start(CAMERA),
            "hint-camera": lambda _: self.start(CAMERA),
            "sample": lambda _: self.start(SAMPLE),
            "hint-sample": lambda _: self.start(SAMPLE),
            "stop": lambda _: self.stop(),
            "open": lambda _: element("file").click(),
            "retry": self._retry,
            "dismiss": lambda _: self.message.clear(),
        }
        for name, listener in pressed.items():
            element(name).addEventListener("click", listener)

    def _retry(self, event: JsProxy) -> None:
        self.message.clear()
        self.tracker.load()

    def _wire_files(self) -> None:
        element("file").addEventListener("change", self._on_file_chosen)
        for name in ("dragenter", "dragover", "dragleave", "drop"):
            js.window.addEventListener(name, self._on_drag)

    def _on_file_chosen(self, event: JsProxy) -> None:
        files = element("file").files
        if files.length:
            self.start(files.item(0))
        element("file").value = ""  # so that choosing the same file again is a change

    def _on_drag(self, event: JsProxy) -> None:
        event.preventDefault()
        self.tracker.classList.toggle("drop", event.type in ("dragenter", "dragover"))
        files = list(event.dataTransfer.files) if event.type == "drop" else []
        if self.player.concerns(files):
            self.player.open(files)
        elif files:
            self.start(files[0])


def expose(app: App) -> None:
    """``globalThis.holisticTracking.stats()``: {rate}, frames a second, for tests and debugging."""
    handle = js.Object.new()
    handle.stats = lambda: to_js({"rate": app.speed.rate})
    js.window.holisticTracking = handle


app = App()
expose(app)
