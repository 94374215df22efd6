"""The page's workers: they are shared by all sessions of all its tags.

Every worker has a place, and every session says which places compute what. ``worker.mjs`` tells
the messages. A worker holds a Web Lock as long as it lives. The page asks for the same lock, and
being given it is how the page learns of the worker's death, whatever the cause.
"""

import asyncio

import host
import js
import memory
from faults import Fault
from jsffi import JsException, to_js
from ring import Bell

from holistic.shared import model_sets

# A WebAssembly module whose one function uses a 128-bit vector.
_SIMD = b"\0asm\1\0\0\0\1\5\1`\0\1{\3\2\1\0\n\n\1\b\0A\0\xfd\x0f\xfdb\x0b"

ROUND = 5
"""Seconds between two looks at whether all workers go on."""

MOST_ROUNDS = {False: 4, True: 12}
"""So often a worker may be seen at the same point: one that computes, and one that is loading."""

MOST_DEATHS = 3
"""So many workers may die without a frame done before the page says that it does not work."""


class Post:
    """A place in the crew, and the worker that holds it now, if any."""

    def __init__(self, place: int):
        self.place = place
        self.vacate()

    def vacate(self):
        """Nobody holds it any more; returns whoever did."""
        worker = getattr(self, "worker", None)
        self.worker = None
        self.ready = False
        self.stocked = False  # whether the models that it was to load first are there, or cannot be
        self.sessions = []  # those that the worker has been told to open
        self.task = None  # the one that it computes for now, where that is not its own affair
        self.news = 0  # counts what it told while it was loading
        self._seen, self._rounds = [], 0
        return worker

    @property
    def loading(self) -> bool:
        """Whether it has been told to do something that it cannot do yet."""
        return not self.ready or not all([each.is_open(self.place) for each in self.sessions])

    def stands(self) -> int:
        """How many rounds in a row, at each of which it is asked, the worker has not gone on."""
        now = [self.loading, self.news] if self.loading else []
        for session in self.sessions:
            now += session.waiting(self.place)
        self._rounds = self._rounds + 1 if now and now == self._seen else 0
        self._seen = now
        return self._rounds

    def session(self, number):
        """The one of this number, None if the worker does not know it any more."""
        for session in self.sessions:
            if session.number == number:
                return session
        return None


class Crew:
    """Workers for sessions: first one, later as many as the one that wants most wants."""

    def __init__(self):
        self.bell = Bell()
        self.loaded = 0  # bytes, of all files so far
        self._posts = []
        self._enlisted = False  # whether the first one has had its time alone
        self._sessions = []
        self._manifest = None
        self._files = {}  # path -> (part, bytes loaded, bytes in all)
        self._retrying = False
        self._deaths = 0
        self._watching = False

    def files(self) -> list:
        """The paths of the site's files that workers have loaded."""
        return list(self._files)

    async def load(self) -> None:
        """Learn what there is to load; raises a Fault where this browser cannot track."""
        if not js.isSecureContext:
            raise Fault("insecure")
        if not js.WebAssembly.validate(js.Uint8Array.of(*_SIMD)):
            raise Fault("no-simd")
        if self._manifest is None:
            try:
                self._manifest = await host.fetchManifest()
            except JsException as error:
                reason = error.args[2]
        if self._manifest is None:
            raise Fault("runtime-failed", reason=f"manifest.json: {reason}")

    def open(self, session) -> None:
        """Have a session computed, or computed in another way: as it now says.

        Places whose worker failed are filled again. Raises a Fault where a model is missing.
        """
        session.models = {share: self._models(session, share) for share in session.shares}
        if session not in self._sessions:
            self._sessions.append(session)
        self._fill()
        for post in self._posts:
            if post.ready:
                self._tell(post, session)

    def able(self) -> int:
        """How many workers there are, from the first place on, who can be told what to compute."""
        ready = [post.ready for post in self._posts]
        return ready.index(False) if False in ready else len(ready)

    def awaits_models(self) -> bool:
        """Whether the first worker could compute something, but models are still on their way."""
        return bool(self._posts and self._posts[0].ready and not self._posts[0].stocked)

    def enlist(self) -> None:
        """Hire everybody whom the sessions want: the first one has no more need to hurry."""
        if not self._enlisted:
            self._enlisted = True
            self._fill()

    def close(self, session) -> None:
        """Compute a session no more; workers whom nobody needs any more go."""
        if session in self._sessions:
            self._sessions.remove(session)
            for post in self._posts:
                self._take_away(post, session)
            self._fit()

    def _fill(self) -> None:
        """Have somebody in every place that is needed."""
        self._fit()
        for post in self._posts:
            if post.worker is None:
                self._hire(post)

    def _fit(self) -> None:
        """Have as many places as are needed."""
        wanted = [each.places if self._enlisted else len(each.plan) for each in self._sessions]
        count = max(wanted or [0])
        while len(self._posts) > count:
            self._dismiss(self._posts.pop())
        while len(self._posts) < count:
            self._posts.append(Post(len(self._posts)))
        if not self._posts:
            self._enlisted = False
        if self._posts and not self._watching:
            self._watching = True
            asyncio.create_task(self._watch())  # noqa: RUF006 (the loop keeps it)

    async def _watch(self) -> None:
        """See that all workers go on, as long as there are any: some may hang without dying."""
        while self._posts:
            await asyncio.sleep(ROUND)
            for post in list(self._posts):
                if post.stands() >= MOST_ROUNDS[post.loading]:
                    self._give_up(post)
        self._watching = False

    def _give_up(self, post: Post) -> None:
        """A worker does not go on."""
        sessions = self._concerned(post)
        ready = post.ready
        self._dismiss(post)
        if ready:
            self._report(sessions, Fault("worker-stuck"))
            self._hire(post)
        else:
            reason = "what it needs does not arrive"
            self._report(sessions, Fault("runtime-failed", reason=reason))

    def _models(self, session, share: tuple) -> list:
        """The names, paths and submodels of the models that a worker with these keys needs."""
        files = []
        for submodel in session.submodel_names(share):
            for name in model_sets.files(submodel):
                path = self._path(name, session.choices.variant)
                files.append(to_js({"name": name, "path": path, "submodel": submodel}))
        return files

    def _path(self, name: str, variant: str) -> str:
        """Where the model is on the site; raises a Fault if it is not there."""
        for folder, file in model_sets.places(name, variant):
            path = getattr(getattr(self._manifest.models, folder, None), file, None)
            if path:
                return path
        raise Fault("model-missing", name=name, reason="it is not in manifest.json")

    def _hire(self, post: Post) -> None:
        worker = host.startWorker()
        worker.onmessage = lambda event: self._heard(post, worker, event.data)
        worker.onerror = lambda event: self._fail(post, worker, "runtime-failed", _said(event))
        post.worker = worker
        self.bell.forget(post.place)
        boot = to_js(
            {
                "type": "boot",
                "lock": f"holistic-tracking-{js.crypto.randomUUID()}",
                "place": post.place,
                "retry": self._retrying,
            }
        )
        boot.manifest = self._manifest
        boot.models = js.Array.new()
        for session in self._concerned(post):
            boot.models.push(*session.models[session.share(post.place)])
        boot.bell = self.bell.memory if memory.SHARED else None
        self._send(post, boot)

    def _send(self, post: Post, message, *transferred) -> None:
        post.worker.postMessage(message, js.Array.of(*transferred))
        self.bell.post(post.place)

    def _tell(self, post: Post, session) -> None:
        """Let a worker compute its share of a session from now on."""
        if post.place >= session.places:
            self._take_away(post, session)
            return
        if session not in post.sessions:
            post.sessions.append(session)
        message = session.order(post.place)
        message.retry = self._retrying
        message.models = js.Array.of(*session.models[session.share(post.place)])
        self._send(post, message)

    def _take_away(self, post: Post, session) -> None:
        if session in post.sessions:
            post.sessions.remove(session)
            self._send(post, to_js({"type": "close", "session": session.number}))

    def _heard(self, post: Post, worker, message) -> None:
        if worker is not post.worker:
            return
        if message.type == "done":
            session = post.session(message.session)
            if session and session.collect():
                self._deaths = 0  # everyone has done their part of it
        elif message.type == "computed":
            self._note_computed(post, message)
        elif message.type == "progress":
            self._note_progress(post, message)
        elif message.type == "opened":
            session = post.session(message.session)
            if session:
                session.note_opened(post.place, message.turn)
                self.deal()  # what came before it was open
        elif message.type == "alive":
            js.navigator.locks.request(message.lock, lambda _: self._bury(post, worker))
        elif message.type == "ready":
            self._welcome(post)
        elif message.type == "stocked":
            post.stocked = True
            for session in list(post.sessions):
                session.widen()
        elif message.type == "error":
            self._fail(post, worker, message.code, message.reason, message.name, message.session)

    def deal(self) -> None:
        """Give everybody something to compute, where they cannot see for themselves what waits."""
        if memory.SHARED:
            return
        for post in self._posts:
            for session in list(post.sessions):
                if post.task is None:
                    self._give(post, session)

    def _give(self, post: Post, session) -> None:
        task = session.take(post.place)
        if task:
            post.task = session
            self._send(post, task, task.pixels, task.record)

    def _note_computed(self, post: Post, message) -> None:
        session, post.task = post.task, None
        if session in post.sessions:  # whoever has just been served comes last the next time
            post.sessions.remove(session)
            post.sessions.append(session)
        session.put_back(post.place, message)
        self.deal()
        session.collect()

    def _note_progress(self, post: Post, message) -> None:
        post.news += 1
        # Every worker loads the same runtime; a file counts once, by whoever is furthest.
        known = self._files.get(message.path)
        if known is None or known[1] < message.loaded or not known[2]:
            self._files[message.path] = (message.part, message.loaded, message.total)
            files = [file for file in self._files.values() if file[0] == message.part]
            loaded, total = sum(file[1] for file in files), sum(file[2] for file in files)
            self.loaded = sum(file[1] for file in self._files.values())
            for session in self._sessions:
                session.on_progress(message.part, loaded, total)

    def _welcome(self, post: Post) -> None:
        post.ready = True
        for session in self._concerned(post):
            session.settle()
            if session not in post.sessions:
                self._tell(post, session)

    def _bury(self, post: Post, worker) -> None:
        """A worker is dead. If nobody has said why, hire another."""
        if worker is not post.worker:
            return
        sessions = self._concerned(post)
        self._dismiss(post)
        for session in sessions:
            session.collect()  # what it finished after it was ended: its last messages are lost
        self._deaths += 1
        if self._deaths > MOST_DEATHS:
            self._report(sessions, Fault("runtime-failed", reason="its workers keep dying"))
            return
        self._report(sessions, Fault("worker-died"))
        self._hire(post)

    def _fail(self, post, worker, code, reason, name="", number=None) -> None:
        """Something failed in a worker: in one session (of this number), or as a whole."""
        if worker is not post.worker:
            return
        session = post.session(number)
        if session:
            self._retrying = True
            post.sessions.remove(session)
            self._report([session], Fault(code, reason=reason, name=name))
        elif isinstance(number, int):  # once more, for it was told more than once
            return
        elif post.ready:  # it has worked, so another one can; its lock tells when it is gone
            worker.terminate()
        else:
            self._retrying = True
            sessions = self._concerned(post)
            self._dismiss(post)
            self._report(sessions, Fault(code, reason=reason, name=name))

    def _concerned(self, post: Post) -> list:
        return [session for session in self._sessions if post.place < session.places]

    def _report(self, sessions: list, fault: Fault) -> None:
        for session in sessions:
            session.on_fault(fault)

    def _dismiss(self, post: Post) -> None:
        worker = post.vacate()
        for session in self._concerned(post):
            session.note_lost(post.place)
        if worker:
            worker.terminate()


def _said(event) -> str:
    """What an error event says; one of a script that does not load says nothing."""
    return getattr(event, "message", "") or "worker.mjs does not load"
