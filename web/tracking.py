"""From source to landmarks: feeds the ring, collects what the workers found, and tells the page.

Everything that happens is told as a bubbling event of the tracker's element: ``progress``,
``ready``, ``state``, ``landmarks`` and ``error``. Pages and programs listen to those; this module
knows no button.
"""

import js
import layout
import sources
from crew import Crew
from faults import Fault
from pyscript.ffi import to_js
from ring import Ring, fitted

# A WebAssembly module whose one function uses a 128-bit vector.
_SIMD = b"\0asm\1\0\0\0\1\5\1`\0\1{\3\2\1\0\n\n\1\b\0A\0\xfd\x0f\xfdb\x0b"


def check_browser() -> None:
    """Raise a Fault where this browser, or the way the page was served, lacks what we need."""
    if not js.WebAssembly.validate(js.Uint8Array.of(*_SIMD)):
        raise Fault("no-simd")
    if not js.window.crossOriginIsolated:
        raise Fault("no-shared-memory")


class Tracking:
    """The tracker behind ``element``, which gets the events.

    ``painter`` shows each frame with the people in it (drawing.mjs), just before its event; while
    the workers are not ready it shows frames as they come.
    """

    def __init__(self, element, workers: int, complexity: int, variant: str, people: int, painter):
        self._element = element
        self._painter = painter
        self._people = people
        self._turn = 0  # counts starts and stops: a source of an earlier turn is over
        self._source = None
        self._ring = None
        self._size = (0, 0)  # of the source's frames, before fitting
        self._frames = 0
        self._arrivals = {}  # when the frame in a slot came, by performance.now()
        self._slot = None  # the one that is being dispatched
        self.results = 0
        self.first_result = None
        self.crew = Crew(
            workers,
            complexity,
            variant,
            people,
            on_done=self._collect,
            on_fault=self._tell_fault,
            on_progress=self._tell_progress,
            on_ready=self._tell_ready,
        )

    async def prepare(self) -> None:
        """Load what tracking needs. What fails is told as an ``error`` event."""
        try:
            await self._prepare()
        except Fault as fault:
            self._tell_fault(fault)

    async def start(self, place) -> None:
        """Track what is at ``place``: ``sources.CAMERA``, a URL or a file."""
        self.stop()
        turn = self._turn
        self._tell_state("opening")
        try:
            await self._prepare()
            source = await sources.opened(place)
            if place != sources.CAMERA:  # a file can wait, and loses no frame then
                await self.crew.wait()
            if turn != self._turn:
                source.close()
                return
            self._source = source
            self._tell_state("running")
            await self._feed(source, place)
        except Fault as fault:
            if turn == self._turn:
                self.stop()
                self._tell_fault(fault)

    def stop(self) -> None:
        """Let go of the source; the last result stays on the page."""
        self._turn += 1
        if self._source:
            self._source.close()
            self._source = None
        if self._ring:
            self._ring.close()
            self._ring = None
        self._tell_state("idle")

    def frame(self):
        """A copy of the pixels of the result that is being dispatched: {width, height, data}."""
        if self._slot is None:
            return None
        copy = to_js({"width": self._ring.width, "height": self._ring.height})
        copy.data = self._ring.pixels[self._slot].slice()
        return copy

    async def _prepare(self) -> None:
        check_browser()
        await self.crew.start()

    async def _feed(self, source, place) -> None:
        while frame := await sources.next_frame(source, place):
            if source is not self._source:
                frame.close()
                return
            arrival = js.performance.now()
            ring = self._ring_for(frame)
            slot = ring.claim()
            if slot is not None:
                await sources.write(frame, ring.pixels[slot], ring.width, ring.height, place)
                self._publish(ring, slot, frame.timestamp, arrival)
            frame.close()
        if source is self._source:
            self._tell_state("ended")

    def _ring_for(self, frame) -> Ring:
        """The ring, made anew where the source's frames have changed their size."""
        if self._ring is None or self._size != (frame.width, frame.height):
            if self._ring:
                self._ring.close()
            self._size = (frame.width, frame.height)
            self._ring = Ring(*fitted(*self._size), self._people)
            self._frames = 0
            self.crew.open(self._ring)
        return self._ring

    def _publish(self, ring: Ring, slot: int, timestamp: float, arrival: float) -> None:
        if ring is not self._ring:
            return
        self._frames += 1
        self._arrivals[slot] = arrival
        if not self.crew.ready:
            self._painter.show(ring.pixels[slot], ring.width, ring.height, js.Array.new())
        ring.publish(slot, self._frames, timestamp)

    def _collect(self) -> None:
        ring = self._ring
        for slot in ring.finished() if ring else ():
            result = self._result(slot)
            self._painter.show(ring.pixels[slot], ring.width, ring.height, result.people)
            self._slot = slot
            self._tell("landmarks", result)
            self._slot = None
            if ring is not self._ring:  # a listener stopped us
                return
            ring.release(slot)

    def _result(self, slot: int):
        now = js.performance.now()
        self.results += 1
        if self.first_result is None:
            self.first_result = now
        width, height = self._size
        record = self._ring.records[slot]
        detail = {
            "frame": self._ring.frame(slot),
            "timestamp": self._ring.timestamp(slot),
            "width": width,
            "height": height,
            "latency": now - self._arrivals[slot],
            "times": times(record),
            "people": people(record),
        }
        return to_js(detail)

    def _tell_fault(self, fault: Fault) -> None:
        detail = to_js({"code": fault.code, "message": fault.message})
        # Whoever listens for errors on the window, PyScript for one, expects a message there.
        self._tell("error", detail, message=fault.message)

    def _tell_progress(self, part: str, loaded: int, total: int) -> None:
        self._tell("progress", to_js({"part": part, "loaded": loaded, "total": total}))

    def _tell_ready(self) -> None:
        self._tell("ready", to_js({"bytes": self.crew.loaded, "time": js.performance.now()}))

    def _tell_state(self, state: str) -> None:
        self._tell("state", to_js({"state": state}))

    def _tell(self, name: str, detail, message: str = "") -> None:
        options = to_js({"bubbles": True})
        options.detail = detail
        event = js.CustomEvent.new(name, options)
        event.message = message
        self._element.dispatchEvent(event)


def people(record) -> list:
    """What a result says of everybody in it."""
    starts = range(layout.person_start(0), record.length, layout.PERSON_FLOATS)
    sections = [record.subarray(start, start + layout.PERSON_FLOATS) for start in starts]
    return [person(section) for section in sections if section[layout.POSE]]


def person(record) -> dict:
    """What a result says of one person: copies out of their section of the shared record."""
    return {
        "id": int(record[layout.PERSON_ID]),
        "pose": record.slice(layout.POSE_LANDMARKS, layout.POSE_WORLD),
        "poseWorld": record.slice(layout.POSE_WORLD, layout.FACE),
        "face": _points(record, layout.FACE, layout.FACE_LANDMARKS, layout.FACE_POINTS),
        "leftHand": _hand(record, layout.LEFT_HAND),
        "rightHand": _hand(record, layout.RIGHT_HAND),
    }


def _hand(record, section: int):
    return _points(record, section, section + layout.HAND_LANDMARKS, layout.HAND_POINTS)


def _points(record, score: int, first: int, count: int):
    return record.slice(first, first + count * 3) if record[score] else None


def times(record) -> dict:
    """Milliseconds of each part's stage, in the order of layout.PARTS."""
    found = {}
    for index, part in enumerate(("pose", "face", "leftHand", "rightHand")):
        first = layout.TIMES + index * layout.TIME_VALUES
        found[part] = {
            "total": record[first],
            "warp": record[first + 1],
            "network": record[first + 2],
        }
    return found
