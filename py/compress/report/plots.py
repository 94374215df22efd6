"""The report's plots, as SVG files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean

import matplotlib
from matplotlib.figure import Figure

from compress.measure.frame_cost import Row
from compress.report.figures import Figures

Line = tuple[Sequence[float], Sequence[float]]
"""Values across and up."""

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


def draw(figures: Figures, folder: Path) -> list[Path]:
    """Every plot of the page, as files in ``folder``."""
    rows = figures.rows()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "report", "font.size": 9}):
        return [
            *_truth_plots(rows, folder),
            _layers_plot(rows, folder),
            *_curve_plots(rows, figures.curve, folder),
            *_training_plots(folder),
        ]


def _truth_plots(rows: list[Row], folder: Path) -> Iterator[Path]:
    """Error against ground truth over size and over time."""
    for name, (label, value) in PLOTS.items():
        timed = [row for row in rows if "native" in row and "processor" not in row]
        lines = _lines(timed if name == "latency" else rows, value)
        style = {"xlabel": label, "ylabel": "px to ground truth", "xscale": "log"}
        yield _plot(folder / f"{name}.svg", lines, style)


def _layers_plot(rows: list[Row], folder: Path) -> Path:
    """Bits a weight of every int8 layer."""
    bits: dict[str, Line] = {
        f"{row['model']} {row['variant']}": ([*range(len(row["layer_bits"]))], row["layer_bits"])
        for row in rows
        if row.get("layer_bits")
    }
    style = {"xlabel": "layer whose weights are int8", "ylabel": "bits a weight"}
    return _plot(folder / "layers.svg", bits, style)


def _curve_plots(rows: list[Row], curve: list[Row], folder: Path) -> Iterator[Path]:
    """Error against the original over size and over work, of what was tried, if anything was."""
    for name, (label, value) in CURVES.items() if curve else ():
        style = {"xlabel": label, "ylabel": "px to the original"}
        yield _plot(folder / f"{name}.svg", _curves(rows, curve, value), style)


def _training_plots(folder: Path) -> Iterator[Path]:
    """Error over steps, of every training run whose log is in ``training/``."""
    for log in sorted(folder.glob("training/*.jsonl")):
        steps = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        line = ([step["step"] for step in steps], [step["outputs"] for step in steps])
        style = {"xlabel": "step", "ylabel": "mean error of the outputs", "yscale": "log"}
        yield _plot(folder / f"training-{log.stem}.svg", {log.stem: line}, style)


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
        pruned = any({"removed", "channels"} & row.keys() for row in points)
        lines[name] = [*(shipped[:1] if pruned else []), *points]
    return {name: _line(points, value) for name, points in lines.items()}


def _line(points: list[Row], value: Callable[[Row], float]) -> Line:
    errors = [fmean(one["pixels"] for one in row["crops"].values()) for row in points]
    return [value(row) for row in points], errors


def _plot(path: Path, lines: dict[str, Line], style: dict[str, str]) -> Path:
    figure = Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    for label, (across, up) in lines.items():
        axes.plot(across, up, marker="." if len(across) > 4 else "o", label=label)
    axes.set(**style)
    if "yscale" not in style:
        axes.set_ylim(bottom=0)
    if lines:
        axes.legend(fontsize=7)
    figure.savefig(path, metadata={"Date": None})
    return path
