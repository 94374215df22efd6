"""The results as a Markdown page: the table, the comparison by rounds, the sweep over sizes."""

from collections.abc import Callable

from bench import measures
from bench.peers import CAMERA, COMPLEXITIES, NativePeer, PagePeer
from bench.results import PARTS, Case, Results, Run, Start
from holistic.shared.model_sets import AUTO, SETS

Value = Callable[[Run], float | None]
"""A number in a run; None where it has none."""


def cold(value: Callable[[Start], float | None]) -> Value:
    """A number of the first visit."""
    return lambda run: value(run.cold) if run.cold else None


def warm(value: Callable[[Start], float | None]) -> Value:
    """A number of the second visit."""
    return lambda run: value(run.warm) if run.warm else None


def first_pose(start: Start) -> float | None:
    """Seconds to the first pose, with the rest or without."""
    mark = start.marks_ms.get("pose")
    return None if mark is None else mark / 1000


def found(part: str) -> Value:
    """Percentage of the frames in which a part was found."""
    return lambda run: run.found[part] * 100


def blocked(run: Run) -> float | None:
    """Percentage of the time in which the main thread was held."""
    return None if run.blocked_share is None else run.blocked_share * 100


Column = tuple[str, Value, str]
"""Heading, value, format."""

SPEED: list[Column] = [
    ("frames/s", lambda run: run.frames_per_second, ".1f"),
    ("latency ms", lambda run: run.latency_median_ms, ".0f"),
    ("p95", lambda run: run.latency_p95_ms, ".0f"),
    ("p95/median", lambda run: run.latency_p95_ms / (run.latency_median_ms or 1), ".2f"),
    ("CPU ms/frame", lambda run: run.cpu_ms_per_frame, ".0f"),
    ("cores", lambda run: run.cores_used, ".2f"),
    ("longest block ms", lambda run: run.longest_block_ms, ".0f"),
    ("blocked %", blocked, ".0f"),
    *((f"{part} %", found(part), ".0f") for part in (*PARTS, "all")),
    ("others' cores", lambda run: run.cores_used_by_others, ".2f"),
]
COST: list[Column] = [
    ("first s, cold", lambda run: run.first_landmarks_ms / 1000, ".2f"),
    ("warm", warm(lambda start: start.first_landmarks_ms / 1000), ".2f"),
    ("pose s, cold", cold(first_pose), ".2f"),
    ("warm", warm(first_pose), ".2f"),
    ("MB sent, cold", cold(lambda start: start.bytes_sent / 1e6), ".1f"),
    ("gzipped", cold(lambda start: start.bytes_gzipped / 1e6), ".1f"),
    ("warm", warm(lambda start: start.bytes_sent / 1e6), ".2f"),
    ("memory MB", lambda run: run.memory_mb, ".0f"),
]

SWEEP_COLUMNS = ("frames/s", "latency ms", "p95", "CPU ms/frame", "all %")

SPEED_NOTES = """\
Medians over the rounds. *Frames/s*: frames with all their landmarks, per second. *Latency*: from
the camera's time stamp of a frame to its landmarks on the page (natively: the call). *CPU*: all
processes of the browser but the one that plays the camera. *Block*: tasks of 50 ms or more on the
page's main thread. Then the share of frames in which each part was found, and the cores that
everything else on the machine used meanwhile: figures with much of that are not to be trusted.
People in the clip move at their natural speed, whatever the camera's rate; native peers see each
frame of it once.
"""
COST_NOTES = """\
*First*: from opening the page with an empty cache (*cold*), or again (*warm*), to the first
landmarks of a whole frame; natively from the start of the process. *Pose*: to the first pose, which
our page shows before faces and hands can be computed. *Sent*: bytes over the wire from a host that
compresses with Brotli; *gzipped*: what the same files would be from one that uses gzip. *Memory*:
proportional set size above a blank page, or above a Python with the clip in memory.
"""


def markdown(results: Results) -> str:
    """The whole page."""
    sections = [
        "# Benchmark\n",
        _facts(results),
        _measured(results, SPEED),
        SPEED_NOTES,
        "## Start and memory\n",
        _measured(results, COST),
        COST_NOTES,
        _comparison(results),
        _auto(results),
        _sweep(results),
        _missing(results),
    ]
    return "\n".join(section for section in sections if section)


def best_site(results: Results) -> Case | None:
    """The fastest case of our site, on the usual camera at full complexity."""
    ours = [
        case
        for case in results.measured()
        if isinstance(case.peer, PagePeer) and case.peer.ours and "-c1-" in case.name
    ]
    return max(ours, key=lambda case: middle(results, case, _speed) or 0.0, default=None)


def middle(results: Results, case: Case, value: Value) -> float | None:
    """Median over the rounds; None where the case has no such value."""
    numbers = (value(run) for run in results.runs[case.name].values())
    values = [number for number in numbers if number is not None]
    return measures.spread(values).median if values else None


def _speed(run: Run) -> float:
    return run.frames_per_second


def _facts(results: Results) -> str:
    machine = results.facts["machine"]
    rounds = max((len(runs) for runs in results.runs.values()), default=0)
    return (
        f"{results.facts['begun']}, {rounds} rounds of {results.facts['seconds']:g} s on "
        f"{results.facts['clip']} by a camera of {results.camera}; {machine['cores']} cores of "
        f"{machine['processor']}, {machine['memory_gb']} GB, {machine['system']}; "
        f"{results.facts['chromium']}.\n"
    )


def _measured(results: Results, columns: list[Column]) -> str:
    rows = [_row(results, case, columns) for case in results.measured()]
    return _table(["", *(heading for heading, _, _ in columns)], rows)


def _row(results: Results, case: Case, columns: list[Column]) -> list[str]:
    cells = (_cell(middle(results, case, value), form) for _, value, form in columns)
    return [case.peer.title, *cells]


def _comparison(results: Results) -> str:
    """Our best page's frames per second over every other peer's, round by round."""
    best = best_site(results)
    if best is None:
        return ""
    ours = results.of(best, _speed)
    rows = []
    for case in results.measured():
        ratios = list(measures.paired_ratios(ours, results.of(case, _speed)).values())
        if case.peer not in (best.peer, CAMERA) and ratios:
            found = measures.spread(ratios)
            rows.append(
                [case.peer.title, *(f"{v:.2f}" for v in (found.median, found.low, found.high))]
            )
    heading = f"## Frames per second of {best.peer.title} over others', by rounds\n\n"
    return heading + _table(["", "median", "lowest", "highest"], rows)


def _auto(results: Results) -> str:
    """Frames per second of the native ``auto`` over those of each variant, round by round."""
    rows = []
    for complexity in COMPLEXITIES:
        natives = {
            case.peer.tracker: results.of(case, _speed)
            for case in results.measured()
            if isinstance(case.peer, NativePeer) and case.peer.complexity == complexity
        }
        auto = natives.pop(AUTO, {})
        for variant in SETS:
            ratios = list(measures.paired_ratios(auto, natives.get(variant, {})).values())
            if ratios:
                found = measures.spread(ratios)
                numbers = (f"{v:.2f}" for v in (found.median, found.low, found.high))
                rows.append([f"{variant}, complexity {complexity}", *numbers])
    if not rows:
        return ""
    heading = "## Frames per second of the native `auto` over other variants', by rounds\n\n"
    return heading + _table(["", "median", "lowest", "highest"], rows)


def _sweep(results: Results) -> str:
    """What other cameras cost those peers that were measured with them."""
    columns = [column for column in SPEED if column[0] in SWEEP_COLUMNS]
    swept = {case.peer for case in results.cases if case.camera != results.camera}
    rows = [
        [str(camera), *_row(results, case, columns)]
        for camera in results.cameras
        for case in results.measured(camera)
        if case.peer in swept
    ]
    if len({row[0] for row in rows}) < 2:
        return ""
    heading = ["camera", "", *(name for name, _, _ in columns)]
    return "## Other cameras: sizes, rates, people\n\n" + _table(heading, rows)


def _missing(results: Results) -> str:
    lines = [f"- {name}: {reason}" for name, reason in results.problems.items()]
    return "\n".join(["## Not measured, or not in every round\n", *lines, ""]) if lines else ""


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else f"{value:{form}}"


def _table(heading: list[str], rows: list[list[str]]) -> str:
    lines = [heading, ["---", *["---:"] * (len(heading) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
