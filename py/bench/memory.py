"""Memory of our page over a long visit to a slow camera: how much, where, and does it grow?

A slow camera leaves the machine to others, so that an hour of it can be had beside other work.
"""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import CLIP, FOLDER, browser, clip, measures, peers, plots, processes, session

SAMPLE_SECONDS = 30
CAMERA = clip.Format(640, 480, 10)


@dataclass
class Course:
    """Memory above a blank page in megabytes, and landmarks so far, at times in minutes."""

    peer: str
    minutes: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    by_process_mb: list[dict[str, float]] = field(default_factory=list)
    """The same by kind of process, such as renderer."""
    frames: list[int] = field(default_factory=list)

    def note(self, minutes: float, memory: dict[str, float], frames: int) -> None:
        """Add a sample, with the number of frames since the last one."""
        self.minutes.append(minutes)
        self.memory_mb.append(sum(memory.values()))
        self.by_process_mb.append(memory)
        self.frames.append(frames + (self.frames[-1] if self.frames else 0))

    @property
    def own_mb(self) -> list[float]:
        """The memory without pages of files, which changes with the machine's other Chromiums."""
        return [
            sum(kinds.values()) - kinds.get(processes.FILES, 0.0) for kinds in self.by_process_mb
        ]

    @property
    def growth_mb_per_hour(self) -> float:
        """Slope of ``own_mb`` after a tenth of the time, when caches are warm."""
        return measures.growth_per_hour(self.minutes, self.own_mb)

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")

    def summary(self) -> str:
        """One line for the terminal."""
        return (
            f"{self.frames[-1]} frames in {self.minutes[-1]:.0f} minutes; "
            f"without files {self.own_mb[0]:.0f} MB at first, {max(self.own_mb):.0f} at most, "
            f"{self.own_mb[-1]:.0f} at the end, {self.growth_mb_per_hour:+.1f} an hour"
        )


def watch(peer: peers.PagePeer, minutes: float, folder: Path) -> Course:
    """Let a page track a slow camera for so long; memory.json is written with every sample."""
    course = Course(peer.name)
    file = clip.camera_file(CLIP, FOLDER / "clips", CAMERA)
    with session.bench() as bench, browser.launch(file) as chromium:
        blank = browser.weigh_blank(chromium, bench.servers.blank)
        with chromium.visit(f"{bench.servers.of(peer).address}/{peer.page}") as visit:
            visit.wait_for_landmarks()
            begin = time.monotonic()
            while (passed := time.monotonic() - begin) < minutes * 60:
                memory = processes.memory_above(chromium.root, blank)
                course.note(passed / 60, memory, visit.forget())
                course.save(folder / "memory.json")
                time.sleep(SAMPLE_SECONDS)
    figure = plots.line(course.minutes, course.own_mb, ("minutes", "MB above a blank page"))
    plots.save(figure, folder / "memory-hour.svg")
    return course
