"""Memory over a long visit: does our page grow?"""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import CLIP, FOLDER, browser, clip, measures, peers, plots, processes, session

SAMPLE_SECONDS = 10
WARM_UP_SHARE = 0.1
CAMERA = clip.Format(640, 480, 30)


@dataclass(frozen=True)
class Soak:
    """Memory above a blank page in megabytes, and landmarks so far, at times in minutes."""

    peer: str
    minutes: list[float]
    memory_mb: list[float]
    frames: list[int]

    @property
    def growth_mb_per_hour(self) -> float:
        """Slope of the memory after a tenth of the time, when caches are warm."""
        begin = int(len(self.minutes) * WARM_UP_SHARE)
        return measures.slope(self.minutes[begin:], self.memory_mb[begin:]) * 60


def hold(peer: peers.PagePeer, minutes: float) -> Soak:
    """Let a page track an ordinary camera for so long."""
    soak = Soak(peer.name, [], [], [])
    file = clip.camera_file(CLIP, FOLDER / "clips", CAMERA)
    with session.bench() as bench, browser.launch(file) as chromium:
        blank = browser.weigh_blank(chromium, bench.servers.pages.address)
        with chromium.visit(f"{bench.servers.of(peer).address}/{peer.page}") as visit:
            visit.wait_for_landmarks()
            begin, frames = time.monotonic(), 0
            while (passed := (time.monotonic() - begin) / 60) < minutes:
                soak.minutes.append(passed)
                soak.memory_mb.append(sum(processes.memory_above(chromium.root, blank).values()))
                frames += visit.forget()
                soak.frames.append(frames)
                time.sleep(SAMPLE_SECONDS)
    return soak


def save(soak: Soak, folder: Path) -> None:
    """Write soak.json and soak.svg."""
    content = {**asdict(soak), "growth_mb_per_hour": soak.growth_mb_per_hour}
    (folder / "soak.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    figure = plots.line(soak.minutes, soak.memory_mb, ("minutes", "MB above a blank page"))
    figure.savefig(folder / "soak.svg", bbox_inches="tight", metadata={"Date": None})
