"""What the page says beside the picture: speed, times, what was found, loading and faults."""

import js
from dom import element
from jsffi import JsProxy

from faults import PASSING, RETRY, follows

_REFRESH = 250  # ms between two updates of the figures: people cannot read faster
_RESTING = 2000  # the same while nothing moves: an update has the browser paint, which costs most
_WINDOW = 2000  # ms over which frames a second are counted
_SCALE = 60  # ms that fill a bar

PARTS = ("pose", "face", "leftHand", "rightHand")
"""The names of the parts in a person of a ``landmarks`` event, and in its times."""


class Speed:
    """Frames a second, latency and the bars of the parts' times."""

    def __init__(self) -> None:
        self._arrivals: list[float] = []
        self._updated = 0.0
        self.rate = 0.0

    def clear(self) -> None:
        """Begin to count anew."""
        self._arrivals.clear()

    def note(self, result: JsProxy) -> None:
        """Take in the detail of a ``landmarks`` event."""
        now, arrivals = js.performance.now(), self._arrivals
        arrivals.append(now)
        while arrivals[0] <= now - _WINDOW:
            arrivals.pop(0)
        if len(arrivals) > 1:
            self.rate = (len(arrivals) - 1) * 1000 / (now - arrivals[0])
        if now - self._updated > (_RESTING if result.still else _REFRESH):
            self._updated = now
            self._show(result)

    def _show(self, result: JsProxy) -> None:
        element("rate").value = f"{self.rate:.1f}" if len(self._arrivals) > 1 else "–"
        element("latency").value = f"{result.latency:.0f}"
        for row in js.document.querySelectorAll("#times [data-part]"):
            times = getattr(result.times, row.dataset.part)
            python = max(0, times.total - times.network - times.warp)
            percent = 100 / max(_SCALE, times.total)
            spans = (times.network, times.warp, python)
            for index, bar in enumerate(row.querySelectorAll(".bar i")):
                bar.style.width = f"{spans[index] * percent:.1f}%"
            row.querySelector(".number").textContent = f"{times.total:.0f}" if times.total else "–"


class Found:
    """Which parts of the person are in the picture: beside their switches, and said aloud."""

    _CALM = 3000  # ms between two sentences: nobody can listen to more
    _NAMES = {  # noqa: RUF012
        "pose": "body",
        "face": "face",
        "leftHand": "left hand",
        "rightHand": "right hand",
    }
    _STATES = {  # noqa: RUF012
        "opening": "The source is being opened.",
        "waiting": "Waiting for a camera.",
        "ended": "The source has ended.",
        "idle": "",
    }

    def __init__(self) -> None:
        self._seen: dict[str, bool] = {}
        self._result: JsProxy | None = None  # the last one
        self._updated = self._said = 0.0

    def note(self, result: JsProxy) -> None:
        """Take in the detail of a ``landmarks`` event."""
        self._result = result
        now = js.performance.now()
        if now - self._updated > _REFRESH:
            self._updated = now
            self._show(result)
        if now - self._said > self._CALM:
            self._said = now
            self._say(result.people.length)

    def _show(self, result: JsProxy) -> None:
        person = result.people[0] if result.people.length else None
        for part in PARTS:
            seen = bool(person and getattr(person, part))
            if self._seen.get(part) != seen:
                self._seen[part] = seen
                element(f"seen-{part}").value = "found" if seen else "not seen"

    def note_state(self, state: str) -> None:
        """The tag's source is in another state."""
        if self._result:  # no later one comes to be shown
            self._show(self._result)
        if state in self._STATES:
            element("summary").textContent = self._STATES[state]

    def _say(self, count: int) -> None:
        found = [name for part, name in self._NAMES.items() if self._seen[part]]
        others = f", {count} people" if count > 1 else ""
        sentence = f"Tracking{others}: {', '.join(found) or 'nobody is in view'}."
        if element("summary").textContent != sentence:
            element("summary").textContent = sentence


class Loading:
    """The progress bars; they go when everything is there."""

    def note(self, progress: JsProxy) -> None:
        """Take in the detail of a ``progress`` event."""
        if not progress.total:
            return
        element("loading").hidden = False
        bar = element(f"progress-{progress.part}")
        bar.max, bar.value = progress.total, progress.loaded
        loaded, total = progress.loaded / 1e6, progress.total / 1e6
        element(f"bytes-{progress.part}").value = f"{loaded:.1f} of {total:.1f} MB"

    def finish(self) -> None:
        """Everything is there."""
        element("loading").hidden = True


class Message:
    """One sentence about what went wrong, with a button to try again where that can help."""

    def __init__(self) -> None:
        self._code = ""

    def show(self, fault: JsProxy) -> None:
        """Show the detail of an ``error`` event."""
        self.say(fault.code, fault.message)

    def say(self, code: str, sentence: str) -> None:
        """Show a sentence; its code says what can be done about it."""
        self._code = code
        element("fault-message").textContent = sentence
        element("retry").hidden = not follows(code, RETRY)
        element("fault").hidden = False

    def clear_solved(self) -> None:
        """Take it away if it was about workers, who all are ready now."""
        if follows(self._code, RETRY) or follows(self._code, PASSING):
            self.clear()

    def clear(self) -> None:
        """Take it away."""
        element("fault").hidden = True
