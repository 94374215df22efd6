"""The page's controls and panels around the tag. MicroPython, main thread."""

import js
from panel import Found, Loading, Message, Speed, element
from pyscript.ffi import to_js

LAYERS = {
    "picture": "picture",
    "pose": "pose",
    "face": "face",
    "leftHand": "left-hand",
    "rightHand": "right-hand",
}
"""What can be shown or hidden, and what the tag calls it."""

CAMERA = "camera"


class App:
    """Wires the controls to the tag, and the tag's events to the panels."""

    def __init__(self):
        self.tracker = element("tracker")
        self.speed, self.found = Speed(), Found()
        self.loading, self.message = Loading(), Message()
        self._listen()
        self._wire_controls()
        self._wire_files()
        self._catch_up()
        js.document.querySelector("main").inert = False

    def start(self, place) -> None:
        """Begin with a source, and forget what went wrong before."""
        self.message.clear()
        self.tracker.src = place

    def _listen(self) -> None:
        heard = {
            "landmarks": self._on_landmarks,
            "progress": self._on_progress,
            "ready": lambda event: self._show_ready(event.detail),
            "error": lambda event: self._show_fault(event.detail),
            "state": lambda event: self._show_state(event.detail.state),
        }
        for name, listener in heard.items():
            self.tracker.addEventListener(name, listener)

    def _catch_up(self) -> None:
        """Show what happened before Python was there."""
        self._show_state(self.tracker.state)
        if self.tracker.ready:
            self._show_ready(self.tracker.ready)
        if self.tracker.fault:
            self._show_fault(self.tracker.fault)

    def _on_landmarks(self, event) -> None:
        self.speed.note(event.detail)
        self.found.note(event.detail)

    def _on_progress(self, event) -> None:
        if not self.tracker.ready:
            self.loading.note(event.detail)

    def _show_ready(self, detail) -> None:
        self.loading.finish()
        self.message.clear_solved()
        memory = "Shared memory" if detail.shared else "Messages (no shared memory)"
        crew = "1 worker" if detail.workers == 1 else f"{detail.workers} workers"
        pose = ("light", "full")[self.tracker.complexity]
        loaded = f"{detail.bytes / 1e6:.1f} MB loaded"
        element("mode").value = f"{memory} · {crew} · {pose} body model · {loaded}"

    def _show_fault(self, detail) -> None:
        self.message.show(detail)
        if not self.tracker.ready:
            element("mode").value = "Not running"

    def _show_state(self, state: str) -> None:
        self.tracker.dataset.state = state
        if state == "running":
            self.speed.clear()
            self.tracker.classList.add("used")
        element("stop").disabled = state == "idle"

    def _wire_controls(self) -> None:
        pressed = {
            "camera": lambda _: self.start(CAMERA),
            "stop": lambda _: self.tracker.stop(),
            "open": lambda _: element("file").click(),
            "mirror": self._mirror,
            "retry": self._retry,
            "dismiss": lambda _: self.message.clear(),
        }
        for name, listener in pressed.items():
            element(name).addEventListener("click", listener)
        for name in LAYERS:
            element(f"show-{name}").addEventListener("change", self._switch)

    def _retry(self, event) -> None:
        self.message.clear()
        self.tracker.load()

    def _mirror(self, event) -> None:
        self.tracker.mirror = not self.tracker.mirror
        element("mirror").setAttribute("aria-pressed", "true" if self.tracker.mirror else "false")

    def _switch(self, event) -> None:
        shown = [layer for name, layer in LAYERS.items() if element(f"show-{name}").checked]
        self.tracker.overlay = " ".join(shown) or "none"

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
    """``globalThis.holisticTracking.stats()``: {rate}, frames a second, for tests and debugging."""
    handle = js.Object.new()
    handle.stats = lambda: to_js({"rate": app.speed.rate})
    js.window.holisticTracking = handle


app = App()
expose(app)
