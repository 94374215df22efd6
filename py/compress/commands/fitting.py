"""Commands that make models: cut crops, run recipes."""

# ruff: noqa: PLC0415 - see compress.commands

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from compress import catalogue as catalogues
from compress.commands import FLOATS, MODELS, Subparsers

if TYPE_CHECKING:
    from compress.recipe import Recipe


def crops(arguments: argparse.Namespace) -> None:
    """Cut training crops out of a folder of pictures."""
    from compress.data.crops import cut

    exclude = frozenset(arguments.exclude)
    folders = (arguments.pictures, arguments.floats, arguments.out)
    cut(*folders, arguments.subjects, exclude, arguments.distractors)


def make(arguments: argparse.Namespace) -> None:
    """Run recipes; stages that are done are kept."""
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


def finish(arguments: argparse.Namespace) -> None:
    """Run only the last stages, on the int8 models that are there."""
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


def points(arguments: argparse.Namespace) -> None:
    """Keep the points of the faces in crops that the blendshape network reads."""
    import numpy as np

    from compress.data.face_points import face_points

    np.save(arguments.out, face_points(arguments.crops, arguments.floats))


def expressions(arguments: argparse.Namespace) -> None:
    """Fit approximate blendshapes to what V2 and the blendshape network say of the same faces."""
    from compress.data.face_points import face_pairs
    from compress.fit import approximate_blendshapes as fit
    from compress.measure import expressions as agreement
    from holistic.inference import model_files
    from holistic.inference.blendshapes import Blendshapes
    from holistic.shared.model_sets import BLENDSHAPES

    teacher = Blendshapes(model_files.load(BLENDSHAPES, arguments.models))
    left_out = frozenset(arguments.exclude)
    pairs = face_pairs(arguments.crops, arguments.models, arguments.each, left_out)
    fits = fit.fitted(fit.faces_of(pairs, teacher, arguments.each))
    arguments.out.write_text(fit.module(fits, _FITTED), "utf-8")
    for folder in arguments.measure:
        others = face_pairs(folder, arguments.models)
        print(agreement.table(others, teacher, fits))


_FITTED = """\
Written by ``python -m compress expressions``, from the pictures that models/MODEL_CARD.md names:
means and standard deviations of features, and of each kind of blendshape the weights of the
features and then the bias."""


def presence(arguments: argparse.Namespace) -> None:
    """Fit only the presence, of the int8 models that are there."""
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


def add_to(commands: Subparsers) -> None:
    """Add these commands to the parser."""
    command = commands.add_parser("crops", help="cut training crops out of a folder of pictures")
    command.add_argument("pictures", type=Path)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--floats", type=Path, default=FLOATS, help="folder of float models")
    command.add_argument("--subjects", nargs="+", default=["hand", "face", "pose", "scene"])
    command.add_argument("--exclude", nargs="*", default=[], help="sources to leave out")
    command.add_argument(
        "--distractors", action="store_true", help="give hands faces and joints as negatives"
    )
    command.set_defaults(run=crops)

    command = commands.add_parser("points", help="what the blendshape network reads of faces")
    command.add_argument("--crops", type=Path, required=True, help="with the subject face_v2")
    command.add_argument("--floats", type=Path, default=FLOATS, help="folder of float models")
    command.add_argument("--out", type=Path, required=True, help="a .npy file")
    command.set_defaults(run=points)

    command = commands.add_parser("expressions", help="fit approximate blendshapes of the mesh")
    command.add_argument("--crops", type=Path, required=True, help="with the subject face_v2")
    command.add_argument("--exclude", nargs="*", default=[], help="sources to leave out")
    command.add_argument("--each", type=int, default=6, help="variations of each face")
    command.add_argument("--models", type=Path, default=MODELS)
    command.add_argument("--measure", type=Path, nargs="*", default=[], help="crops of others")
    command.add_argument("--out", type=Path, required=True, help="approximate_weights.py")
    command.set_defaults(run=expressions)

    command = commands.add_parser("make", help="run recipes; stages that are done are kept")
    _add_work(command)
    command.set_defaults(run=make)

    command = commands.add_parser("finish", help="only the last stages, on int8 models there are")
    _add_work(command)
    command.add_argument("--models", type=Path, default=MODELS, help="where the int8 models are")
    command.set_defaults(run=finish)

    command = commands.add_parser("presence", help="fit the presence of int8 models anew")
    _add_work(command)
    command.add_argument("--models", type=Path, default=MODELS, help="where the int8 models are")
    command.set_defaults(run=presence)


def _add_work(command: argparse.ArgumentParser) -> None:
    command.add_argument("recipes", nargs="+", metavar="MODEL.VARIANT")
    command.add_argument("--crops", type=Path, required=True)
    command.add_argument("--work", type=Path, required=True, help="folder for what stages leave")
    command.add_argument("--floats", type=Path, default=FLOATS)
    command.add_argument("--out", type=Path, default=MODELS)
