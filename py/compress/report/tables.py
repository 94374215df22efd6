"""The report's tables, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from compress.measure.frame_cost import CLOCKS, Frame, Row, framed
from compress.report.figures import Figures
from compress.report.targets import OPENINGS, Target
from holistic.shared.model_sets import FLOAT

Column = tuple[str, Callable[[Row], str]]
"""A column's name, and its cell for a row."""


def goals(targets: Iterable[Target]) -> str:
    """What was wanted, beside the worst that was measured."""
    return _markdown(("target", "wanted", "measured", "of", "met"), map(_goal, targets))


def _goal(target: Target) -> list[str]:
    value, where = target.worst
    bound = f"{'at least' if target.least else 'at most'} {target.bound:g}"
    return [target.what, bound, f"{value:.3g}", where, "yes" if target.met else "**no**"]


def models(rows: Iterable[Row], columns: Sequence[Column]) -> str:
    """A row for each model and variant, with these columns."""
    names = ["model", "variant", *(name for name, _ in columns)]
    cells = ([row["model"], row["variant"], *(cell(row) for _, cell in columns)] for row in rows)
    return _markdown(names, cells)


def dynamic_range(rows: Iterable[Row]) -> str:
    """The dynamic-range forms beside the weight-only ones."""
    names = ("model", "weight-only ms", "dynamic-range ms", "px", "lost")
    return _markdown(names, ([row["model"], *(cell(row) for cell in _DYNAMIC)] for row in rows))


def frames(figures: Figures) -> str:
    """What one frame costs with each variant and pose model."""
    names = ("pose", "variant", "bytes", "unpacked", "MACs, M", "native ms", "Chromium ms")
    rows = (_frame(figures, *pair) for pair in framed(figures.rows()))
    return _markdown((*names, "native MB", "Chromium MB"), rows)


def _frame(figures: Figures, frame: Frame, original: Frame) -> list[str]:
    sizes = [f"{frame.size(kind):,}" for kind in ("bytes", "unpacked")]
    peaks = (each.get(frame.name) for each in (figures.memory, figures.heap))
    memory = ["" if peak is None else f"{peak / 1e6:.1f}" for peak in peaks]
    times = [_frame_time(frame, original, clock) for clock in CLOCKS]
    return [frame.pose, frame.variant, *sizes, f"{frame.macs / 1e6:.0f}", *times, *memory]


def _frame_time(frame: Frame, original: Frame, clock: str) -> str:
    """A frame's time, and how many times faster it is than the original's."""
    faster = frame.speedup(original, clock)
    return f"{frame.time(clock):.1f} ({faster:.2f} x)" if faster else ""


def processor_frames(figures: Figures) -> str:
    """What one frame costs on each processor; empty cells where a file was not timed."""
    rows = (
        [
            figures.measurement(name),
            *(frame.pose, frame.variant),
            *(_frame_time(frame, original, clock) for clock in CLOCKS),
        ]
        for name, timed in figures.by_processor().items()
        if not figures.processors[name].get("part")
        for frame, original in framed(timed)
    )
    return _markdown(("processor", "pose", "variant", "native ms", "Chromium ms"), rows)


def browser_ratios(figures: Figures) -> str:
    """How much longer each network takes in WebAssembly than natively, on each processor."""
    names = ["model", "variant", *(figures.measurement(name) for name in figures.processors)]
    rows = (
        [row["model"], row["variant"], *map(_slower, timed)]
        for row, *timed in zip(figures.models, *figures.by_processor().values(), strict=True)
    )
    return _markdown(names, rows)


def _slower(row: Row) -> str:
    """How much longer a network takes in the browser; empty where it was not timed."""
    if not row.keys() >= {*CLOCKS}:
        return ""
    return f"{row['browser']['best'] / row['native']['best']:.2f}"


def curve(figures: Figures) -> str:
    """Every point of the curve, and the shipped forms of the same models."""
    tried = {row["recipe"].partition(".")[0] for row in figures.curve}
    shipped = {
        f"{row['model']}.{row['variant']}": row for row in figures.models if row["model"] in tried
    }
    whole = {row["model"]: row["macs"] for row in figures.models if row["variant"] == FLOAT}
    rows = (
        [
            name,
            f"{row['bytes']:,}",
            f"{row['macs'] / 1e6:.1f}",
            _part(name, row, whole),
            _pixels(row),
        ]
        for name, row in sorted({**_named(figures.curve), **shipped}.items())
    )
    return _markdown(("recipe", "bytes", "MACs, M", "work", "px"), rows)


def _part(name: str, row: Row, whole: Mapping[str, int]) -> str:
    """The part of the original's multiply-accumulates; empty where that is not measured."""
    model = name.partition(".")[0]
    return f"{row['macs'] / whole[model]:.0%}" if model in whole else ""


def _named(tried: list[Row]) -> dict[str, Row]:
    """The points of the curve by recipe and setting."""
    named = {}
    for row in tried:
        setting = f" at {row['bits']:g} bits" if "bits" in row else ""
        setting += f" without {row['removed']:.0%} of its work" if "removed" in row else ""
        setting += _channels(row["channels"]) if "channels" in row else ""
        named[row["recipe"] + setting] = row
    return named


def _channels(gone: float) -> str:
    return f" without {gone:.0%} of its channels" if gone else " with all channels"


def _markdown(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of these columns and rows of cells."""
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *(f"| {' | '.join(cells)} |" for cells in rows)])


def _times(row: Row, kind: str) -> str:
    return f"{row[kind]['best']:.2f} ({row[kind]['median']:.2f})" if kind in row else ""


def _each(kind: str, form: Callable[[Row], str]) -> Callable[[Row], str]:
    """A cell with every set of one kind."""
    return lambda row: "; ".join(form(figures) for figures in row.get(kind, {}).values())


def _opening(name: str) -> Column:
    """How the opening of an eye or the mouth correlates with the original's."""
    return name, _each("clip", lambda figures: f"{figures[name]:.4f}")


_pixels = _each("crops", lambda figures: f"{figures['pixels']:.2f}")

COST: list[Column] = [
    ("bytes", lambda row: f"{row['bytes']:,}"),
    ("unpacked", lambda row: f"{row['unpacked']:,}"),
    ("parameters", lambda row: f"{row['parameters']:,}"),
    ("MACs, M", lambda row: f"{row['macs'] / 1e6:.1f}"),
    ("wide", lambda row: f"{row['wide_macs'] / 1e6:.1f}"),
    ("native ms", lambda row: _times(row, "native")),
    ("Chromium ms", lambda row: _times(row, "browser")),
]


LANDMARKS: list[Column] = [
    ("sets", lambda row: "; ".join(row["crops"])),
    ("px", _pixels),
    ("p95", _each("crops", lambda f: f"{f['pixels_p95']:.2f}")),
    ("truth", _each("truth", lambda f: f"{f['mean']:.2f} ({f['median']:.2f})")),
    ("jitter", _each("still", lambda f: f"{f['ratio']:.2f}")),
    ("negatives", _each("negatives", lambda f: f"{f['seen']:.3f}, {f['disagree']:.3f}")),
]

DETECTORS: list[Column] = [
    ("sets", lambda row: "; ".join(row["crops"])),
    ("objects", _each("crops", lambda f: str(f["objects"]))),
    ("lost", _each("crops", lambda f: f"{f['lost']:.3f}")),
    ("first", _each("crops", lambda f: f"{f['lost_first']:.3f}")),
    ("invented", _each("crops", lambda f: f"{f['invented']:.3f}")),
    ("px", _pixels),
]

CLIPS: list[Column] = [
    ("clips", lambda row: "; ".join(row["clip"])),
    ("frames", _each("clip", lambda f: str(f["pictures"]))),
    *map(_opening, OPENINGS),
]

_DYNAMIC: list[Callable[[Row], str]] = [
    lambda row: _times(row, "weight_only"),
    lambda row: _times(row, "milliseconds"),
    _pixels,
    lambda row: "; ".join(f"{one['lost']:.3f}" for one in row["crops"].values() if "lost" in one),
]
