"""The accuracy sheet as a Markdown page with plots.

Its rows are those of :mod:`compress.measure.accuracy`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from compress.measure.frame_cost import CLOCKS, Frame, Row, framed
from compress.report.targets import targets
from holistic.shared.model_sets import SETS

NOTES = """\
Written by `python -m compress report` from `report/results.json`; nothing here is typed in. Every
figure of a variant comes from the same pictures as its float original's. Times come from one run
of `python -m compress latency`, and the table says on which processor; native memory can be of an
earlier run than the rest, and so can the times of dynamic range: `--accuracy` keeps them.

- *px*: mean distance of landmarks to the float original's, in pixels of the model's input, where
  the original sees something; for detectors, of the keypoints of what both find. The sets are
  people that were never trained on: `eval_*` and `research`.
- *p95*: the same distance that 95% stay below.
- *truth*: mean (median) distance to marks made by hand, in pixels of the input, on the same crops.
- *jitter*: how far landmarks move on a still picture with a camera's noise, against the original.
- *negatives*: part of random regions in which the model sees something, and part in which its
  presence and the original's disagree.
- *lost*: part of the original's detections, after non-maximum suppression, that the variant
  misses; *first*: of the best one in each picture; *invented*: part of its own that the original
  does not have.
- *openings*: correlation over a clip with the original's opening of each eye and the mouth.
- *ms*: one inference on one thread, best (and median) of 50: natively, and in the wasm runtime in
  a worker in Chromium. Where the machine was busy, the best says more.
- *One frame*: the networks that a frame of tracking runs, pose, face, and two hands with their
  recrops, at their best times; *bytes* are of these files and both detectors. A variant that lacks
  a model takes the next larger one.
- *MB*: by how much a fresh process grows at most, and a fresh worker's heap, when it loads these
  files and runs each once.
- *wide*: multiply-accumulates, in millions, of int8 convolutions whose products do not fit into
  sums of 16 bits; the kernels that most processors run fastest leave these to slower ones.
- *bytes* are those of the gzip file that is committed and served; *unpacked*, of the model in it.
"""

TARGETS = """\
What the models were made to reach, and the worst of all that was measured; times are those of the
faster pruned set, which `auto` takes. Sizes, times and memory are of the set that one frame runs,
against the float one's; errors are of every variant but float. What is missed, and why:

- *Natively*: LiteRT's int8 kernels are slower than its float ones on processors without dot
  products of bytes (*Processors* below), and with such they gain half of what ours gain in
  Chromium; and what is not int8 is quicker there than in WebAssembly already.
- *The full pose in Chromium*, on the older processor: its channels cannot be spared. *Curves* shows
  what the first tenth of its work costs before any training; so that set has all of them, and only
  the hands are pruned.
- *The smallest set's hand*: it comes from MediaPipe's lite network, which in float is almost as far
  from the full one (`student` under *Curves*). The full one pruned to as little work is farther.
"""

UNSHIPPED = """\
Why there is no static int8 of the face mesh, the recrop and the detectors, and no dynamic range:

- PRELU and DEPTH_TO_SPACE have no static int8 kernel, so that the face mesh and the recrop fall
  apart into int8 islands with conversions between them. With others in their place the mesh gains
  a little in Chromium and loses natively, and the recrop loses (py/compress/README.md).
- The detectors run where somebody is looked for, not in every frame.
- Dynamic range rounds activations anew in every run, and has no kernels as fast as static int8's.
"""

DYNAMIC = """\
Dynamic range on the same pictures, beside the weight-only form that is shipped: the same weights,
expanded when the file is loaded.
"""

PROCESSORS = """\
The same on several processors, on each in one run, at the load named, best of all inferences: a
frame, then how much longer each network takes in WebAssembly than natively.
"""

CURVE = """\
What was tried with `python -m compress curve`, beside what is shipped: `student` is MediaPipe's
lite network as it is, `pruned` a full one without a part of its work, fitted by least squares,
both in float. Their bytes tell little: MediaPipe's own weights have 16 bits and compress to half.
`pruned_int8` is shipped at one number of bits a weight, and was tried at others.
"""

CREDIT = "on pictures whose authors and licences `tests/media/README.md` names"

PLOTS: dict[str, tuple[str, Callable[[Row], float]]] = {
    "sizes": ("bytes", lambda row: float(row["bytes"])),
    "latency": ("native ms, best of 50", lambda row: float(row["native"]["best"])),
}
"""Name of each plot, and the label and value of its horizontal axis."""

CURVES: dict[str, tuple[str, Callable[[Row], float]]] = {
    "curve-size": ("bytes", lambda row: float(row["bytes"])),
    "curve-work": ("multiply-accumulates, M", lambda row: row["macs"] / 1e6),
}
"""The same of the plots of what was tried."""


@dataclass(frozen=True)
class Measured:
    """All figures: a row a model and variant, and bytes of memory by the name of a frame's set.

    ``dynamic`` has a row a model whose dynamic-range form was tried, ``curve`` one a recipe and
    setting that :mod:`compress.curve` measured. ``processors`` has, by the processor's name and in
    the order in which they were measured, times by the file's path, ``native`` and ``browser``, and
    bytes of a worker's ``heap`` by the name of a frame's set.
    """

    models: list[Row]
    dynamic: list[Row] = field(default_factory=list)
    curve: list[Row] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    processors: dict[str, Row] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        """The processor that was measured last, if there is any."""
        return next(reversed(self.processors), "")

    @property
    def heap(self) -> dict[str, int]:
        """Bytes of a worker's heap by the name of a frame's set, on the newest processor."""
        return dict(self.processors.get(self.newest, {}).get("heap", {}))

    def rows(self) -> list[Row]:
        """The models' rows, with their times on the newest processor."""
        return _timed(self.models, self.processors.get(self.newest, {}))

    def by_processor(self) -> dict[str, list[Row]]:
        """The models' rows with their times on each processor, by its name."""
        return {name: _timed(self.models, times) for name, times in self.processors.items()}


def write(measured: Measured, folder: Path) -> Path:
    """Write ``REPORT.md`` and the plots in ``report/`` into ``folder``; returns the page."""
    (folder / "report").mkdir(parents=True, exist_ok=True)
    rows = measured.rows()
    plots = _draw(rows, measured.curve, folder / "report")
    parts = [
        "# Report on the models",
        NOTES,
        "## Targets",
        TARGETS,
        _targets(rows, measured),
        "## Size and time",
        *([f"Times on {_loaded(measured, measured.newest)}."] if measured.newest else []),
        _table(rows, _COST),
        "## One frame",
        _frames(rows, measured),
        *_processors(measured),
        "## Against the float original and against ground truth",
        _table([row for row in rows if not _is_detector(row)], _LANDMARKS),
        "## Detectors",
        _table([row for row in rows if _is_detector(row)], _DETECTORS),
        "## Eyes and mouths",
        _table([row for row in rows if "clip" in row], _CLIPS),
        "## What is not shipped",
        UNSHIPPED,
        *([DYNAMIC, _dynamic(measured.dynamic)] if measured.dynamic else []),
        "## Curves",
        *([CURVE, _curve_table(rows, measured.curve)] if measured.curve else []),
        *(f"![{path.stem}](report/{path.name})" for path in plots),
    ]
    pictures = sorted((folder / "report").glob("*.jpg"))
    if pictures:
        parts += ["## Pictures", f"Landmarks of the sets {', '.join(SETS)}, {CREDIT}."]
        parts += [f"![{path.stem}](report/{path.name})" for path in pictures]
    page = folder / "REPORT.md"
    page.write_text("\n\n".join(parts) + "\n", "utf-8")
    return page


def _targets(rows: list[Row], measured: Measured) -> str:
    """The table of targets."""
    lines = ["| | wanted | measured | of | met |", "|---|---|---|---|---|"]
    for target in targets(rows, measured.memory, measured.heap, measured.by_processor()):
        value, where = target.worst
        bound = f"{'at least' if target.least else 'at most'} {target.bound:g}"
        met = "yes" if target.met else "**no**"
        lines.append(f"| {target.what} | {bound} | {value:.3g} | {where} | {met} |")
    return "\n".join(lines)


Column = tuple[str, Callable[[Row], str]]


def _table(rows: list[Row], columns: list[Column]) -> str:
    names = ["model", "variant", *(name for name, _ in columns)]
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [row["model"], row["variant"], *(cell(row) for _, cell in columns)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


_COST: list[Column] = [
    ("bytes", lambda row: f"{row['bytes']:,}"),
    ("unpacked", lambda row: f"{row['unpacked']:,}"),
    ("parameters", lambda row: f"{row['parameters']:,}"),
    ("MACs, M", lambda row: f"{row['macs'] / 1e6:.1f}"),
    ("wide", lambda row: f"{row['wide_macs'] / 1e6:.1f}"),
    ("native ms", lambda row: _times(row, "native")),
    ("Chromium ms", lambda row: _times(row, "browser")),
]


def _times(row: Row, kind: str) -> str:
    return f"{row[kind]['best']:.2f} ({row[kind]['median']:.2f})" if kind in row else ""


def _dynamic(rows: list[Row]) -> str:
    """The table of the dynamic-range forms."""
    lines = ["| model | weight-only ms | dynamic-range ms | px | lost |", "|---|---|---|---|---|"]
    for row in rows:
        figures = row["crops"].values()
        pixels = "; ".join(f"{one['pixels']:.2f}" for one in figures)
        lost = "; ".join(f"{one['lost']:.3f}" for one in figures if "lost" in one)
        times = [_times(row, kind) for kind in ("weight_only", "milliseconds")]
        lines.append(f"| {' | '.join([row['model'], *times, pixels, lost])} |")
    return "\n".join(lines)


def _frames(rows: list[Row], measured: Measured) -> str:
    """The table of what one frame costs with each variant and pose model."""
    lines = [
        "| pose | variant | bytes | unpacked | MACs, M | native ms | Chromium ms "
        "| native MB | Chromium MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for frame, original in framed(rows):
        sizes = [f"{frame.size(kind):,}" for kind in ("bytes", "unpacked")]
        peaks = (each.get(frame.name) for each in (measured.memory, measured.heap))
        memory = ["" if peak is None else f"{peak / 1e6:.1f}" for peak in peaks]
        times = [_frame_time(frame, original, clock) for clock in CLOCKS]
        cells = [frame.pose, frame.variant, *sizes, f"{frame.macs / 1e6:.0f}", *times, *memory]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _frame_time(frame: Frame, original: Frame, clock: str) -> str:
    """A frame's time, and how many times faster it is than the original's."""
    faster = frame.faster(original, clock)
    return f"{frame.time(clock):.1f} ({faster:.2f} x)" if faster else ""


def _processors(measured: Measured) -> list[str]:
    """The section on several processors, if there are any: frames; WebAssembly beside native.

    Where a file was not timed on one of them, its cells stay empty.
    """
    if not measured.processors:
        return []
    frames = ["| processor | pose | variant | native ms | Chromium ms |", "|---|---|---|---|---|"]
    names = [_loaded(measured, name) for name in measured.processors]
    ratios = [f"| model | variant | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    timed = measured.by_processor().values()
    for name, networks in zip(names, timed, strict=True):
        for frame, original in framed(networks):
            cells = [_frame_time(frame, original, clock) for clock in CLOCKS]
            frames.append(f"| {' | '.join([name, frame.pose, frame.variant, *cells])} |")
    for row, *found in zip(measured.models, *timed, strict=True):
        cells = [row["model"], row["variant"], *map(_slower, found)]
        ratios.append(f"| {' | '.join(cells)} |")
    return ["## Processors", PROCESSORS, "\n".join(frames), "\n".join(ratios)]


def _loaded(measured: Measured, processor: str) -> str:
    """A processor's name with its load."""
    return f"{processor} (load {measured.processors[processor]['load']:.1f})"


def _timed(rows: list[Row], times: Row) -> list[Row]:
    """Rows with their times on one processor, if they have any."""
    files = {kind: times.get(kind, {}) for kind in CLOCKS}
    return [
        row | {kind: found[row["path"]] for kind, found in files.items() if row["path"] in found}
        for row in rows
    ]


def _slower(row: Row) -> str:
    """How much longer a network takes in the browser; empty where it was not timed."""
    if not row.keys() >= {*CLOCKS}:
        return ""
    return f"{row['browser']['best'] / row['native']['best']:.2f}"


def _each(kind: str, form: Callable[[Row], str]) -> Callable[[Row], str]:
    """A cell with every set of one kind."""
    return lambda row: "; ".join(form(figures) for figures in row.get(kind, {}).values())


_LANDMARKS: list[Column] = [
    ("sets", lambda row: "; ".join(row["crops"])),
    ("px", _each("crops", lambda f: f"{f['pixels']:.2f}")),
    ("p95", _each("crops", lambda f: f"{f['pixels_p95']:.2f}")),
    ("truth", _each("truth", lambda f: f"{f['mean']:.2f} ({f['median']:.2f})")),
    ("jitter", _each("still", lambda f: f"{f['ratio']:.2f}")),
    ("negatives", _each("negatives", lambda f: f"{f['seen']:.3f}, {f['disagree']:.3f}")),
]

_DETECTORS: list[Column] = [
    ("sets", lambda row: "; ".join(row["crops"])),
    ("objects", _each("crops", lambda f: str(f["objects"]))),
    ("lost", _each("crops", lambda f: f"{f['lost']:.3f}")),
    ("first", _each("crops", lambda f: f"{f['lost_first']:.3f}")),
    ("invented", _each("crops", lambda f: f"{f['invented']:.3f}")),
    ("px", _each("crops", lambda f: f"{f['pixels']:.2f}")),
]

_CLIPS: list[Column] = [
    ("clips", lambda row: "; ".join(row["clip"])),
    ("frames", _each("clip", lambda f: str(f["pictures"]))),
    *(
        (name, _each("clip", lambda f, name=name: f"{f[name]:.4f}"))  # type: ignore[misc]
        for name in ("right eye", "left eye", "mouth")
    ),
]


def _is_detector(row: Row) -> bool:
    return any("lost" in figures for figures in row["crops"].values())


def _tried(curve: list[Row]) -> dict[str, Row]:
    """The points of the curve by what they are."""
    named = {}
    for row in curve:
        setting = f" at {row['bits']:g} bits" if "bits" in row else ""
        setting += f" without {row['removed']:.0%}" if "removed" in row else ""
        named[row["recipe"] + setting] = row
    return named


def _curve_table(rows: list[Row], curve: list[Row]) -> str:
    """Every point of the curve, and the shipped forms of the same models."""
    models = {row["recipe"].partition(".")[0] for row in curve}
    shipped = {f"{row['model']}.{row['variant']}": row for row in rows if row["model"] in models}
    lines = ["| recipe | bytes | MACs, M | px |", "|---|---|---|---|"]
    for name, row in sorted({**_tried(curve), **shipped}.items(), key=lambda item: item[0]):
        pixels = "; ".join(f"{one['pixels']:.2f}" for one in row["crops"].values())
        lines.append(f"| {name} | {row['bytes']:,} | {row['macs'] / 1e6:.1f} | {pixels} |")
    return "\n".join(lines)


def _draw(rows: list[Row], curve: list[Row], folder: Path) -> list[Path]:
    """Every plot of the page, as files in ``folder``."""
    import matplotlib  # noqa: PLC0415 - only the report needs it

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "report", "font.size": 9})
    paths = []
    for name, (label, value) in PLOTS.items():
        lines = _lines([row for row in rows if name != "latency" or "native" in row], value)
        style = {"xlabel": label, "ylabel": "px to ground truth", "xscale": "log"}
        paths.append(_plot(folder / f"{name}.svg", lines, style))
    bits: dict[str, Line] = {
        f"{row['model']} {row['variant']}": ([*range(len(row["layer_bits"]))], row["layer_bits"])
        for row in rows
        if row.get("layer_bits")
    }
    style = {"xlabel": "layer whose weights are int8", "ylabel": "bits a weight"}
    paths.append(_plot(folder / "layers.svg", bits, style))
    for name, (label, value) in CURVES.items() if curve else ():
        style = {"xlabel": label, "ylabel": "px to the original"}
        paths.append(_plot(folder / f"{name}.svg", _curves(rows, curve, value), style))
    for log in sorted(folder.glob("training/*.jsonl")):
        steps = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        line = ([step["step"] for step in steps], [step["outputs"] for step in steps])
        style = {"xlabel": "step", "ylabel": "mean error of the outputs", "yscale": "log"}
        paths.append(_plot(folder / f"training-{log.stem}.svg", {log.stem: line}, style))
    return paths


Line = tuple[Sequence[float], Sequence[float]]


def _lines(rows: list[Row], value: Callable[[Row], float]) -> dict[str, Line]:
    """For each landmark model a line from float to its smallest variant."""
    lines: dict[str, Line] = {}
    for model in dict.fromkeys(row["model"] for row in rows if "truth" in row):
        variants = [row for row in rows if row["model"] == model]
        errors = [row["truth"]["truth"]["mean"] for row in variants]
        lines[model] = ([value(row) for row in variants], errors)
    return lines


def _curves(rows: list[Row], curve: list[Row], value: Callable[[Row], float]) -> dict[str, Line]:
    """For each recipe tried, and for what is shipped, the mean distance of all sets.

    Where work is pruned the curve begins with the original.
    """
    lines: dict[str, list[Row]] = {}
    for name in dict.fromkeys(row["recipe"] for row in curve):
        model = name.partition(".")[0]
        shipped = [row for row in rows if row["model"] == model]
        points = [row for row in curve if row["recipe"] == name]
        lines[f"{model} shipped"] = shipped
        pruned = any("removed" in row for row in points)
        lines[name] = [*(shipped[:1] if pruned else []), *points]
    return {name: _line(points, value) for name, points in lines.items()}


def _line(points: list[Row], value: Callable[[Row], float]) -> Line:
    errors = [fmean(one["pixels"] for one in row["crops"].values()) for row in points]
    return [value(row) for row in points], errors


def _plot(path: Path, lines: dict[str, Line], style: dict[str, str]) -> Path:
    from matplotlib import pyplot  # noqa: PLC0415 - only the report needs it

    figure, axes = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
    for label, (across, up) in lines.items():
        axes.plot(across, up, marker="." if len(across) > 4 else "o", label=label)
    axes.set(**style)
    if "yscale" not in style:
        axes.set_ylim(bottom=0)
    if lines:
        axes.legend(fontsize=7)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path
