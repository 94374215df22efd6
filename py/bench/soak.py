"""A long visit: starts, stops and changes of the source, at random; do memory and speed hold?"""

import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import CLIP, SkippedError, browser, clip, devtools, measures, processes

CAMERA = clip.Format(640, 480, 30)
PICTURE = CLIP.with_name("signing.jpg")
WARM_UP_SHARE = 0.1
PATIENCE_SECONDS = 90
"""Within this an action must have taken effect, however busy the machine is."""


def _click(button: str) -> Callable[[devtools.Page], None]:
    return lambda page: page.evaluate(f"document.getElementById('{button}').click()")


def _choose(control: str, value: int) -> Callable[[devtools.Page], None]:
    change = "control.dispatchEvent(new Event(kind, {bubbles: true}))"
    return lambda page: page.evaluate(
        f"""{{
            const control = document.getElementById('{control}');
            control.value = '{value}';
            for (const kind of ['input', 'change']) {change};
        }}"""
    )


def _open(file: Path) -> Callable[[devtools.Page], None]:
    return lambda page: page.choose_file("#file", file)


ACTIONS = {
    "camera": _click("camera"),
    "sample clip": _click("sample"),
    "video file": _open(CLIP),
    "picture": _open(PICTURE),
    "stop": _click("stop"),
    "one worker": _choose("workers", 1),
    "two workers": _choose("workers", 2),
    "one person": _choose("people", 1),
    "three people": _choose("people", 3),
}
"""What a visitor does with the page, each by its controls."""

WEIGHTS = {"camera": 5}
"""How often an action is chosen, where that is not once."""

_SETTLED = """tracker.ready && (['idle', 'ended'].includes(tracker.state)
    || (tracker.state === 'running' && benchmark.events.length > 2))"""


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
    """A visit: its steps, and what the console and the tracker complained of."""

    seed: int
    steps: list[Step]
    complaints: list[str]

    @property
    def growth_mb_per_hour(self) -> float:
        """Slope of the memory after a tenth of the steps, when caches are warm."""
        steps = self.steps[int(len(self.steps) * WARM_UP_SHARE) :]
        return measures.slope([s.minute for s in steps], [s.memory_mb for s in steps]) * 60

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
        """Lines for the terminal."""
        memory = [step.memory_mb for step in self.steps]
        lines = [
            f"{len(memory)} actions in {self.steps[-1].minute:.0f} minutes (seed {self.seed}); "
            f"memory {memory[0]:.0f} MB at first, {max(memory):.0f} at most, {memory[-1]:.0f} at "
            f"the end, {self.growth_mb_per_hour:+.1f} an hour; at most "
            f"{max(step.workers for step in self.steps)} workers; complaints: "
            f"{'; '.join(self.complaints) or 'none'}"
        ]
        lines += (
            f"{setting}: {first:.1f} frames a second in the first half, {second:.1f} then"
            for setting, (first, second) in self.halves().items()
        )
        return "\n".join(lines)


def hold(
    chromium: browser.Browser,
    address: str,
    minutes: float,
    seed: int,
    pause: tuple[float, float],
) -> Soak:
    """Do something at random with our page, wait ``pause`` (seconds: least, most), and again.

    The page at ``address`` begins with the camera. The same ``seed`` gives the same actions.

    Raises:
        SkippedError: an action had no effect; the message says which.
    """
    dice = random.Random(seed)
    weights = [WEIGHTS.get(name, 1) for name in ACTIONS]
    blank = browser.weigh_blank(chromium, "about:blank")
    steps: list[Step] = []
    with chromium.visit(address) as visit:
        visit.wait_for_landmarks()
        begin = time.monotonic()
        while (passed := (time.monotonic() - begin) / 60) < minutes:
            (action,) = dice.choices(list(ACTIONS), weights) if steps else ("camera",)
            visit.forget()
            ACTIONS[action](visit.page)
            _settle(visit, action)
            visit.forget()
            seconds = dice.uniform(*pause)
            time.sleep(seconds)
            rate = visit.forget() / seconds
            memory = sum(processes.memory_above(chromium.root, blank).values())
            steps.append(Step(passed, action, _setting(visit.page), rate, memory, _alive(visit)))
        complaints = list(visit.page.evaluate("benchmark.errors"))
    return Soak(seed, steps, complaints)


def save(soak: Soak, folder: Path) -> None:
    """Write soak.json."""
    summary = {"growth_mb_per_hour": soak.growth_mb_per_hour, "halves": soak.halves()}
    text = json.dumps({**asdict(soak), **summary}, indent=1)
    (folder / "soak.json").write_text(f"{text}\n", "utf-8")


def _settle(visit: browser.Visit, action: str) -> None:
    """Wait until an action has taken effect: landmarks come, or none are wanted."""
    time.sleep(browser.SETTLE_SECONDS)
    if not visit.comes(_SETTLED, PATIENCE_SECONDS):
        state = visit.page.evaluate("[tracker.state, tracker.fault?.message]")
        raise SkippedError(f"nothing came after {action!r}: {state}")


def _setting(page: devtools.Page) -> str:
    """Such as "camera, 2 workers, 1 people"; what has stopped or ended has no frames."""
    source = "tracker.state !== 'running' ? 'nothing' : tracker.src.name ?? tracker.src"
    told = f"`${{{source}}}, ${{tracker.workers}} workers, ${{tracker.people}} people`"
    return str(page.evaluate(told))


def _alive(visit: browser.Visit) -> int:
    """Each worker holds a lock as long as it lives."""
    return int(visit.page.evaluate("navigator.locks.query().then(({held}) => held.length)"))
