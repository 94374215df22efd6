"""One tag's tracker: from its source through the workers to its events.

Everything that happens is told to the tag, which makes events of it: ``progress``, ``ready``,
``state``, ``landmarks``, ``level`` and ``error``.
"""

import asyncio
import sys

import js
import memory
import sources
from faults import PASSING, Fault
from jsffi import to_js
from rate import Rate
from session import Choices, Session

from holistic.shared import quality

PREVIEW = 100
"""Milliseconds between two of the camera's frames while nobody can compute any.

Taking and showing them takes the processor from those who are loading.
"""

BREATH = 10
"""Milliseconds between two looks for a free place for a file's frame."""


class Tracking:
    """The tracker behind ``tag``, a JavaScript object: ``tell(type, detail)`` is for events,
    ``show(pixels, width, height, people)`` for each frame with the people in it, just before its
    event; while no worker is ready it gets frames as they come. ``camera`` is the one to
    open: ``device``, which may be empty, ``width`` and ``height``.
    """

    def __init__(self, crew, tag, settings, camera):
        self._crew = crew
        self._tag = tag
        self._camera = camera
        self._opening = asyncio.Lock()
        self._place = None  # of what is tracked, or is being opened
        self._choices = Choices(settings)
        self._session = None
        self._governor = None  # chooses the level of effort, where nobody else does
        self._level = quality.LEVELS[0]
        self._turn = 0  # counts starts and stops: a source of an earlier turn is over
        self._source = None
        self._rate = None  # of the camera, where that is the source
        self._arrivals = {}  # when the frame in a slot came, by performance.now()
        self._shown = None  # the slot whose event is being dispatched
        self._detecting = asyncio.Lock()

    def load(self) -> None:
        """Load what tracking needs; again, what has failed."""
        self._run(self._load())

    def start(self, place) -> None:
        """Track what is at ``place``: see ``sources``."""
        self.stop()
        self._place = place
        self._run(self._track(place, self._turn))

    def stop(self) -> None:
        """Let go of the source; the last result stays."""
        self._turn += 1
        self._place = None
        self._let_go()
        self._tell_state("idle")

    def change(self, settings) -> None:
        """Go on with other settings."""
        self._choices = Choices(settings)
        if self._session:
            self._run(self._change())

    def aim(self, camera) -> None:
        """Use another camera, or the same in another way."""
        self._camera = camera
        if self._place == sources.CAMERA:
            self.start(self._place)

    def detect(self, image, resolve, reject) -> None:
        """Find everybody in a picture that stands alone; calls one of the functions once."""
        self._run(self._detect(image, resolve, reject))

    def frame(self):
        """A copy of the pixels of the result that is being dispatched, else None."""
        if self._shown is None:
            return None
        ring = self._session.ring
        copy = to_js({"width": ring.width, "height": ring.height})
        copy.data = ring.pixels[self._shown].slice()
        return copy

    def close(self) -> None:
        """Let go of everything."""
        self._turn += 1
        self._let_go()
        if self._session:
            self._session.close()
            self._session = None

    def _run(self, coroutine) -> None:
        asyncio.create_task(self._guarded(coroutine))  # noqa: RUF006 (the loop keeps it)

    async def _guarded(self, coroutine) -> None:
        try:
            await coroutine
        except Fault as fault:
            self._tell_fault(fault)
        except Exception as error:  # a mistake of ours must not look like silence
            sys.print_exception(error)
            self._tell_fault(Fault("runtime-failed", reason=repr(error)))

    async def _load(self) -> None:
        await self._crew.load()
        if self._session is None:
            self._session = self._new_session()
            self._govern()
        self._session.prepare()

    async def _change(self) -> None:
        self._session.change(self._choices)
        self._govern()

    def _govern(self) -> None:
        """Begin to choose the level of effort, or set the one that was asked for."""
        level = self._choices.level
        self._governor = None
        if level == quality.AUTO:
            self._governor = quality.Governor(quality.BUDGET_MS, self._session.levels())
            level = self._governor.level
        self._set_level(level, "nothing measured yet" if self._governor else "asked for")

    def _set_level(self, level: str, reason: str) -> None:
        if level != self._level:
            self._level = level
            self._tell("level", {"level": level, "reason": reason})
        self._session.set_level(quality.LEVELS.index(level))

    def _new_session(self, thorough: bool = False) -> Session:
        session = Session(self._crew, self._choices, thorough)
        session.on_progress = self._tell_progress
        session.on_fault = self._tell_fault
        session.on_ready = self._tell_ready
        session.on_result = self._show_result
        return session

    async def _track(self, place, turn: int) -> None:
        self._tell_state("opening")
        while turn == self._turn:
            try:
                await self._load()
                await self._follow(place, turn)
                return
            except Fault as fault:
                if turn != self._turn:
                    return
                self._let_go()
                self._tell_fault(fault)
                if fault.code not in sources.CAMERA_MAY_COME:
                    self._tell_state("idle")
                    return
            self._tell_state("waiting")
            self._source = sources.absent_camera()
            await self._source.next()

    async def _follow(self, place, turn: int) -> None:
        """Feed the frames of a source to the session, to its end."""
        session = self._session
        source = await self._opened(place, turn)
        if source is None:
            return
        if getattr(source, "film", False):  # it can wait, and loses no frame then
            session.hurry()
            await session.ready.wait()
        elif place != sources.CAMERA:
            await session.whole.wait()
        if turn != self._turn:
            source.close()
            return
        self._source = source
        self._rate = Rate(source.ask) if place == sources.CAMERA else None
        session.begin(patient=place != sources.CAMERA)
        self._tell_state("running")
        while frame := await sources.next_frame(source, place):
            if source is not self._source:
                frame.close()
                return
            try:
                await self._feed(session, frame, place)
            finally:
                frame.close()
            if self._rate and not session.delivers:
                await session.news(PREVIEW)
        if source is self._source:
            self._tell_state("ended")

    async def _opened(self, place, turn: int):
        """The source at ``place``; None if the camera came too late, for something else began."""
        if place != sources.CAMERA:
            return await sources.opened(place)
        async with self._opening:  # a camera that is in use keeps its resolution
            if turn != self._turn:
                return None
            source = await sources.opened(place, self._camera)
            if turn == self._turn:
                return source
            source.close()
            return None

    async def _feed(self, session: Session, frame, place) -> None:
        arrival = js.performance.now()
        ring = session.fit(frame.width, frame.height)
        slot = ring.claim()
        while slot is None and place != sources.CAMERA and ring is session.ring:
            await asyncio.sleep_ms(BREATH)  # a file's next frame may be its last one
            slot = ring.claim()
        if slot is not None:
            await sources.write(frame, ring.pixels[slot], ring.width, ring.height, place)
            self._arrivals[slot] = arrival
            if not session.delivers and ring is session.ring:
                self._tag.show(ring.pixels[slot], ring.width, ring.height, js.Array.new())
            session.publish(ring, slot, frame)

    def _let_go(self) -> None:
        if self._source:
            self._source.close()
            self._source = self._rate = None
        if self._session:
            self._session.begin()

    async def _detect(self, image, resolve, reject) -> None:
        try:
            async with self._detecting:
                resolve(await self._detected(image))
        except Fault as fault:
            reject(fault.code, fault.message)

    async def _detected(self, image):
        await self._crew.load()
        source = await sources.opened(image, self._camera, single=True)
        session = self._new_session(thorough=True)
        try:
            return await self._looked_at(session, source, image)
        finally:
            session.close()
            source.close()

    async def _looked_at(self, session: Session, source, image):
        """The detail of the one frame of ``source``."""
        found = Outcome()
        session.on_fault = found.fail
        session.on_ready = lambda: None
        session.on_result = lambda slot: found.set(session.result(slot))
        arrival = js.performance.now()
        frame = await sources.next_frame(source, image)
        try:
            ring = session.fit(frame.width, frame.height)
            slot = ring.claim()
            await sources.write(frame, ring.pixels[slot], ring.width, ring.height, image)
            session.publish(ring, slot, frame)
        finally:
            frame.close()
        return _delayed(await found.get(), arrival)

    def _show_result(self, slot: int) -> None:
        session, ring = self._session, self._session.ring
        detail = _delayed(session.result(slot), self._arrivals.get(slot, 0))
        self._tag.show(ring.pixels[slot], ring.width, ring.height, detail.people)
        self._shown = slot
        self._tag.tell("landmarks", detail)
        self._shown = None
        if not detail.complete or not session.ready.is_set():
            return
        if self._rate:
            self._rate.note(js.performance.now())
        if self._governor and self._session is session:
            self._governor.note(session.busiest(ring.records[slot]))
            self._set_level(self._governor.level, self._governor.reason)

    def _tell_fault(self, fault: Fault) -> None:
        self._tell("error", {"code": fault.code, "message": fault.message})

    def _tell_progress(self, part: str, loaded: int, total: int) -> None:
        self._tell("progress", {"part": part, "loaded": loaded, "total": total})

    def _tell_ready(self) -> None:
        detail = {
            "bytes": self._crew.loaded,
            "files": self._crew.files(),
            "time": js.performance.now(),
            "shared": memory.SHARED,
            "workers": len(self._session.plan),
        }
        self._tell("ready", detail)

    def _tell_state(self, state: str) -> None:
        self._tell("state", {"state": state})

    def _tell(self, kind: str, detail: dict) -> None:
        self._tag.tell(kind, to_js(detail))


def _delayed(detail, arrival: float):
    """A result, with the time that it took since its frame came."""
    detail.latency = js.performance.now() - arrival
    return detail


class Outcome:
    """What comes of something: a value or a fault."""

    def __init__(self):
        self._known = asyncio.Event()
        self._value = None
        self._fault = None

    def set(self, value) -> None:
        """It went well."""
        self._value = value
        self._known.set()

    def fail(self, fault: Fault) -> None:
        """It failed, unless somebody goes on with it."""
        if fault.code not in PASSING:
            self._fault = fault
            self._known.set()

    async def get(self):
        """The value, when it is there; raises the fault."""
        await self._known.wait()
        if self._fault:
            raise self._fault
        return self._value
