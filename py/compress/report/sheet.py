"""The report on the models: a Markdown page of texts, tables and plots."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compress.measure.frame_cost import Row
from compress.report import plots, tables, templates, verdicts
from compress.report.figures import Figures
from compress.report.targets import targets
from holistic.shared.model_sets import SETS


def write(figures: Figures, folder: Path) -> Path:
    """Write ``REPORT.md`` and the plots in ``report/`` into ``folder``; returns the page."""
    drawn = folder / "report"
    drawn.mkdir(parents=True, exist_ok=True)
    parts = [
        "# Report on the models",
        templates.NOTES,
        *_targets(figures),
        *_costs(figures),
        *_accuracy(figures.rows()),
        *_unshipped(figures),
        *_curves(figures),
        *(f"![{path.stem}](report/{path.name})" for path in plots.draw(figures, drawn)),
        *_pictures(drawn),
    ]
    page = folder / "REPORT.md"
    page.write_text("\n\n".join(part.rstrip() for part in parts if part) + "\n", "utf-8")
    return page


def _targets(figures: Figures) -> list[str]:
    rows, processors = figures.rows(), figures.by_processor()
    wanted = targets(rows, figures.memory, figures.heap, processors)
    table = tables.goals(wanted)
    found = [verdicts.met(wanted), verdicts.evidence(figures)]
    return ["## Targets", templates.TARGETS, table, *found]


def _costs(figures: Figures) -> list[str]:
    newest = figures.newest
    parts = [
        "## Size and time",
        " ".join(_times_of(figures)) if newest else "",
        tables.models(figures.rows(), tables.COST),
        "## One frame",
        tables.frames(figures),
    ]
    if figures.processors:
        found = [tables.processor_frames(figures), tables.browser_ratios(figures)]
        parts += ["## Processors", templates.PROCESSORS, *found]
    return parts


def _times_of(figures: Figures) -> Iterator[str]:
    """On which processors the models were timed."""
    yield f"Times on {figures.measurement(figures.newest)}."
    others: dict[str, list[str]] = {}
    for row in figures.rows():
        if "processor" in row:
            others.setdefault(row["processor"], []).append(f"{row['model']} {row['variant']}")
    for name, models in others.items():
        yield f"Those of {', '.join(models)} are on {figures.measurement(name)}."


def _accuracy(rows: list[Row]) -> list[str]:
    detectors = [row for row in rows if _is_detector(row)]
    landmarks = [row for row in rows if not _is_detector(row)]
    clips = [row for row in rows if "clip" in row]
    return [
        "## Against the float original and against ground truth",
        tables.models(landmarks, tables.LANDMARKS),
        "## Detectors",
        tables.models(detectors, tables.DETECTORS),
        "## Eyes and mouths",
        tables.models(clips, tables.CLIPS),
    ]


def _is_detector(row: Row) -> bool:
    return any("lost" in figures for figures in row["crops"].values())


def _unshipped(figures: Figures) -> list[str]:
    parts = ["## What is not shipped", templates.UNSHIPPED]
    if figures.dynamic:
        table = tables.dynamic_range(figures.dynamic)
        parts += [verdicts.dynamic_range(figures), templates.DYNAMIC, table]
    return parts


def _curves(figures: Figures) -> list[str]:
    found = [templates.CURVE, tables.curve(figures)] if figures.curve else []
    return ["## Curves", *found]


def _pictures(folder: Path) -> list[str]:
    pictures = sorted(folder.glob("*.jpg"))
    if not pictures:
        return []
    credit = f"Landmarks of the sets {', '.join(SETS)}, {templates.CREDIT}."
    return ["## Pictures", credit, *(f"![{path.stem}](report/{path.name})" for path in pictures)]
