"""Brings sessions and workers together: all sessions of a page's tags share one pool.

It has as many workers as the session that wants most wants, tells each what it computes, and hands
on what they say. ``worker.js`` tells the messages. Where workers cannot see for themselves what
waits, it sends them the frames too.
"""

import js
from jsffi import JsProxy, to_js

from faults import Fault
from shared_memory import SHARED, Doorbell
from worker_pool import WorkerPool

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from assets import Assets
    from holistic.shared.schedule import Tasks
    from session import Session
    from state.pool_state import Workforce


class Dispatcher:
    """The sessions of a page, and which of them each worker computes."""

    def __init__(self, assets: "Assets") -> None:
        self.assets = assets
        self.doorbell = Doorbell()
        self._pool = WorkerPool(self, self.doorbell, assets)
        self._sessions: list[Session] = []
        self._models: dict[
            int, dict[Tasks, list[JsProxy]]
        ] = {}  # session id -> tasks of one worker -> its models
        self._told: dict[
            int, list[Session]
        ] = {}  # index of a worker -> the sessions that it has been told to open
        self._sent: dict[
            int, Session
        ] = {}  # index of a worker -> the session of the frame that it was sent
        self._all = False  # whether the first worker has had its time alone

    def workforce(self) -> "Workforce":
        """What sessions decide by."""
        return self._pool.workforce()

    def open(self, session: "Session") -> None:
        """Have a session computed, or computed in another way: as it now says.

        Slots whose worker failed are filled again. Raises a Fault where a model is missing.
        """
        self._models[session.id] = {
            tasks: self.assets.models(session.state.options.submodels(tasks), session.variant)
            for tasks in session.state.assignments
        }
        if session not in self._sessions:
            self._sessions.append(session)
        self._fill()
        for index in self._pool.ready():
            self._configure(index, session)

    def close(self, session: "Session") -> None:
        """Compute a session no more; workers that nobody needs any more go."""
        if session in self._sessions:
            self._sessions.remove(session)
            for index in range(len(self._pool)):
                self._take_away(index, session)
            self._models.pop(session.id)
            self._fit()

    def spawn_all(self) -> None:
        """Have all workers that the sessions want: the first one has no more need to hurry."""
        if not self._all:
            self._all = True
            self._fill()

    def equip(self, session: "Session") -> None:
        """Have the workers of a session load the light models; they go on meanwhile."""
        for index, told in self._told.items():
            if session in told:
                self._send_light_models(index, session)

    def deal(self) -> None:
        """Give every worker something to compute, where it cannot see for itself what waits."""
        if SHARED:
            return
        for index in sorted(self._told):
            for session in list(self._told[index]):
                if index not in self._sent:
                    self._give(index, session)

    # What the pool asks and tells.

    def boot_message(self, index: int) -> JsProxy:
        """What the worker needs from the beginning."""
        boot = to_js({})
        boot.models = js.Array.new()
        for session in self._concerned(index):
            boot.models.push(*self._models_of(index, session))
        return boot

    def note_ready(self, index: int) -> None:
        """A worker can be told something."""
        self._told[index] = []
        for session in self._concerned(index):
            session.note_worker_ready()
            if session not in self._told[index]:
                self._configure(index, session)

    def note_stocked(self, index: int) -> None:
        """The first models of a worker are there."""
        for session in list(self._told.get(index, ())):
            session.note_models_arrived()

    def note_message(self, index: int, message: JsProxy) -> None:
        """A worker says something about a session, or about what it loads."""
        if message.type == "progress":
            self._note_progress(message)
            return
        session = self._session(index, message.session)
        if message.type == "computed":
            self._note_computed(index, message)
        elif session is None:
            return  # it does not know that it computes it no more
        elif message.type == "done":
            if session.collect():
                self._pool.note_complete()
        elif message.type == "opened":
            session.note_opened(index, message.generation)
            self.deal()  # what came before it was open
        elif message.type == "error":
            self.assets.distrust()
            self._told[index].remove(session)
            session.note_fault(message.code, message.reason, message.name)

    def note_lost(self, index: int) -> None:
        """A worker is gone."""
        self._told.pop(index, None)
        self._sent.pop(index, None)
        for session in self._concerned(index):
            session.note_lost(index)

    def note_fault(self, index: int, fault: "Fault") -> None:
        """This is why it is gone."""
        sessions = self._concerned(index)
        for session in sessions:
            session.collect()  # what it finished after it was ended: its last messages are lost
        for session in sessions:
            session.listener.note_fault(fault)

    def is_busy(self, index: int) -> bool:
        """Whether a worker has not opened yet what it was told to."""
        return not all([each.is_open(index) for each in self._told.get(index, ())])

    def waiting(self, index: int) -> list[tuple[float, int]]:
        """The (frame, state) of all slots in which something waits for a worker."""
        return [one for each in self._told.get(index, ()) for one in each.waiting(index)]

    def _fill(self) -> None:
        self._fit()
        self._pool.fill()

    def _fit(self) -> None:
        """Have as many workers as are needed."""
        states = [session.state for session in self._sessions]
        count = max([each.workers if self._all else len(each.plan) for each in states] or [0])
        self._all = self._all and count > 0
        self._pool.resize(count)

    def _models_of(self, index: int, session: "Session") -> list[JsProxy]:
        models = self._models[session.id][session.state.tasks_of(index)]
        late = session.state.late_submodels(index)
        return [model for model in models if model.submodel not in late]

    def _configure(self, index: int, session: "Session") -> None:
        """Let a worker compute its tasks of a session from now on."""
        if index >= session.state.workers:
            self._take_away(index, session)
            return
        told = self._told[index]
        if session not in told:
            told.append(session)
        message = session.open_message(index)
        message.retry = self.assets.retrying
        message.models = js.Array.of(*self._models_of(index, session))
        self._pool.send(index, message)
        if session.is_equipped:
            self._send_light_models(index, session)

    def _send_light_models(self, index: int, session: "Session") -> None:
        names = session.state.options.light_submodels(session.state.tasks_of(index))
        try:
            models = self.assets.models(names, session.variant)
        except Fault:  # the site has none: it goes on without
            return
        message = to_js({"type": "equip", "session": session.id, "submodels": names})
        message.retry = self.assets.retrying
        message.models = js.Array.of(*models)
        self._pool.send(index, message)

    def _take_away(self, index: int, session: "Session") -> None:
        if session in self._told.get(index, ()):
            self._told[index].remove(session)
            self._pool.send(index, to_js({"type": "close", "session": session.id}))

    def _give(self, index: int, session: "Session") -> None:
        message = session.compute_message(index)
        if message:
            self._sent[index] = session
            self._pool.send(index, message, message.pixels, message.record)

    def _note_computed(self, index: int, message: JsProxy) -> None:
        session, told = self._sent.pop(index), self._told[index]
        if session in told:  # whoever has just been served comes last the next time
            told.remove(session)
            told.append(session)
        session.put_back(index, message)
        self.deal()
        session.collect()

    def _note_progress(self, message: JsProxy) -> None:
        news = self.assets.progress.note(message.path, message.part, message.loaded, message.total)
        if news:
            for session in self._sessions:
                session.listener.note_progress(message.part, *news)

    def _concerned(self, index: int) -> "list[Session]":
        return [session for session in self._sessions if index < session.state.workers]

    def _session(self, index: int, session_id: int) -> "Session | None":
        """The one with this id that the worker has been told to open, or None."""
        for session in self._told.get(index, ()):
            if session.id == session_id:
                return session
        return None
