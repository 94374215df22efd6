"""Where a frame's time goes, as a picture: workers as lanes, stages as bars, a few frames.

All from one run of our page, in which the page and its workers note when the state of a frame
changes (``pages/spans.js``). What a stage spent on cutting the region out (warp) and in the network
are its own times, so that they are exact in length; within a stage they are drawn one after the
other.
"""

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bench import CLIP, FOLDER, SkippedError, browser, clip, plots, wire
from bench.peers import PagePeer
from builder import site
from holistic.shared import layout, schedule

SCRIPT = Path(__file__).with_name("pages") / "spans.js"
WARM_UP_SECONDS = 6.0
SECONDS = 3.0
FRAMES = 4
PAGE = "page"
RESULT_PARTS = dict(zip(layout.PARTS, ("pose", "face", "leftHand", "rightHand"), strict=True))
"""The names of the parts in a ``landmarks`` event."""

COLOURS = {
    "capture": "#d9d9d9",
    "copy": "#8c96c6",
    "warp": "#fdae61",
    "network": "#2a6f97",
    "decode": "#66a61e",
    "draw": "#c2649a",
}

Note = list[Any]


@dataclass(frozen=True)
class Span:
    """A stage of a frame in a lane, the page or a worker: times in ms of the page's clock."""

    lane: str
    stage: str
    frame: int
    part: str
    start: float
    end: float


def record(peer: PagePeer, camera: clip.Format, seconds: float = SECONDS) -> list[Span]:
    """The spans of a page's run; raises SkippedError without any."""
    file = clip.camera_file(CLIP, FOLDER / "clips", camera)
    script = SCRIPT.read_text("utf-8")
    with (
        _noting_site(script) as folder,
        wire.serve(folder) as server,
        browser.launch(file) as chromium,
        chromium.visit(f"{server.address}/{peer.page}", script) as visit,
    ):
        visit.wait_for_landmarks()
        visit.wait_until_ready()
        time.sleep(WARM_UP_SECONDS)
        visit.page.evaluate("void (spans.notes.length = 0)")
        time.sleep(seconds)
        notes = visit.page.evaluate("spans.notes")
        page, begin = visit.page.evaluate("[spans.thread, performance.timeOrigin]")
    return spans(notes, page, begin, visit.origin)


@contextmanager
def _noting_site(script: str) -> Iterator[Path]:
    """A copy of our site whose workers begin with the script."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(site.SITE, Path(folder) / "site")
        worker = copy / "worker" / "worker.js"
        worker.write_text(script + worker.read_text("utf-8"), "utf-8")
        yield copy


def spans(notes: list[Note], page: float, begin: float, origin: float) -> list[Span]:
    """What the notes tell: ``page`` is the page's thread, ``begin`` and ``origin`` when it
    began, on the notes' clock and on the camera's.
    """
    found: list[Span] = []
    lanes: dict[float, str] = {page: PAGE}
    slots: dict[int, dict[str, Any]] = {}
    painted, number = 0.0, 0
    for thread, moment, kind, word, *values in sorted(notes, key=lambda note: note[1]):
        at, slot = moment - begin, word - layout.STATE
        if kind == "compareExchange" and values[1] == layout.WRITING:
            slots[slot] = {"claimed": at, "ends": []}
        elif kind == "compareExchange" and schedule.is_ready(values[1]):
            slots.setdefault(slot, {"ends": []})["published"] = at
        elif kind == "compareExchange" and values[0] & layout.KINDS == layout.BUSY:
            lane = lanes.setdefault(thread, f"worker {len(lanes)}")
            done = values[0] & ~values[1] & ~layout.KINDS
            slots.setdefault(slot, {"ends": []})["ends"].append((lane, done, at))
        elif kind == "paint":
            painted = at
        elif kind == "landmarks":
            drawn = (painted, at, values[0] - origin, values[1])
        elif kind == "store" and values[0] == layout.FREE and 0 <= slot < layout.SLOTS:
            state = slots.pop(slot, {})
            if "claimed" in state and "published" in state and len(state["ends"]) > 1:
                found += _frame_spans(number, state, *drawn)
                number += 1
    if not found:
        raise SkippedError("no frame was seen from its beginning to its end")
    return found


def _frame_spans(
    number: int,
    state: dict[str, Any],
    painted: float,
    shown: float,
    captured: float,
    times: dict[str, dict[str, float]],
) -> list[Span]:
    """One frame's spans, from what is known of its slot and its event."""
    found = [
        Span(PAGE, "capture", number, "", captured, state["claimed"]),
        Span(PAGE, "copy", number, "", state["claimed"], state["published"]),
        Span(PAGE, "draw", number, "", painted, shown),
    ]
    for lane, bits, end in state["ends"]:
        part = layout.PARTS[(bits & -bits).bit_length() - 1]
        spent = times[RESULT_PARTS[part]]
        warp, network, total = spent["warp"], spent["network"], spent["total"]
        start = end - total
        for stage, length in (
            ("warp", warp),
            ("network", network),
            ("decode", total - warp - network),
        ):
            found.append(Span(lane, stage, number, part, start, start + length))
            start += length
    return found


def typical(found: list[Span], frames: int = FRAMES) -> list[Span]:
    """The spans of so many frames in a row whose latency is nearest to the median.

    From now on times begin with the first of these frames, and so do the frames' numbers.
    """
    captured = {span.frame: span.start for span in found if span.stage == "capture"}
    shown = {span.frame: span.end for span in found if span.stage == "draw"}
    latency = {frame: shown[frame] - captured[frame] for frame in captured}
    middle = statistics.median(latency.values())
    first = min(
        range(max(1, len(latency) - frames + 1)),
        key=lambda start: sum(
            abs(latency[frame] - middle)
            for frame in range(start, start + frames)
            if frame in latency
        ),
    )
    zero = captured[first]
    return [
        Span(s.lane, s.stage, s.frame - first, s.part, s.start - zero, s.end - zero)
        for s in found
        if first <= s.frame < first + frames
    ]


def draw(shown: list[Span]) -> Figure:
    """The picture: a lane for the page and for each worker, a bar for each stage."""
    lanes = sorted({span.lane for span in shown})
    figure = Figure(figsize=(10, 1.1 + 0.7 * len(lanes)))
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    for span in shown:
        waits = span.stage == "capture"
        place = lanes.index(span.lane) + 0.18 * (span.frame % 2 * 2 - 1) * (span.lane == PAGE)
        axes.barh(
            place,
            span.end - span.start,
            left=span.start,
            height=0.14 if waits else 0.34 if span.lane == PAGE else 0.7,
            color=COLOURS[span.stage],
            edgecolor="white",
            linewidth=0.5,
        )
        if span.stage in ("network", "capture"):
            label = f"{span.part.replace('_', ' ')} {span.frame + 1}".strip()
            middle = (span.start + span.end) / 2
            colour = "white" if span.stage == "network" else "black"
            axes.text(middle, place, label, ha="center", va="center", fontsize=6, color=colour)
    axes.set_yticks(range(len(lanes)), lanes)
    axes.invert_yaxis()
    axes.set_xlabel("ms")
    legend = [Patch(color=colour, label=stage) for stage, colour in COLOURS.items()]
    axes.legend(
        handles=legend,
        frameon=False,
        ncols=len(legend),
        loc="lower center",
        bbox_to_anchor=(0.5, 1),
    )
    return figure


def medians(found: list[Span]) -> dict[str, float]:
    """Milliseconds of each stage, by part where it has one: medians over the frames."""
    lengths: dict[str, list[float]] = {}
    for span in found:
        name = f"{span.part} {span.stage}".strip()
        lengths.setdefault(name, []).append(span.end - span.start)
    return {name: statistics.median(values) for name, values in lengths.items()}


def save(peer: PagePeer, found: list[Span], folder: Path) -> list[Path]:
    """Write timeline.json, with everything, and timeline.svg, with a few typical frames."""
    paths = [folder / "timeline.json", folder / "timeline.svg"]
    shown = typical(found)
    content = {
        "peer": peer.title,
        "medians_ms": medians(found),
        "shown": [asdict(span) for span in shown],
        "spans": [asdict(span) for span in found],
    }
    paths[0].write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    plots.save(draw(shown), paths[1])
    return paths
