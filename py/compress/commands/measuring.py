"""Commands that measure models and write the report."""

# ruff: noqa: PLC0415 - see compress.commands

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compress import catalogue as catalogues
from compress.commands import FLOATS, MODELS, Subparsers

if TYPE_CHECKING:
    from compress.measure.latency import Latency


def evaluate(arguments: argparse.Namespace) -> None:
    """Compare variants with their float originals."""
    from compress import recipe
    from compress.report import results
    from holistic.inference import model_files

    rows = []
    for name in arguments.recipes:
        read = recipe.read(recipe.FOLDER / f"{name}.toml")
        model = model_files.find(read.model, arguments.models / read.variant)
        for folder in arguments.crops:
            rows += results.measure(read, arguments.floats, model, folder, arguments.pictures)
            if rows:
                print(rows[-1], flush=True)
    _note(arguments.out, rows)


def hands(arguments: argparse.Namespace) -> None:
    """Measure what hand networks see of blurred, lost and absent hands."""
    from compress.data.samples import Samples
    from compress.measure import blurred, lost_hands
    from compress.tflite.runner import Runner
    from holistic.inference.model_files import unpacked

    original = Runner((arguments.models / "float" / "hand_landmarks.tflite").read_bytes())
    networks = {"original": original}
    networks |= {str(path): Runner(unpacked(path)) for path in arguments.networks}
    found: dict[str, dict[str, Any]] = {name: {} for name in networks}
    for folder in arguments.crops:
        of = blurred.sharp(
            original, Samples(folder, "hand", blurred.SIZE).ordered(arguments.pictures)
        )
        for name, network in networks.items():
            found[name][f"blur {folder.name}"] = blurred.under_blur(network, of)
    if arguments.empty:
        crops = blurred.empty(arguments.empty, arguments.models / "float")
        for name, network in networks.items():
            found[name]["false"] = blurred.false_finds(network, crops)
    for clip in arguments.clips:
        seen = list(lost_hands.hands(clip, arguments.models))
        for name, network in networks.items():
            found[name][f"clip {clip.name}"] = lost_hands.seen_again(network, seen)
    for complexity in (0, 1) if arguments.clips else ():
        lost = lost_hands.share_lost(arguments.clips, complexity, arguments.models, "pruned_int8")
        found[f"tracker {complexity}"] = dict(zip(("lost", "in view"), lost, strict=True))
    _note(arguments.out, found)


def curve(arguments: argparse.Namespace) -> None:
    """Make and measure one recipe with several settings."""
    from compress import curve, recipe
    from compress.measure import accuracy

    path = arguments.out / "report" / "curve.json"
    rows = _noted(path, [])
    read = recipe.read(recipe.FOLDER / f"{arguments.recipe}.toml")
    data = accuracy.Data(tuple(arguments.measure), pictures=arguments.pictures)
    catalogue = catalogues.read(arguments.catalogue)
    points = curve.points(read, arguments.bits, arguments.removed)
    folders = (arguments.models, arguments.crops, arguments.work)
    for row in curve.measure(read, points, catalogue, *folders, data):
        rows = [other for other in rows if _point(other) != _point(row)] + [row]
        rows.sort(key=_point)
        _note(path, rows)
        print(row, flush=True)


def _point(row: dict[str, Any]) -> tuple[str, *tuple[float, ...]]:
    """What tells one point of a curve from another, in the order in which they are written."""
    return row["recipe"], *(row.get(setting, 0.0) for setting in ("bits", "removed", "channels"))


def report(arguments: argparse.Namespace) -> None:
    """Measure all models, unless told to redraw, and write the report."""
    from compress.report import sheet
    from compress.report.figures import Figures
    from compress.report.results import renewed

    folder = arguments.out / "report"
    catalogue = catalogues.read(arguments.catalogue)
    if not arguments.redraw:
        folder.mkdir(parents=True, exist_ok=True)
        _measure(arguments, catalogue, folder / "results.json")
        _show(arguments, folder)
    figures = Figures(
        **json.loads((folder / "results.json").read_text("utf-8")),
        curve=_noted(folder / "curve.json", []),
        processors=_noted(folder / "processors.json", {}),
    )
    print(sheet.write(figures, arguments.out))
    text = arguments.catalogue.read_text("utf-8")
    arguments.catalogue.write_text(renewed(text, catalogue, figures.rows()), "utf-8")


def _measure(arguments: argparse.Namespace, catalogue: catalogues.Catalogue, results: Path) -> None:
    """Measure accuracy and native memory anew, and note them in the file ``results``."""
    from compress.measure import accuracy, memory

    data = accuracy.Data(
        tuple(arguments.crops), arguments.ground_truth, tuple(arguments.clips), arguments.pictures
    )
    measured = _noted(results, {})
    new = accuracy.measure(catalogue, arguments.models, data, arguments.only)
    for name, rows in new.items():
        measured[name] = accuracy.renewed(measured.get(name, []), rows, not arguments.accuracy)
    if not arguments.accuracy:
        sets = memory.sets(arguments.models)
        measured["memory"] = {name: memory.peak(files) for name, files in sets}
    _note(results, measured)


def _show(arguments: argparse.Namespace, folder: Path) -> None:
    """Draw the landmarks of each set of models on the pictures that the report shows."""
    from compress.report import pictures

    for path in arguments.show:
        shown = pictures.side_by_side(path, arguments.models, complexity=1)
        pictures.save(shown, folder / f"{path.stem}.jpg")


def latency(arguments: argparse.Namespace) -> None:
    """Time models, natively and in Chromium."""
    from playwright.sync_api import sync_playwright

    from compress.measure import browser_latency, memory
    from compress.measure.frame_cost import CLOCKS
    from compress.measure.latency import ROUND, in_turn
    from compress.tflite.runner import Runner
    from holistic.inference.model_files import unpacked

    models = catalogues.read(arguments.catalogue).models
    compressed = {model.name for model in models if model.recipe}
    paths = {
        model.path: arguments.models / model.path
        for model in models
        if model.name in (arguments.only or compressed) and model.variant != "student"
    }
    sets = {
        name: {path.relative_to(arguments.models).as_posix(): path for path in files}
        for name, files in memory.sets(arguments.models)
    }
    served = paths | {name: path for files in sets.values() for name, path in files.items()}
    file = arguments.out / "processors.json"
    processors = _noted(file, {})
    today = datetime.now(UTC).date().isoformat()
    found: dict[str, Any] = {"date": today, "load": os.getloadavg()[0]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        bench = browser_latency.Bench(browser, arguments.pyodide, arguments.wheel, served)
        found["browser"] = _plain(bench.times(paths))
        if not arguments.only:
            found["heap"] = {name: bench.heap([*files]) for name, files in sets.items()}
        browser.close()
    runners = {name: Runner(unpacked(path)) for name, path in paths.items()}
    found["native"] = _plain(in_turn(runners, lambda name: runners[name].times(repeats=ROUND)))
    arguments.out.mkdir(parents=True, exist_ok=True)
    before = processors.pop(arguments.processor, {"part": True})
    if arguments.only:
        found |= {clock: before.get(clock, {}) | found[clock] for clock in CLOCKS}
        found = before | found
    _note(file, {**processors, arguments.processor: found})  # the newest is the last


def _plain(times: Mapping[str, Latency]) -> dict[str, dict[str, float]]:
    """Latencies as JSON has them."""
    return {name: dataclasses.asdict(latency) for name, latency in times.items()}


def _noted(path: Path, nothing: Any) -> Any:
    """What an earlier run left in a file of results; ``nothing`` where there is none."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else nothing


def _note(path: Path, found: Any) -> None:
    path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def add_to(commands: Subparsers) -> None:
    """Add these commands to the parser."""
    command = commands.add_parser("evaluate", help="compare variants with their float originals")
    command.add_argument("recipes", nargs="+", metavar="MODEL.VARIANT")
    command.add_argument("--crops", type=Path, nargs="+", required=True)
    _add_pictures(command)
    command.add_argument("--floats", type=Path, default=FLOATS)
    command.add_argument("--models", type=Path, default=MODELS)
    command.add_argument("--out", type=Path, required=True, help="JSON file to write")
    command.set_defaults(run=evaluate)

    command = commands.add_parser("hands", help="what hand networks see of blurred and lost hands")
    command.add_argument("networks", type=Path, nargs="*", help="model files, beside the original")
    command.add_argument("--clips", type=Path, nargs="*", default=[])
    command.add_argument("--crops", type=Path, nargs="*", default=[], help="folders of crops")
    command.add_argument("--empty", type=Path, nargs="*", default=[], help="folders of pictures")
    _add_pictures(command)
    command.add_argument("--models", type=Path, default=MODELS)
    command.add_argument("--out", type=Path, required=True, help="JSON file to write")
    command.set_defaults(run=hands)

    command = commands.add_parser("curve", help="one recipe with several settings")
    command.add_argument("recipe", metavar="MODEL.VARIANT")
    command.add_argument("--bits", type=float, nargs="*", default=[], help="of a weight")
    command.add_argument(
        "--removed", type=float, nargs="*", default=[], help="parts that are pruned"
    )
    command.add_argument("--crops", type=Path, required=True, help="to fit on")
    command.add_argument("--work", type=Path, required=True, help="folder for what stages leave")
    command.add_argument("--measure", type=Path, nargs="+", required=True, help="folders of crops")
    _add_pictures(command)
    command.add_argument("--models", type=Path, default=MODELS)
    command.add_argument("--out", type=Path, default=MODELS, help="where the report is")
    command.set_defaults(run=curve)

    command = commands.add_parser("report", help="measure all models and write the report")
    command.add_argument("--crops", type=Path, nargs="*", default=[], help="folders of crops")
    command.add_argument(
        "--ground-truth", type=Path, help="folder with annotations.json in it or below"
    )
    command.add_argument("--clips", type=Path, nargs="*", default=[], help="clips with one face")
    _add_pictures(command)
    command.add_argument("--models", type=Path, default=MODELS)
    command.add_argument("--out", type=Path, default=MODELS, help="where REPORT.md goes")
    command.add_argument(
        "--show", type=Path, nargs="*", default=[], help="pictures to show with their landmarks"
    )
    command.add_argument("--only", nargs="*", default=[], help="models; others keep their figures")
    command.add_argument(
        "--accuracy", action="store_true", help="keep memory and the times of dynamic range"
    )
    command.add_argument("--redraw", action="store_true", help="write the page from old results")
    command.set_defaults(run=report)

    command = commands.add_parser("latency", help="time all models, natively and in Chromium")
    command.add_argument(
        "--pyodide", type=Path, nargs="+", required=True, help="folders with it and its packages"
    )
    command.add_argument("--wheel", type=Path, required=True, help="the runtime's")
    command.add_argument("--models", type=Path, default=MODELS)
    command.add_argument("--processor", required=True, help="its name in the report")
    command.add_argument(
        "--only", nargs="*", default=[], help="models; others keep their figures, as memory does"
    )
    command.add_argument("--out", type=Path, default=MODELS / "report")
    command.set_defaults(run=latency)


def _add_pictures(command: argparse.ArgumentParser) -> None:
    command.add_argument("--pictures", type=int, default=96, help="at most so many of each folder")
