"""Command line of the toolchain: ``python -m compress <stage> ...``; see ``--help``.

The stages ``originals`` and ``float`` make the float models and need little; the others need the
dependency group ``compress``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compress import catalogue as catalogues
from compress.tflite import originals

if TYPE_CHECKING:
    from compress.measure.evaluate import Latency
    from compress.recipe import Recipe

# The other stages import what they need when they run: `originals` must do without NumPy, and
# `float` without PyTorch.
# ruff: noqa: PLC0415

MODELS = Path(__file__).resolve().parents[2] / "models"
FLOATS = MODELS / "float"


def _archive(argument: str) -> tuple[str, Path]:
    name, separator, path = argument.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("expected NAME=FILE")
    return name, Path(path)


def _originals(arguments: argparse.Namespace) -> None:
    catalogue = catalogues.read(arguments.catalogue)
    models = (*catalogue.variant("float"), *catalogue.variant("student"))
    names = dict.fromkeys(model.original for model in models)
    for path in originals.extract(catalogue, dict(arguments.archive), arguments.out, names):
        print(path)


def _float(arguments: argparse.Namespace) -> None:
    from compress.tflite import float_models

    catalogue = catalogues.read(arguments.catalogue)
    folders = (arguments.originals, arguments.models, arguments.out or MODELS / arguments.variant)
    for path in float_models.build(catalogue, *folders, arguments.variant):
        print(path)


def _convert(arguments: argparse.Namespace) -> None:
    from compress.tflite import float_models

    content = float_models.convert(
        arguments.model.read_bytes(), arguments.outputs, str(arguments.model)
    )
    arguments.out.write_bytes(content)


def _dequantize(arguments: argparse.Namespace) -> None:
    from compress.tflite import float_models, model_file

    content = model_file.read(arguments.model)
    arguments.out.write_bytes(float_models.dequantized(content, str(arguments.model)))


def _dynamic(arguments: argparse.Namespace) -> None:
    from compress.tflite import model_file
    from compress.tflite.dynamic import dynamic_range

    content = model_file.read(arguments.model)
    arguments.out.write_bytes(dynamic_range(content, str(arguments.model)))


def _describe(arguments: argparse.Namespace) -> None:
    from compress.tflite import model_file
    from compress.tflite.cost import cost

    model = model_file.load(arguments.model)
    graph = model.subgraphs[0]
    for position, operator in enumerate(graph.operators):
        sizes = [model_file.shape(graph.tensors[index]) for index in operator.outputs]
        print(position, model_file.operator_name(model, operator), *sizes)
    print(cost(model))


def _crops(arguments: argparse.Namespace) -> None:
    from compress.data import crops

    exclude = frozenset(arguments.exclude)
    folders = (arguments.pictures, arguments.floats, arguments.out)
    crops.cut(*folders, arguments.subjects, exclude, arguments.distractors)


def _make(arguments: argparse.Namespace) -> None:
    from compress import recipe
    from compress.pipeline import Pipeline

    for name in arguments.recipes:
        read = recipe.read(recipe.FOLDER / f"{name}.toml")
        pipeline = Pipeline(read, arguments.floats, arguments.crops, arguments.work)
        _write(arguments, read, pipeline.make())
        if pipeline.trained:
            folder = arguments.out / "training"
            folder.mkdir(exist_ok=True)
            shutil.copy(pipeline.trained, folder / f"{name}.pt")


def _finish(arguments: argparse.Namespace) -> None:
    from compress import recipe
    from compress.pipeline import Pipeline
    from compress.tflite import model_file, saturation
    from holistic.inference import model_files

    for name in arguments.recipes:
        read = recipe.read(recipe.FOLDER / f"{name}.toml")
        begun = model_files.unpacked(model_files.find(read.model, arguments.models / read.variant))
        pipeline = Pipeline(read, arguments.floats, arguments.crops, arguments.work)
        content = pipeline.finished(begun)
        _write(arguments, read, content)
        for position, macs in saturation.wide(model_file.parse(content)).items():
            print(f"# operator {position} stays wide: {macs} multiply-accumulates")


def _presence(arguments: argparse.Namespace) -> None:
    from compress import recipe
    from compress.pipeline import Pipeline
    from holistic.inference import model_files

    for name in arguments.recipes:
        read = recipe.read(recipe.FOLDER / f"{name}.toml")
        begun = model_files.unpacked(model_files.find(read.model, arguments.models / read.variant))
        pipeline = Pipeline(read, arguments.floats, arguments.crops, arguments.work)
        _write(arguments, read, pipeline.believed(begun))


def _write(arguments: argparse.Namespace, read: Recipe, content: bytes) -> None:
    """Write a recipe's model, compressed, and print its row for models.toml."""
    from compress.report import results
    from compress.tflite.packing import packed

    file = packed(content)
    row = results.catalogue_row(catalogues.read(arguments.catalogue), read, content, file)
    path = arguments.out / row.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file)
    print(catalogues.row(row))


def _evaluate(arguments: argparse.Namespace) -> None:
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


def _hands(arguments: argparse.Namespace) -> None:
    from compress.data.samples import Samples
    from compress.measure import blurred, lost_hands
    from compress.measure.evaluate import Runner
    from holistic.inference.model_files import unpacked

    original = Runner((arguments.models / "float" / "hand_landmarks.tflite").read_bytes())
    networks = {"original": original}
    networks |= {str(path): Runner(unpacked(path)) for path in arguments.networks}
    found: dict[str, dict[str, Any]] = {name: {} for name in networks}
    for folder in arguments.crops:
        crops = Samples(folder, "hand", blurred.SIZE).ordered(arguments.pictures)
        of = blurred.sharp(original, crops)
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


def _report(arguments: argparse.Namespace) -> None:
    from compress.measure import accuracy, memory
    from compress.report import pictures, sheet
    from compress.report.results import renewed

    folder = arguments.out / "report"
    names = ("results", "curve", "processors")
    results, curve, processors = (folder / f"{name}.json" for name in names)
    catalogue = catalogues.read(arguments.catalogue)
    if not arguments.redraw:
        data = accuracy.Data(
            tuple(arguments.crops), arguments.truths, tuple(arguments.clips), arguments.pictures
        )
        measured = _noted(results, {})
        new = accuracy.measure(catalogue, arguments.models, data, arguments.only)
        for name, rows in new.items():
            measured[name] = accuracy.renewed(measured.get(name, []), rows, not arguments.accuracy)
        if not arguments.accuracy:
            sets = memory.sets(arguments.models)
            measured["memory"] = {name: memory.peak(files) for name, files in sets}
        folder.mkdir(parents=True, exist_ok=True)
        _note(results, measured)
        for path in arguments.show:
            shown = pictures.side_by_side(path, arguments.models, complexity=1)
            pictures.save(shown, folder / f"{path.stem}.jpg")
    found = json.loads(results.read_text("utf-8"))
    measured = sheet.Measured(**found, curve=_noted(curve, []), processors=_noted(processors, {}))
    print(sheet.write(measured, arguments.out))
    text = arguments.catalogue.read_text("utf-8")
    arguments.catalogue.write_text(renewed(text, catalogue, measured.rows()), "utf-8")


def _curve(arguments: argparse.Namespace) -> None:
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


def _point(row: dict[str, Any]) -> tuple[str, float, float]:
    """What tells one point of a curve from another, in the order in which they are written."""
    return row["recipe"], row.get("bits", 0.0), row.get("removed", 0.0)


def _latency(arguments: argparse.Namespace) -> None:
    from playwright.sync_api import sync_playwright

    from compress.measure import browser_latency, memory
    from compress.measure.evaluate import ROUND, Runner, in_turn
    from holistic.inference.model_files import unpacked

    models = catalogues.read(arguments.catalogue).models
    compressed = {model.name for model in models if model.recipe}
    paths = {
        model.path: arguments.models / model.path
        for model in models
        if model.name in compressed and model.variant != "student"
    }
    found: dict[str, Any] = {"load": os.getloadavg()[0]}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        bench = browser_latency.Bench(browser, arguments.pyodide, arguments.wheel, paths)
        found["browser"], found["heap"] = _plain(bench.times()), {}
        for name, files in memory.sets(arguments.models):
            served = [path.relative_to(arguments.models).as_posix() for path in files]
            found["heap"][name] = bench.heap(served)
        browser.close()
    runners = {name: Runner(unpacked(path)) for name, path in paths.items()}
    found["native"] = _plain(in_turn(runners, lambda name: runners[name].times(repeats=ROUND)))
    arguments.out.mkdir(parents=True, exist_ok=True)
    file = arguments.out / "processors.json"
    others = _noted(file, {})
    others.pop(arguments.processor, None)
    _note(file, {**others, arguments.processor: found})  # the newest is the last


def _plain(times: Mapping[str, Latency]) -> dict[str, dict[str, float]]:
    """Latencies as JSON has them."""
    return {name: dataclasses.asdict(latency) for name, latency in times.items()}


def _noted(path: Path, nothing: Any) -> Any:
    """What an earlier run has left in a file of results; ``nothing`` where there is none."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else nothing


def _note(path: Path, found: Any) -> None:
    path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m compress", description=__doc__)
    parser.add_argument("--catalogue", type=Path, default=MODELS / "models.toml")
    stages = parser.add_subparsers(required=True)
    _add_file_stages(stages)
    _add_fitting_stages(stages)
    _add_measuring_stages(stages)
    return parser


def _add_file_stages(stages: Any) -> None:
    stage = stages.add_parser("originals", help="take MediaPipe's models out of its packages")
    stage.add_argument("archive", nargs="+", type=_archive, metavar="NAME=FILE")
    stage.add_argument("--out", type=Path, required=True)
    stage.set_defaults(run=_originals)

    stage = stages.add_parser("float", help="fold and trim the originals; undo a quantization")
    stage.add_argument("--originals", type=Path, required=True)
    stage.add_argument("--models", type=Path, default=MODELS, help="where the int8 models are")
    stage.add_argument("--variant", choices=("float", "student", "pruned"), default="float")
    stage.add_argument("--out", type=Path, help="the folder of the variant in models/ by default")
    stage.set_defaults(run=_float)

    stage = stages.add_parser("convert", help="fold and trim any one model")
    stage.add_argument("model", type=Path)
    stage.add_argument("--outputs", type=int, nargs="+", required=True, help="positions to keep")
    stage.add_argument("--out", type=Path, required=True)
    stage.set_defaults(run=_convert)

    stage = stages.add_parser("dequantize", help="an int8 model in float arithmetic")
    stage.add_argument("model", type=Path)
    stage.add_argument("--out", type=Path, required=True)
    stage.set_defaults(run=_dequantize)

    stage = stages.add_parser("dynamic", help="a weight-only int8 model as a dynamic-range one")
    stage.add_argument("model", type=Path)
    stage.add_argument("--out", type=Path, required=True)
    stage.set_defaults(run=_dynamic)

    stage = stages.add_parser("describe", help="list a model's operators and its cost")
    stage.add_argument("model", type=Path)
    stage.set_defaults(run=_describe)


def _add_fitting_stages(stages: Any) -> None:
    stage = stages.add_parser("crops", help="cut training crops out of a folder of pictures")
    stage.add_argument("pictures", type=Path)
    stage.add_argument("--out", type=Path, required=True)
    stage.add_argument("--floats", type=Path, default=FLOATS, help="folder of float models")
    stage.add_argument("--subjects", nargs="+", default=["hand", "face", "pose", "scene"])
    stage.add_argument("--exclude", nargs="*", default=[], help="sources to leave out")
    stage.add_argument(
        "--distractors", action="store_true", help="give hands faces and joints as negatives"
    )
    stage.set_defaults(run=_crops)

    stage = stages.add_parser("make", help="run recipes; stages that were done are kept")
    stage.add_argument("recipes", nargs="+", metavar="MODEL.VARIANT")
    stage.add_argument("--crops", type=Path, required=True)
    stage.add_argument("--work", type=Path, required=True, help="folder for what stages leave")
    stage.add_argument("--floats", type=Path, default=FLOATS)
    stage.add_argument("--out", type=Path, default=MODELS)
    stage.set_defaults(run=_make)

    _add_last_stage(stages, "finish", "only the last stages, on int8 models there are", _finish)
    _add_last_stage(stages, "presence", "fit the presence of int8 models anew", _presence)


def _add_last_stage(stages: Any, name: str, does: str, run: Any) -> None:
    stage = stages.add_parser(name, help=does)
    stage.add_argument("recipes", nargs="+", metavar="MODEL.VARIANT")
    stage.add_argument("--crops", type=Path, required=True)
    stage.add_argument("--work", type=Path, required=True, help="folder for what stages leave")
    stage.add_argument("--floats", type=Path, default=FLOATS)
    stage.add_argument("--models", type=Path, default=MODELS, help="where the int8 models are")
    stage.add_argument("--out", type=Path, default=MODELS)
    stage.set_defaults(run=run)


def _add_measuring_stages(stages: Any) -> None:
    stage = stages.add_parser("evaluate", help="compare variants with their float originals")
    stage.add_argument("recipes", nargs="+", metavar="MODEL.VARIANT")
    stage.add_argument("--crops", type=Path, nargs="+", required=True)
    stage.add_argument("--pictures", type=int, default=96, help="at most so many of each folder")
    stage.add_argument("--floats", type=Path, default=FLOATS)
    stage.add_argument("--models", type=Path, default=MODELS)
    stage.add_argument("--out", type=Path, required=True, help="JSON file to write")
    stage.set_defaults(run=_evaluate)

    stage = stages.add_parser("hands", help="what hand networks see of blurred and lost hands")
    stage.add_argument("networks", type=Path, nargs="*", help="model files; the original is one")
    stage.add_argument("--clips", type=Path, nargs="*", default=[])
    stage.add_argument("--crops", type=Path, nargs="*", default=[], help="folders of crops")
    stage.add_argument("--empty", type=Path, nargs="*", default=[], help="folders of pictures")
    stage.add_argument("--pictures", type=int, default=160, help="at most so many of each folder")
    stage.add_argument("--models", type=Path, default=MODELS)
    stage.add_argument("--out", type=Path, required=True, help="JSON file to write")
    stage.set_defaults(run=_hands)

    stage = stages.add_parser("curve", help="one recipe with several settings")
    stage.add_argument("recipe", metavar="MODEL.VARIANT")
    stage.add_argument("--bits", type=float, nargs="*", default=[], help="of a weight")
    stage.add_argument("--removed", type=float, nargs="*", default=[], help="parts of the work")
    stage.add_argument("--crops", type=Path, required=True, help="to fit on")
    stage.add_argument("--work", type=Path, required=True, help="folder for what stages leave")
    stage.add_argument("--measure", type=Path, nargs="+", required=True, help="folders of crops")
    stage.add_argument("--pictures", type=int, default=96, help="at most so many of each folder")
    stage.add_argument("--models", type=Path, default=MODELS)
    stage.add_argument("--out", type=Path, default=MODELS, help="where the report is")
    stage.set_defaults(run=_curve)

    stage = stages.add_parser("report", help="measure all models and write the accuracy sheet")
    stage.add_argument("--crops", type=Path, nargs="*", default=[], help="folders of crops")
    stage.add_argument("--truths", type=Path, help="folder with annotations.json in it or below")
    stage.add_argument("--clips", type=Path, nargs="*", default=[], help="clips with one face")
    stage.add_argument("--pictures", type=int, default=96, help="at most so many of each folder")
    stage.add_argument("--models", type=Path, default=MODELS)
    stage.add_argument("--out", type=Path, default=MODELS, help="where REPORT.md goes")
    stage.add_argument(
        "--show", type=Path, nargs="*", default=[], help="pictures to show with their landmarks"
    )
    stage.add_argument("--only", nargs="*", default=[], help="models; others keep their figures")
    stage.add_argument(
        "--accuracy", action="store_true", help="keep memory and the times of dynamic range"
    )
    stage.add_argument("--redraw", action="store_true", help="write the page from old results")
    stage.set_defaults(run=_report)

    stage = stages.add_parser("latency", help="time all models, natively and in Chromium")
    stage.add_argument(
        "--pyodide", type=Path, nargs="+", required=True, help="folders with it and its packages"
    )
    stage.add_argument("--wheel", type=Path, required=True, help="the runtime's")
    stage.add_argument("--models", type=Path, default=MODELS)
    stage.add_argument("--processor", required=True, help="its name in the report")
    stage.add_argument("--out", type=Path, default=MODELS / "report")
    stage.set_defaults(run=_latency)


def main() -> int:
    """Run the stage that the command line names; 1 with a message where its input is wrong."""
    arguments = _parser().parse_args()
    try:
        arguments.run(arguments)
    except (OSError, ValueError) as error:  # CatalogueError and ModelError are ValueErrors
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
