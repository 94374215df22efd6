"""What the page says beside the picture: speed, times, what was found, loading and faults."""

import js

_REFRESH = 250  # ms between two updates of the figures: people cannot read faster
_WINDOW = 2000  # ms over which frames a second are counted
_SCALE = 60  # ms that fill a bar

PARTS = ("pose", "face", "leftHand", "rightHand")
"""The names of the parts in a person of a ``landmarks`` event, and in its times."""


def element(name: str):
    """The page's element with this id."""
    return js.document.getElementById(name)


class Speed:
    """Frames a second, latency and the bars of the parts' times."""

    def __init__(self):
        self._arrivals = []
        self._updated = 0
        self.rate = 0.0

    def clear(self) -> None:
        """Begin to count anew."""
        self._arrivals = []

    def note(self, result) -> None:
        """Take in the detail of a ``landmarks`` event."""
        now = js.performance.now()
        arrivals = [at for at in self._arrivals if at > now - _WINDOW]
        arrivals.append(now)
        self._arrivals = arrivals
        if len(arrivals) > 1:
            self.rate = (len(arrivals) - 1) * 1000 / (now - arrivals[0])
        if now - self._updated > _REFRESH:
            self._updated = now
            self._show(result)

    def _show(self, result) -> None:
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
    """Which parts of the person are in the picture, beside their switches."""

    def __init__(self):
        self._seen = {}

    def note(self, result) -> None:
        """Take in the detail of a ``landmarks`` event."""
        person = result.people[0] if result.people.length else None
        for part in PARTS:
            seen = bool(person and getattr(person, part))
            if self._seen.get(part) != seen:
                self._seen[part] = seen
                element(f"seen-{part}").value = "found" if seen else "not seen"


class Loading:
    """The progress bars; they go when everything is there."""

    def note(self, progress) -> None:
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

    _RETRIED = ("model-missing", "model-corrupt", "runtime-failed")

    def __init__(self):
        self._code = ""

    def show(self, fault) -> None:
        """Show the detail of an ``error`` event."""
        self._code = fault.code
        element("fault-message").textContent = fault.message
        element("retry").hidden = fault.code not in self._RETRIED
        element("fault").hidden = False

    def clear_solved(self) -> None:
        """Take it away if it was about workers, who all are ready now."""
        if self._code == "worker-died" or self._code in self._RETRIED:
            self.clear()

    def clear(self) -> None:
        """Take it away."""
        element("fault").hidden = True
