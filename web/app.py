"""The page: its controls, its panels and the tracker between them. MicroPython, main thread."""

import asyncio

import connections
import js
import layout
import selection
import sources
from panel import Found, Loading, Message, Speed, element
from pyscript.ffi import to_js
from pyscript.js_modules import drawing
from tracking import Tracking

SWITCHES = ("picture", "body", "face", "leftHand", "rightHand")
"""What can be shown or hidden."""

LAYERS = SWITCHES[1:]
"""What is drawn over the picture, each in its colour."""

query = js.URLSearchParams.new(js.location.search)


def number_setting(name: str, default: int, least: int, most: int) -> int:
    """A whole number from the address's query; what is out of range counts as absent."""
    text = query.get(name) or ""
    return int(text) if text.isdigit() and least <= int(text) <= most else default


def colours():
    """The parts' colours, as the style sheet names them."""
    style = js.getComputedStyle(js.document.documentElement)
    return to_js({layer: style.getPropertyValue(f"--{layer}").strip() for layer in LAYERS})


def edges():
    """The lines between landmarks, for the painter."""
    lines = {
        "body": connections.BODY,
        "face": connections.FACE,
        "hand": connections.HAND,
    }
    return to_js(lines)


class App:
    """Wires controls to tracker and tracker to panels."""

    def __init__(self):
        self.workers = number_setting("workers", 2, 1, 4)
        self.complexity = number_setting("complexity", 1, 0, 1)
        self.tracker = element("tracker")
        self.painter = drawing.Painter.new(element("view"), edges(), colours())
        people = number_setting("people", 1, 1, layout.MAX_PEOPLE)
        variant = query.get("variant")
        self.tracking = Tracking(
            self.tracker,
            self.workers,
            self.complexity,
            variant if variant in selection.VARIANTS else selection.AUTO,
            people,
            self.painter,
        )
        self.speed, self.found = Speed(), Found()
        self.loading, self.message = Loading(), Message()
        self._listen()
        self._wire_controls()
        self._wire_files()
        js.document.querySelector("main").inert = False

    def prepare(self) -> None:
        """Load what tracking needs."""
        self.message.clear()
        self._task = asyncio.create_task(self.tracking.prepare())

    def start(self, place) -> None:
        """Begin with a source, and forget what went wrong before."""
        self.message.clear()
        self.speed.clear()
        self._task = asyncio.create_task(self.tracking.start(place))

    def _listen(self) -> None:
        heard = {
            "landmarks": self._on_landmarks,
            "progress": lambda event: self.loading.note(event.detail),
            "ready": self._on_ready,
            "error": self._on_error,
            "state": self._on_state,
        }
        for name, listener in heard.items():
            self.tracker.addEventListener(name, listener)

    def _on_landmarks(self, event) -> None:
        self.speed.note(event.detail)
        self.found.note(event.detail)

    def _on_ready(self, event) -> None:
        self.loading.finish()
        self.message.clear_solved()
        pose = ("light", "full")[self.complexity]
        crew = "1 worker" if self.workers == 1 else f"{self.workers} workers"
        loaded = f"{event.detail.bytes / 1e6:.1f} MB loaded"
        element("mode").value = f"Shared memory · {crew} · {pose} body model · {loaded}"

    def _on_error(self, event) -> None:
        self.message.show(event.detail)
        if not self.tracking.crew.workers:
            element("mode").value = "Not running"

    def _on_state(self, event) -> None:
        state = event.detail.state
        self.tracker.dataset.state = state
        if state == "running":
            self.tracker.classList.add("used")
        element("stop").disabled = state == "idle"

    def _wire_controls(self) -> None:
        pressed = {
            "camera": lambda _: self.start(sources.CAMERA),
            "stop": lambda _: self.tracking.stop(),
            "open": lambda _: element("file").click(),
            "mirror": self._mirror,
            "retry": lambda _: self.prepare(),
            "dismiss": lambda _: self.message.clear(),
        }
        for name, listener in pressed.items():
            element(name).addEventListener("click", listener)
        for name in SWITCHES:
            element(f"show-{name}").addEventListener("change", self._switch)

    def _mirror(self, event) -> None:
        mirrored = self.tracker.classList.toggle("mirrored")
        element("mirror").setAttribute("aria-pressed", "true" if mirrored else "false")

    def _switch(self, event) -> None:
        for name in SWITCHES:
            setattr(self.painter.visible, name, element(f"show-{name}").checked)
        self.painter.repaint()

    def _wire_files(self) -> None:
        element("file").addEventListener("change", self._on_file_chosen)
        for name in ("dragenter", "dragover", "dragleave", "drop"):
            js.window.addEventListener(name, self._on_drag)

    def _on_file_chosen(self, event) -> None:
        files = element("file").files
        if files.length:
            self.start(files.item(0))
        element("file").value = ""  # so that choosing the same file again is a change

    def _on_drag(self, event) -> None:
        event.preventDefault()
        self.tracker.classList.toggle("drop", event.type in ("dragenter", "dragover"))
        if event.type == "drop" and event.dataTransfer.files.length:
            self.start(event.dataTransfer.files.item(0))


def expose(app: App) -> None:
    """``globalThis.holisticTracking``: a look inside, for debugging and tests.

    frame(): {width, height, data}, a copy of the RGBA pixels of the result whose ``landmarks``
    event is being dispatched, else null. stats(): {results, rate (frames a second), firstResult
    (ms since the page was opened), bytes}. workers(): the Web Workers.
    """
    tracking = app.tracking
    handle = js.Object.new()
    handle.frame = tracking.frame
    handle.stats = lambda: to_js(
        {
            "results": tracking.results,
            "rate": app.speed.rate,
            "firstResult": tracking.first_result,
            "bytes": tracking.crew.loaded,
        }
    )
    handle.workers = lambda: to_js(tracking.crew.workers)
    js.window.holisticTracking = handle


app = App()
expose(app)
if query.get("src"):
    app.start(query.get("src"))
else:
    app.prepare()
