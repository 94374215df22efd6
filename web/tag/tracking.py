"""One tag's tracker: from its source through the workers to its events.

Everything that happens is told to the tag, which makes events of it: ``progress``, ``ready``,
``state``, ``landmarks``, ``level`` and ``error``.
"""

import asyncio
import sys

import js
from jsffi import JsProxy, to_js

import sources
from faults import CAMERA_MAY_COME, PASSING, Fault
from session import Session
from shared_memory import SHARED
from state.camera_rate import CameraRate
from state.effort import Effort
from state.options import Options

TYPE_CHECKING = False  # MicroPython has no typing
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from dispatcher import Dispatcher
    from ring import Ring
    from session import Finished

PREVIEW = 100
"""Milliseconds between two of the camera's frames while nobody can compute any.

Taking and showing them takes the processor from those who are loading.
"""

BREATH = 10
"""Milliseconds between two looks for a free slot for a file's frame."""


GLANCE = 25
"""Milliseconds between two of the camera's frames that are looked at while nothing moves."""


class Tracking:
    """The tracker behind ``tag``, a JavaScript object: ``tell(type, detail)`` is for events,
    ``show(pixels, width, height, people)`` for each frame with the people in it, just before its
    event; while no worker is ready it gets frames as they come. ``settings`` are the attributes
    that concern what is computed, as settings.js reads them. ``camera`` is the one to
    open: ``device``, which may be empty, ``width`` and ``height``.
    """

    def __init__(
        self, dispatcher: "Dispatcher", tag: JsProxy, settings: JsProxy, camera: JsProxy
    ) -> None:
        self._dispatcher = dispatcher
        self._tag = tag
        self._camera = camera
        self._opening = asyncio.Lock()
        self._place: JsProxy | None = None  # of what is tracked, or is being opened
        self._options = _options(settings)
        self._session: Session | None = None
        self._effort = Effort()
        self._run = 0  # counts starts and stops: a source of an earlier run is over
        self._source: JsProxy | None = None
        self._rate: CameraRate | None = None  # of the camera, where that is the source
        self._shown: Finished | None = None  # the frame whose event is being dispatched
        self._looked = 0.0  # when the last frame came that was looked at
        self._detecting = asyncio.Lock()
        self._closed = False

    def load(self) -> None:
        """Load what tracking needs; again, what has failed."""
        self._begin(self._prepare())

    def start(self, place: JsProxy) -> None:
        """Track what is at ``place``: see ``sources``."""
        self.stop()
        self._place = place
        self._begin(self._track(place, self._run))

    def stop(self) -> None:
        """Let go of the source; the last result stays."""
        self._run += 1
        self._place = None
        self._let_go()
        self._tell_state("idle")

    def change(self, settings: JsProxy) -> None:
        """Go on with other settings."""
        self._options = _options(settings)
        if self._session:
            self._begin(self._change(self._session))

    def aim(self, camera: JsProxy) -> None:
        """Use another camera, or the same in another way."""
        self._camera = camera
        if self._place == sources.CAMERA:
            self.start(self._place)

    def detect(self, image: JsProxy, resolve: JsProxy, reject: JsProxy) -> None:
        """Find everybody in a picture that stands alone; calls one of the functions once."""
        self._begin(self._detect(image, resolve, reject))

    def frame(self) -> JsProxy | None:
        """An ImageData, a copy of the frame whose result is being dispatched; else None."""
        if self._shown is None:
            return None
        pixels = js.Uint8ClampedArray.new(self._shown.pixels)
        return js.ImageData.new(pixels, self._shown.width, self._shown.height)

    def close(self) -> None:
        """Let go of everything."""
        self._closed = True
        self._run += 1
        self._let_go()
        if self._session:
            self._session.close()
            self._session = None

    def _begin(self, coroutine: "Coroutine[None, None, None]") -> None:
        asyncio.create_task(self._guarded(coroutine))  # noqa: RUF006 (the loop keeps it)

    async def _guarded(self, coroutine: "Coroutine[None, None, None]") -> None:
        try:
            await coroutine
        except Fault as fault:
            self.note_fault(fault)
        except Exception as error:  # a mistake of ours must not look like silence
            sys.print_exception(error)  # type: ignore[attr-defined]
            self.note_fault(Fault("runtime-failed", reason=repr(error)))

    async def _load(self) -> Session | None:
        """The session, when it is known what there is to load; None after ``close``."""
        await self._dispatcher.assets.load()
        if self._closed:
            return None
        if self._session is None:
            self._session = Session(self._dispatcher, self._options, self)
            self._choose_effort(self._session)
        self._session.prepare()
        return self._session

    async def _change(self, session: Session) -> None:
        session.change(self._options)
        self._choose_effort(session)

    def _choose_effort(self, session: Session) -> None:
        changed = self._effort.choose(self._options.level, self._options.levels())
        self._set_effort(session, changed)

    def _set_effort(self, session: Session, changed: bool) -> None:
        if changed:
            self._tell("level", {"level": self._effort.level, "reason": self._effort.reason})
        session.set_level(self._effort.index)
        if self._effort.is_light and self._effort.is_automatic:
            session.equip()

    async def _prepare(self) -> None:
        await self._load()

    async def _track(self, place: JsProxy, run: int) -> None:
        if run == self._run:
            self._tell_state("opening")
        while run == self._run:
            try:
                session = await self._load()
                if session:
                    await self._follow(session, place, run)
                return
            except Fault as fault:
                if run != self._run:
                    return
                self._let_go()
                self.note_fault(fault)
                if not fault.follows(CAMERA_MAY_COME):
                    self._tell_state("idle")
                    return
            self._tell_state("waiting")
            self._source = sources.absent_camera()
            await self._source.next()

    async def _follow(self, session: Session, place: JsProxy, run: int) -> None:
        """Feed the frames of a source to the session, to its end."""
        source = await self._opened(place, run)
        if source is None:
            return
        if getattr(source, "video", False):  # it can wait, and loses no frame then
            session.hurry()
            await session.ready.wait()
        elif place != sources.CAMERA:
            await session.whole.wait()
        if run != self._run:
            source.close()
            return
        self._source = source
        self._rate = CameraRate(source.ask) if place == sources.CAMERA else None
        session.begin(patient=place != sources.CAMERA)
        self._tell_state("running")
        try:
            await self._feed_all(session, source, place)
        except Fault:
            if place != sources.CAMERA and source is self._source:
                await session.drained()  # nothing is wrong with the frames before
            raise
        if source is self._source:
            await session.drained()
        if source is self._source:
            self._tell_state("ended")

    async def _feed_all(self, session: Session, source: JsProxy, place: JsProxy) -> None:
        """Feed frames until the source ends, or another one takes its place."""
        while frame := await sources.next_frame(source, place, self._earliest(session)):
            try:
                if source is not self._source:
                    return
                await self._feed(session, frame, place)
            finally:
                frame.close()
            if self._rate and not session.state.delivers:
                await session.news(PREVIEW)

    async def _opened(self, place: JsProxy, run: int) -> JsProxy | None:
        """The source at ``place``; None if the camera came too late, for something else began."""
        if place != sources.CAMERA:
            return await sources.opened(place)
        async with self._opening:  # a camera that is in use keeps its resolution
            if run != self._run:
                return None
            source = await sources.opened(place, self._camera)
            if run == self._run:
                return source
            source.close()
            return None

    def _earliest(self, session: Session) -> float:
        """When the camera's next frame is looked at, at the earliest; by performance.now()."""
        return self._looked + GLANCE if session.rests else 0.0

    async def _feed(self, session: Session, frame: JsProxy, place: JsProxy) -> None:
        self._looked = arrival = js.performance.now()
        ring = session.fit(frame.width, frame.height)
        slot = ring.claim()
        while slot is None and place != sources.CAMERA and ring is session.ring:
            await asyncio.sleep_ms(BREATH)  # type: ignore[attr-defined] # a file's next frame may be its last one
            slot = ring.claim()
        if slot is not None:
            await self._write(frame, ring, slot, place)
            if not session.state.delivers and ring is session.ring:
                self._tag.show(ring.pixels[slot], ring.width, ring.height, js.Array.new())
            await self._hand_over(session, ring, slot, frame, arrival, place)

    async def _write(self, frame: JsProxy, ring: "Ring", slot: int, place: JsProxy) -> None:
        """Write the frame into a slot, which is free again if that fails."""
        try:
            await sources.write(frame, ring.pixels[slot], ring.width, ring.height, place)
        except Fault:
            ring.release(slot)
            raise

    async def _hand_over(
        self,
        session: Session,
        ring: "Ring",
        slot: int,
        frame: JsProxy,
        arrival: float,
        place: JsProxy,
    ) -> None:
        """Have the frame in a slot computed, unless nothing has moved in it."""
        if not session.is_repetition(ring, slot):
            session.publish(ring, slot, frame, arrival)
            return
        while place != sources.CAMERA and ring is session.ring and ring.holds_frames(besides=slot):
            await asyncio.sleep_ms(BREATH)  # type: ignore[attr-defined] # what it repeats is to come
        session.repeat(ring, slot, frame, arrival)

    def _let_go(self) -> None:
        if self._source:
            self._source.close()
            self._source = self._rate = None
        if self._session:
            self._session.begin()

    async def _detect(self, image: JsProxy, resolve: JsProxy, reject: JsProxy) -> None:
        try:
            resolve(await self._detected(image))
        except Fault as fault:
            reject(fault.code, fault.message)
        except Exception as error:  # nobody must wait for what does not come
            reject("runtime-failed", repr(error))
            raise

    async def _detected(self, image: JsProxy) -> JsProxy:
        await self._dispatcher.assets.load()
        source = await sources.opened(image, self._camera, single=True)
        try:
            async with self._detecting:  # one at a time, which waits for nothing outside
                return await self._looked_at(source, image)
        finally:
            source.close()

    async def _looked_at(self, source: JsProxy, image: JsProxy) -> JsProxy:
        """The detail of the one frame of ``source``."""
        arrival = js.performance.now()
        frame = await sources.next_frame(source, image)
        assert frame is not None  # a source begins with one
        found = Detection(self.note_progress)
        session = Session(self._dispatcher, self._options, found, thorough=True)
        try:
            ring = session.fit(frame.width, frame.height)
            slot = ring.claim()
            assert slot is not None  # the ring is new
            await sources.write(frame, ring.pixels[slot], ring.width, ring.height, image)
            session.publish(ring, slot, frame, arrival)
            return await found.get()
        finally:
            frame.close()
            session.close()

    # What the session tells.

    def note_result(self, finished: "Finished") -> None:
        """A frame is done."""
        if not finished.still:  # the tag shows it already
            self._tag.show(finished.pixels, finished.width, finished.height, finished.detail.people)
        self._shown = finished
        self._tag.tell("landmarks", finished.detail)
        self._shown = None
        if not self._session or not finished.complete or not self._session.ready.is_set():
            return
        if finished.still:
            if self._rate:
                self._rate.pause(js.performance.now())
            return
        if self._rate:
            self._rate.note(js.performance.now())
        if self._effort.is_automatic:
            self._set_effort(self._session, self._effort.note(finished.busiest_ms()))

    def note_progress(self, part: str, loaded: int, total: int) -> None:
        """More bytes have arrived."""
        self._tell("progress", {"part": part, "loaded": loaded, "total": total})

    def note_ready(self) -> None:
        """All who are to compute can."""
        assert self._session is not None  # it is what tells
        assets = self._dispatcher.assets
        detail: dict[str, object] = {
            "bytes": assets.progress.loaded,
            "files": assets.progress.files(),
            "time": js.performance.now(),
            "shared": SHARED,
            "workers": len(self._session.state.plan),
        }
        self._tell("ready", detail)

    def note_fault(self, fault: Fault) -> None:
        """Something failed."""
        self._tell("error", {"code": fault.code, "message": fault.message})

    def _tell_state(self, state: str) -> None:
        self._tell("state", {"state": state})

    def _tell(self, kind: str, detail: dict[str, object]) -> None:
        self._tag.tell(kind, to_js(detail))


class Detection:
    """What comes of one picture: its result or a fault. The listener of its session."""

    def __init__(self, note_progress: "Callable[[str, int, int], None]") -> None:
        self._note_progress = note_progress
        self._known = asyncio.Event()
        self._detail: JsProxy | None = None
        self._fault: Fault | None = None

    def note_result(self, finished: "Finished") -> None:
        """It went well."""
        self._detail = finished.detail
        self._known.set()

    def note_fault(self, fault: Fault) -> None:
        """It failed, unless somebody goes on with it."""
        if not fault.follows(PASSING):
            self._fault = fault
            self._known.set()

    def note_ready(self) -> None:
        """All who are to compute can: nobody waits for that."""

    def note_progress(self, part: str, loaded: int, total: int) -> None:
        """More bytes have arrived."""
        self._note_progress(part, loaded, total)

    async def get(self) -> JsProxy:
        """The detail, when it is there; raises the fault."""
        await self._known.wait()
        if self._fault:
            raise self._fault
        return self._detail


def _options(settings: JsProxy) -> Options:
    """A tag's settings, as settings.js reads its attributes."""
    return Options(
        list(settings.parts),
        settings.people,
        settings.complexity,
        settings.variant,
        settings.workers,
        settings.level,
        settings.irises,
        settings.carry,
        settings.rotations,
        settings.blendshapes,
        settings.still,
    )
