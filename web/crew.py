"""The workers: who computes which parts, how far each has come, and who takes a dead one's place.

Messages to a worker are ``boot`` and ``open``; it answers with ``alive``, ``progress``, ``ready``,
``done`` and ``error`` (worker.mjs tells what they carry). A worker holds a Web Lock as long as it
lives. The page asks for the same lock, and being given it is how the page learns of its death,
whatever the cause.
"""

import asyncio

import js
import layout
import selection
from faults import Fault
from jsffi import JsException
from pyscript.ffi import to_js

MANIFEST = "./manifest.json"
MOST_DEATHS = 3
"""So many workers may die without a frame done before the page says that it does not work."""


class Post:
    """A place in the crew: the parts to compute and the worker that computes them."""

    def __init__(self, parts: tuple):
        self.parts = parts
        self.worker = None
        self.ready = False


class Crew:
    """Workers that fill the blackboard.

    ``on_done()`` is called when a frame is complete, ``on_fault(fault)`` when something failed,
    ``on_progress(part, loaded, total)`` as bytes arrive and ``on_ready()`` when all can work.
    """

    def __init__(
        self, count, complexity, variant, people, on_done, on_fault, on_progress, on_ready
    ):
        self._posts = [Post(parts) for parts in layout.assignment(count)]
        self._complexity = complexity
        self._variant = variant
        self._people = people
        self._on_done = on_done
        self._on_fault = on_fault
        self._on_progress = on_progress
        self._on_ready = on_ready
        self._manifest = None
        self._files = {}
        self._ring = None
        self._everyone = asyncio.Event()
        self._deaths = 0
        self._hired = 0

    @property
    def ready(self) -> bool:
        """Whether every worker can work."""
        return all(post.ready for post in self._posts)

    @property
    def workers(self) -> list:
        """The JavaScript workers."""
        return [post.worker for post in self._posts if post.worker]

    @property
    def loaded(self) -> int:
        """Bytes fetched so far."""
        return sum(loaded for _, loaded, _ in self._files.values())

    async def start(self) -> None:
        """Fill every place that is empty: all of them at first, later those that failed."""
        if self._manifest is None:
            self._manifest = await self._fetch_manifest()
        for post in self._posts:
            if post.worker is None:
                self._hire(post)

    async def wait(self) -> None:
        """Come back when every worker can work."""
        await self._everyone.wait()

    def open(self, ring) -> None:
        """Let the workers compute what is in ``ring``, as a new source."""
        self._ring = ring
        for post in self._posts:
            if post.ready:
                self._hand_over(post)

    async def _fetch_manifest(self):
        try:
            response = await js.fetch(MANIFEST, to_js({"cache": "no-cache"}))
            return await response.json()
        except JsException as error:
            raise Fault("runtime-failed", reason=f"manifest.json: {error.args[2]}") from error

    def _hire(self, post: Post) -> None:
        self._hired += 1
        worker = js.Worker.new("./worker.mjs", to_js({"type": "module"}))
        worker.onmessage = lambda event: self._heard(post, worker, event.data)
        worker.onerror = lambda event: self._fail(
            post, worker, "runtime-failed", event.message or "worker.mjs does not load"
        )
        post.worker, post.ready = worker, False
        message = {
            "type": "boot",
            "lock": f"holistic-tracking-{js.performance.timeOrigin}-{self._hired}",
            "parts": list(post.parts),
            "complexity": self._complexity,
            "people": self._people,
            "retry": self._hired > len(self._posts),
        }
        boot = to_js(message)
        boot.manifest = self._manifest
        boot.models = self._models(post.parts)
        worker.postMessage(boot)

    def _models(self, parts: tuple):
        """The rows of the manifest for the models of ``parts``, each with its name."""
        rows = js.Array.new()
        for name in selection.model_names(parts, self._complexity):
            for folder in selection.folders(self._variant):
                row = getattr(getattr(self._manifest.models, folder, None), name, None)
                if row:
                    break
            else:
                raise Fault("model-missing", name=name, reason="it is not in manifest.json")
            rows.push(js.Object.assign(to_js({"name": name}), row))
        return rows

    def _hand_over(self, post: Post) -> None:
        ring = self._ring
        message = to_js({"type": "open", "width": ring.width, "height": ring.height})
        message.frames, message.board = ring.frames, ring.board
        post.worker.postMessage(message)

    def _heard(self, post: Post, worker, message) -> None:
        if worker is not post.worker:
            return
        if message.type == "done":
            self._deaths = 0  # everyone has done their part of it
            self._on_done()
        elif message.type == "progress":
            self._note_progress(message)
        elif message.type == "alive":
            js.navigator.locks.request(message.lock, lambda _: self._bury(post, worker))
        elif message.type == "ready":
            self._welcome(post)
        elif message.type == "error":
            self._fail(post, worker, message.code, message.reason, message.name)

    def _note_progress(self, message) -> None:
        # Every worker loads the same runtime; a file counts once, by whoever is furthest.
        known = self._files.get(message.path)
        if known is None or known[1] < message.loaded or not known[2]:
            self._files[message.path] = (message.part, message.loaded, message.total)
            files = [file for file in self._files.values() if file[0] == message.part]
            loaded, total = sum(file[1] for file in files), sum(file[2] for file in files)
            self._on_progress(message.part, loaded, total)

    def _welcome(self, post: Post) -> None:
        post.ready = True
        if self._ring:
            self._hand_over(post)
        if self.ready:
            self._everyone.set()
            self._on_ready()

    def _bury(self, post: Post, worker) -> None:
        """A worker is dead. If nobody has said why, hire another."""
        if worker is not post.worker:
            return
        self._dismiss(post)
        self._on_done()  # what it finished after it was ended: its last messages are lost
        self._deaths += 1
        names = " and ".join(part.replace("_", " ") for part in post.parts)
        if self._deaths > MOST_DEATHS:
            self._on_fault(Fault("runtime-failed", reason=f"the worker for {names} keeps dying"))
            return
        self._on_fault(Fault("worker-died", parts=names))
        self._hire(post)

    def _fail(self, post: Post, worker, code: str, reason: str, name: str = "") -> None:
        if worker is not post.worker:
            return
        if post.ready:  # it has worked, so another one can; its lock tells when it is gone
            worker.terminate()
            return
        self._dismiss(post)
        self._on_fault(Fault(code, reason=reason, name=name))

    def _dismiss(self, post: Post) -> None:
        worker, post.worker, post.ready = post.worker, None, False
        self._everyone.clear()
        worker.terminate()
