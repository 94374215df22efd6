"""The report's sentences that judge figures, each computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from compress.measure.frame_cost import CLOCKS, Row
from compress.report.figures import Figures
from compress.report.targets import INT8, Target
from holistic.shared.model_sets import FLOAT, HAND_MODELS, POSE_MODELS

_STATIC = (*POSE_MODELS, *HAND_MODELS, "palm_detector")
"""Models whose int8 variant computes in int8; the others only store their weights so."""

_WHERE = {"native": "natively", "browser": "in Chromium"}


def met(targets: Sequence[Target]) -> str:
    """How many targets are met."""
    return f"{sum(target.met for target in targets)} of {len(targets)} targets are met."


def evidence(figures: Figures) -> str:
    """What the other tables say about targets that are hard to meet, as a list."""
    sentences = [*int8_speed(figures), *pruned(figures.curve), *students(figures)]
    return "\n".join(f"- {sentence}" for sentence in sentences)


def int8_speed(figures: Figures) -> list[str]:
    """For each processor, how many times faster static int8 networks are than float ones."""
    found = []
    for name, rows in figures.by_processor().items():
        speeds = {clock: _speeds(rows, clock) for clock in CLOCKS}
        parts = [
            f"{_range(ratios)} times as fast {_WHERE[clock]}"
            for clock, ratios in speeds.items()
            if ratios
        ]
        if parts:
            start = f"Compared with their float originals on {name}, static int8 networks are"
            found.append(f"{start} {' and '.join(parts)}.")
    return found


def _speeds(rows: Iterable[Row], clock: str) -> list[float]:
    """By which factor each static int8 network is faster than its float original."""
    timed = {(row["model"], row["variant"]): row[clock]["best"] for row in rows if clock in row}
    return [
        timed[model, FLOAT] / timed[model, INT8]
        for model in _STATIC
        if {(model, FLOAT), (model, INT8)} <= timed.keys()
    ]


def pruned(tried: Iterable[Row]) -> list[str]:
    """For each recipe, what the least part of the work costs that was pruned."""
    least: dict[str, Row] = {}
    for row in tried:
        if "removed" in row and row["removed"] <= least.get(row["recipe"], row)["removed"]:
            least[row["recipe"]] = row
    return [
        f"Without {row['removed']:.0%} of its work, fitted by least squares, {_model(row)} is "
        f"{_pixels(row)} px from its original."
        for row in least.values()
    ]


def students(figures: Figures) -> list[str]:
    """For each student, how far its network is from its teacher before and after."""
    shipped: dict[str, Row] = {row["model"]: row for row in figures.models}
    return [
        f"As MediaPipe publishes it, {_model(row)} is {_pixels(row)} px from the full network; the "
        f"{last['variant']} variant is {_pixels(last)} px from it."
        for row in figures.curve
        if row["recipe"].endswith(".student") and (last := shipped.get(_model(row)))
    ]


def dynamic_range(figures: Figures) -> str:
    """What dynamic range costs, beside the weight-only form of the same models."""
    slower = [row["milliseconds"]["best"] / row["weight_only"]["best"] for row in figures.dynamic]
    shipped = {row["model"]: row for row in figures.models if row["variant"] == INT8}
    farther = [
        _mean(row) - _mean(shipped[row["model"]])
        for row in figures.dynamic
        if row["model"] in shipped
    ]
    parts = [f"Dynamic range takes {_range(slower)} times as long as weight-only int8"]
    if farther:
        parts.append(f"and its results are {_range(farther)} px farther from the original's")
    return " ".join(parts) + "."


def _range(values: Sequence[float]) -> str:
    low, high = (f"{value:.2f}" for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def _model(row: Row) -> str:
    return str(row["recipe"]).partition(".")[0]


def _mean(row: Row) -> float:
    return fmean(figures["pixels"] for figures in row["crops"].values())


def _pixels(row: Row) -> str:
    return " and ".join(f"{figures['pixels']:.2f}" for figures in row["crops"].values())
