"""The page's side of the shared memory that ``layout`` declares: the frame ring and the blackboard.

One ``Ring`` serves one source at one frame size. Nothing here waits: the page claims a slot,
fills it and publishes it; what the workers have finished it collects and releases.
"""

import js
import layout

SIDE_LIMIT = 1280
"""Longer frames are scaled down to this: no model looks closer."""


def fitted(width: int, height: int) -> tuple:
    """The size at which a frame of ``width`` by ``height`` is processed."""
    scale = min(1, SIDE_LIMIT / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


class Ring:
    """Shared memory for frames of one size. Slots are numbered from 0 to ``layout.SLOTS`` - 1."""

    def __init__(self, width: int, height: int, people: int = 1):
        size = width * height * 4
        self.width, self.height = width, height
        self.frames = js.SharedArrayBuffer.new(layout.SLOTS * size)
        self.board = js.SharedArrayBuffer.new(layout.board_bytes(people))
        self._control = js.Int32Array.new(self.board, 0, layout.CONTROL_WORDS)
        self._headers = js.Float64Array.new(
            self.board, layout.HEADERS_OFFSET, layout.SLOTS * layout.HEADER_WORDS
        )
        slots = range(layout.SLOTS)
        self.pixels = [js.Uint8Array.new(self.frames, slot * size, size) for slot in slots]
        self.records = [
            js.Float32Array.new(
                self.board,
                layout.RECORDS_OFFSET + slot * layout.record_floats(people) * 4,
                layout.record_floats(people),
            )
            for slot in slots
        ]
        js.Atomics.store(self._control, layout.RUN, 1)

    def claim(self):
        """A slot to write a frame into: a free one, else one that no worker has admitted yet.

        None when workers and page hold them all.
        """
        for state in (layout.FREE, layout.READY):
            for slot in range(layout.SLOTS):
                if self._change(slot, state, layout.WRITING):
                    return slot
        return None

    def publish(self, slot: int, frame: int, timestamp: float) -> None:
        """Offer the frame in ``slot`` to the workers, in place of any that waits."""
        self.records[slot].fill(0)
        header = (frame, timestamp, self.width, self.height)
        for word, value in enumerate(header):
            self._headers[slot * layout.HEADER_WORDS + word] = value
        self._change(slot, layout.WRITING, layout.READY)
        for other in range(layout.SLOTS):
            if other != slot:
                self._change(other, layout.READY, layout.FREE)
        self._signal()

    def finished(self) -> list:
        """The slots whose frames are complete, oldest frame first."""
        done = [slot for slot in range(layout.SLOTS) if self._state(slot) == layout.DONE]
        return sorted(done, key=self.frame)

    def release(self, slot: int) -> None:
        """Give back a slot whose frame has been claimed, or shown."""
        js.Atomics.store(self._control, layout.STATE + slot, layout.FREE)

    def close(self) -> None:
        """Send the workers out of their loops."""
        js.Atomics.store(self._control, layout.RUN, 0)
        self._signal()

    def frame(self, slot: int) -> int:
        """The number of the frame in ``slot``."""
        return int(self._headers[slot * layout.HEADER_WORDS + layout.FRAME])

    def timestamp(self, slot: int) -> float:
        """The time stamp of the frame in ``slot``, in milliseconds."""
        return self._headers[slot * layout.HEADER_WORDS + layout.TIMESTAMP]

    def _state(self, slot: int) -> int:
        return js.Atomics.load(self._control, layout.STATE + slot)

    def _change(self, slot: int, old: int, new: int) -> bool:
        return js.Atomics.compareExchange(self._control, layout.STATE + slot, old, new) == old

    def _signal(self) -> None:
        js.Atomics.add(self._control, layout.SIGNAL, 1)
        js.Atomics.notify(self._control, layout.SIGNAL)
