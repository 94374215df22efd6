"""The results as pictures: one SVG a question."""

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.columns import middle
from bench.peers import CAMERA as CAMERA_PEER
from bench.peers import WORKERS, PagePeer, crowd_peer
from bench.results import Case, Results, Run

matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9})

OURS, OTHERS = "#2a6f97", "#a8a8a8"
Value = Callable[[Run], float | None]


def draw(results: Results, folder: Path) -> list[Path]:
    """Write all plots that there are results for; returns their paths."""
    peers = [case for case in results.measured() if case.peer != CAMERA_PEER]
    pages = [case for case in peers if isinstance(case.peer, PagePeer)]
    figures = {
        "speed": _bars(results, peers, "frames per second", _speed),
        "latency": _bars(results, peers, "latency, ms: median (line: to p95)", _latency, _late),
        "cpu": _bars(results, peers, "CPU ms per frame", _cpu),
        "memory": _bars(results, pages, "MB above a blank page", lambda run: run.memory_mb),
        "start": _bars(
            results, pages, "seconds to first landmarks: again (line: to first visit)", _warm, _cold
        ),
        "workers": _workers(results),
        "sizes": _sizes(results),
        "people": _people(results),
    }
    paths = []
    for name, figure in figures.items():
        if figure is not None:
            paths.append(folder / f"{name}.svg")
            save(figure, paths[-1])
    return paths


def save(figure: Figure, path: Path) -> None:
    """Write a figure, the same bytes for the same figure."""
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})


def line(times: Sequence[float], values: Sequence[float], labels: tuple[str, str]) -> Figure:
    """A plot of one line; ``labels`` of x and y."""
    figure, axes = _figure(3)
    axes.plot(times, values, color=OURS)
    axes.set(xlabel=labels[0], ylabel=labels[1])
    axes.set_ylim(bottom=0)
    return figure


def _bars(
    results: Results, cases: list[Case], label: str, value: Value, further: Value | None = None
) -> Figure | None:
    """A bar a case, of the median over the rounds; and a line on to the median of ``further``."""
    rows = [
        (case, median, further and middle(results, case, further))
        for case in cases
        if (median := middle(results, case, value)) is not None
    ]
    if not rows:
        return None
    figure, axes = _figure(0.6 + 0.26 * len(rows))
    axes.margins(x=0.12)
    for place, (case, median, end) in enumerate(rows):
        axes.barh(place, median, color=_colour(case), height=0.7)
        if end is not None:
            axes.plot([median, end], [place, place], color="black", linewidth=1)
        axes.text(max(median, end or 0), place, f" {median:.3g}", va="center")
    axes.set_yticks(range(len(rows)), [case.peer.title for case, _, _ in rows])
    axes.invert_yaxis()
    axes.set_xlabel(label)
    return figure


def _workers(results: Results) -> Figure | None:
    """Frames per second of each of our variants over the number of workers."""
    lines: dict[str, dict[int, float]] = {}
    for case in results.measured():
        family, _, workers = case.peer.name.rpartition("-w")
        if isinstance(case.peer, PagePeer) and case.peer.ours:
            lines.setdefault(family, {})[int(workers)] = middle(results, case, _speed) or 0.0
    lines = {family: points for family, points in lines.items() if len(points) > 1}
    if not lines:
        return None
    figure, axes = _figure(3)
    for family, points in lines.items():
        axes.plot(list(points), list(points.values()), marker="o", label=family)
    axes.set(xlabel="workers", ylabel="frames per second", xticks=WORKERS)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def _sizes(results: Results) -> Figure | None:
    """Latency over the frame's size, of those peers that are measured with all sizes."""
    lines: dict[str, list[tuple[float, float]]] = {}
    usual = results.camera
    for camera in results.cameras:
        if camera != usual and camera.frame_bytes == usual.frame_bytes:
            continue  # another rate
        for case in results.measured(camera):
            point = camera.width * camera.height / 1e6, middle(results, case, _latency) or 0.0
            lines.setdefault(case.peer.title, []).append(point)
    lines = {title: points for title, points in lines.items() if len(points) > 1}
    if not lines:
        return None
    figure, axes = _figure(3)
    for title, points in lines.items():
        axes.plot(*zip(*points, strict=True), marker="o", label=title)
    axes.set(xlabel="megapixels", ylabel="latency, ms", xscale="log")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def _people(results: Results) -> Figure | None:
    """Our page's latency and CPU time over the number of people that it looks for and sees."""
    crowds = [
        case
        for camera in results.cameras
        for case in results.measured(camera)
        if case.peer == crowd_peer(camera.people)
    ]
    if len(crowds) < 2:
        return None
    figure, axes = _figure(3)
    people = [case.camera.people for case in crowds]
    for label, value in {"latency": _latency, "CPU": _cpu}.items():
        numbers = [middle(results, case, value) or 0.0 for case in crowds]
        axes.plot(people, numbers, marker="o", label=label)
    axes.set(xlabel="people", ylabel="ms per frame", xticks=people)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7, height))
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _colour(case: Case) -> str:
    return OURS if case.peer.title.startswith("our ") else OTHERS


def _speed(run: Run) -> float:
    return run.frames_per_second


def _latency(run: Run) -> float:
    return run.latency_median_ms


def _late(run: Run) -> float:
    return run.latency_p95_ms


def _cpu(run: Run) -> float:
    return run.cpu_ms_per_frame


def _cold(run: Run) -> float:
    return run.first_landmarks_ms / 1000


def _warm(run: Run) -> float | None:
    return run.warm.first_landmarks_ms / 1000 if run.warm else None
