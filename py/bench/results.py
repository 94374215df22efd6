"""What a session finds, case by case and round by round."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.clip import Format
from bench.peers import Peer

PARTS = ("pose", "face", "left hand", "right hand")

SAME = ("plan", "machine", "chromium", "site", "clip", "seconds")
"""The facts without which two runs are not of the same session."""


@dataclass(frozen=True)
class Start:
    """A visit from its beginning to the first complete landmarks."""

    first_landmarks_ms: float
    bytes_sent: int
    """Bytes over the wire, headers included."""
    bytes_gzipped: int
    """Bytes of the same files if the host had gzipped what is not compressed yet."""
    marks_ms: dict[str, float]
    """First paint, first ``pose``, ``ready``, and the marks that the page sets itself."""


@dataclass(frozen=True)
class Run:
    """One measurement; what only pages have is None for native peers."""

    frames: int
    seconds: float
    frames_per_second: float
    latency_median_ms: float
    latency_p95_ms: float
    interval_p95_ms: float
    """Of the time from one frame's landmarks to the next one's."""
    found: dict[str, float]
    """Share of the frames in which each part, and ``all`` of them, were found."""
    cpu_ms_per_frame: float
    """Of all processes but the one that plays the camera."""
    cores_used: float
    cores_used_by_others: float
    memory_mb: float
    """Proportional set size of all processes above a blank page, or above Python with a clip."""
    first_landmarks_ms: float
    """Since a first visit with empty caches began; natively, since the process did."""
    load_before: float
    load_after: float
    cold: Start | None = None
    warm: Start | None = None
    storing_ms: float | None = None
    """Of a core, to keep the page for later visits: network service and service worker."""
    longest_block_ms: float | None = None
    """Longest task on the page's main thread (those under 50 ms do not count)."""
    blocked_share: float | None = None
    """Share of the time in which such tasks held the main thread."""
    cpu_ms_by_process: dict[str, float] = field(default_factory=dict)
    cpu_ms_by_thread: dict[str, float] = field(default_factory=dict)
    """Of each lane of the browser's threads, a frame; the camera's is here too."""


@dataclass(frozen=True)
class Case:
    """A peer on a camera."""

    peer: Peer
    camera: Format

    @property
    def name(self) -> str:
        """Unique in a session."""
        camera = self.camera
        return f"{self.peer.name} {camera.width}x{camera.height}@{camera.fps}"


@dataclass
class Results:
    """What a session found: for each case its runs by round, or why one is missing."""

    cases: list[Case]
    facts: dict[str, Any]
    """Machine, browser, clip, date, seconds."""
    runs: dict[str, dict[int, Run]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def camera(self) -> Format:
        """The camera that the table is measured with."""
        return self.cases[0].camera

    @property
    def cameras(self) -> list[Format]:
        """All cameras, by size of the picture, rate and people."""
        every = {case.camera for case in self.cases}
        return sorted(every, key=lambda c: (c.frame_bytes, c.fps, c.people))

    def of(self, case: Case, value: Callable[[Run], float]) -> dict[int, float]:
        """One number of a case, by round."""
        return {index: value(run) for index, run in self.runs.get(case.name, {}).items()}

    def measured(self, camera: Format | None = None) -> list[Case]:
        """The cases on this camera (the table's unless told) that have runs."""
        camera = camera or self.camera
        return [case for case in self.cases if case.camera == camera and case.name in self.runs]

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        content = {
            **self.facts,
            "cases": [
                {
                    "name": case.name,
                    **asdict(case),
                    "problem": self.problems.get(case.name),
                    "rounds": {
                        index: asdict(run) for index, run in self.runs.get(case.name, {}).items()
                    },
                }
                for case in self.cases
            ],
        }
        part = path.with_suffix(".part")
        part.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        part.rename(path)

    @classmethod
    def load(cls, path: Path) -> "Results":
        """What :meth:`save` wrote.

        Raises:
            ValueError: there are no results, or none of this version of the benchmark.
        """
        try:
            saved = json.loads(path.read_text("utf-8"))
            rows = saved.pop("cases")
            cases = [Case(Peer(**_named(row["peer"])), Format(**row["camera"])) for row in rows]
            runs = {
                row["name"]: {int(index): _run(run) for index, run in row["rounds"].items()}
                for row in rows
                if row["rounds"]
            }
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} has no results to keep: {error!r}") from error
        problems = {row["name"]: row["problem"] for row in rows if row["problem"]}
        return cls(cases, saved, runs, problems)

    def resume(self, path: Path) -> None:
        """Take over what was saved, if it was of the same things and stopped before its end."""
        if not path.exists():
            return
        saved = json.loads(path.read_text("utf-8"))
        if saved.get("ended") or any(saved.get(name) != self.facts[name] for name in SAME):
            return
        self.facts["begun"] = saved["begun"]
        rounds = {case["name"]: case["rounds"] for case in saved["cases"]}
        for case in self.cases:
            found = {int(index): _run(run) for index, run in rounds.get(case.name, {}).items()}
            if found:
                self.runs[case.name] = found


def _named(peer: dict[str, Any]) -> dict[str, str]:
    return {"name": peer["name"], "title": peer["title"]}


def _run(saved: dict[str, Any]) -> Run:
    starts = {name: saved[name] and Start(**saved[name]) for name in ("cold", "warm")}
    return Run(**{**saved, **starts})
