"""A long visit: starts, stops and changes of the source, at random; do memory and speed hold?"""

import json
import random
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import SkippedError, browser, clip, measures, processes

CAMERA = clip.Format(640, 480, 30)
BREATH_SECONDS = 1.0
"""After this the page has taken up what was done."""
PATIENCE_SECONDS = 90
"""Within this an action must have taken effect, however busy the machine is."""


def _click(name: str) -> str:
    return f"document.getElementById('{name}').click()"


def _set(name: str, value: int) -> str:
    control = f"Object.assign(document.getElementById('{name}'), {{value: '{value}'}})"
    return f"{control}.dispatchEvent(new Event('change'))"


def _choose(content: str, name: str) -> str:
    """Choose a file with what is promised by ``content``."""
    return f"""{content}.then((content) => {{
        const chosen = new DataTransfer();
        chosen.items.add(new File([content], '{name}'));
        const input = Object.assign(document.getElementById('file'), {{files: chosen.files}});
        input.dispatchEvent(new Event('change'));
    }})"""


ACTIONS = {
    "camera": _click("camera"),
    "sample clip": _click("sample"),
    "video file": _choose("fetch('./sample.webm').then((it) => it.blob())", "clip.webm"),
    "picture": _choose(
        "new Promise((done) => tracker.shadowRoot.querySelector('canvas').toBlob(done))",
        "picture.png",
    ),
    "stop": _click("stop"),
    "one worker": _set("workers", 1),
    "two workers": _set("workers", 2),
    "one person": _set("people", 1),
    "three people": _set("people", 3),
}
"""What a visitor does with the page, each by its controls, in JavaScript."""

WEIGHTS = {"camera": 5}
"""How often an action is chosen, where that is not once."""

_SETTLED = """tracker.ready && (['idle', 'ended'].includes(tracker.state)
    || (tracker.state === 'running' && benchmark.events.length > 2))"""

_SETTING = """`${tracker.state === 'running' ? tracker.src.name ?? tracker.src : 'nothing'}, ${
    tracker.workers} workers, ${tracker.people} people`"""

_ALIVE = "navigator.locks.query().then(({held}) => held.length)"  # each worker holds one


@dataclass(frozen=True)
class Step:
    """What was done, and how the page was after it."""

    minute: float
    """When, since the visit's first landmarks."""
    action: str
    setting: str
    """What is tracked after it and how: equal settings should have equal rates."""
    rate: float
    """Landmarks a second."""
    memory_mb: float
    """Of all the browser's processes, above a blank page."""
    workers: int
    """That are alive."""


@dataclass(frozen=True)
class Soak:
    """A visit: its steps, and what the page complained of."""

    seed: int
    steps: list[Step]
    complaints: list[str]

    @property
    def growth_mb_per_hour(self) -> float:
        """Slope of the memory after a tenth of the steps, when caches are warm."""
        return measures.growth_per_hour(
            [step.minute for step in self.steps], [step.memory_mb for step in self.steps]
        )

    def halves(self) -> dict[str, tuple[float, float]]:
        """The median rates of the first and the second half, of each setting that both have."""
        middle = self.steps[-1].minute / 2
        found = {}
        for setting in sorted({step.setting for step in self.steps if step.rate}):
            steps = [step for step in self.steps if step.setting == setting]
            first = [step.rate for step in steps if step.minute < middle]
            second = [step.rate for step in steps if step.minute >= middle]
            if first and second:
                found[setting] = (statistics.median(first), statistics.median(second))
        return found

    def summary(self) -> str:
        """Some lines for the terminal."""
        memory = [step.memory_mb for step in self.steps]
        lines = [
            f"{len(self.steps)} actions in {self.steps[-1].minute:.0f} minutes (seed {self.seed}); "
            f"memory {memory[0]:.0f} MB at first, {max(memory):.0f} at most, {memory[-1]:.0f} at "
            f"the end, {self.growth_mb_per_hour:+.1f} an hour; at most "
            f"{max(step.workers for step in self.steps)} workers"
        ]
        lines += [
            f"{setting}: {first:.1f} frames a second in the first half, {second:.1f} in the second"
            for setting, (first, second) in self.halves().items()
        ]
        return "\n".join([*lines, *self.complaints])

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


def hold(
    chromium: browser.Browser,
    blank: dict[str, float],
    address: str,
    minutes: float,
    seed: int,
    pause: tuple[float, float],
) -> Soak:
    """Do something at random with our page, wait ``pause`` (seconds: least, most), and again.

    The page at ``address`` begins with the camera; ``blank`` is the memory of a blank one. The same
    ``seed`` gives the same actions.

    Raises:
        SkippedError: an action had no effect; the message says which.
    """
    dice = random.Random(seed)
    weights = [WEIGHTS.get(name, 1) for name in ACTIONS]
    steps: list[Step] = []
    with chromium.visit(address) as visit:
        visit.wait_for_landmarks()
        begin = time.monotonic()
        while (passed := (time.monotonic() - begin) / 60) < minutes:
            (action,) = dice.choices(list(ACTIONS), weights) if steps else ("camera",)
            visit.forget()
            visit.page.evaluate(ACTIONS[action])
            _settle(visit, action)
            visit.forget()
            seconds = dice.uniform(*pause)
            time.sleep(seconds)
            rate = visit.forget() / seconds
            memory = sum(processes.memory_above(chromium.root, blank).values())
            setting, alive = visit.page.evaluate(_SETTING), visit.page.evaluate(_ALIVE)
            steps.append(Step(passed, action, setting, rate, memory, alive))
        return Soak(seed, steps, list(visit.page.evaluate("benchmark.errors")))


def _settle(visit: browser.Visit, action: str) -> None:
    """Wait until an action has taken effect: landmarks come, or none are wanted."""
    time.sleep(BREATH_SECONDS)
    if not visit.comes(_SETTLED, PATIENCE_SECONDS):
        state = visit.page.evaluate("[tracker.state, tracker.fault?.message]")
        raise SkippedError(f"nothing came after {action!r}: {state}")
