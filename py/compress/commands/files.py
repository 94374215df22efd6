"""Commands on single .tflite files: make the float models, convert, describe."""

# ruff: noqa: PLC0415 - see compress.commands

from __future__ import annotations

import argparse
from pathlib import Path

from compress import catalogue as catalogues
from compress.commands import MODELS, Subparsers


def originals(arguments: argparse.Namespace) -> None:
    """Take MediaPipe's models out of its packages."""
    from compress.tflite.originals import extract

    catalogue = catalogues.read(arguments.catalogue)
    models = (*catalogue.variant("float"), *catalogue.variant("student"))
    names = dict.fromkeys(model.original for model in models)
    for path in extract(catalogue, dict(arguments.archive), arguments.out, names):
        print(path)


def make_float(arguments: argparse.Namespace) -> None:
    """Fold and trim the originals; undo a quantization."""
    from compress.tflite import float_models

    catalogue = catalogues.read(arguments.catalogue)
    folders = (arguments.originals, arguments.models, arguments.out or MODELS / arguments.variant)
    for path in float_models.build(catalogue, *folders, arguments.variant):
        print(path)


def convert(arguments: argparse.Namespace) -> None:
    """Fold and trim any one model."""
    from compress.tflite import float_models

    name, content = str(arguments.model), arguments.model.read_bytes()
    arguments.out.write_bytes(float_models.convert(content, arguments.outputs, name))


def dequantize(arguments: argparse.Namespace) -> None:
    """Give an int8 model in float arithmetic."""
    from compress.tflite import float_models, model_file

    content = model_file.read(arguments.model)
    arguments.out.write_bytes(float_models.dequantized(content, str(arguments.model)))


def dynamic(arguments: argparse.Namespace) -> None:
    """Give a weight-only int8 model as a dynamic-range one."""
    from compress.tflite import model_file
    from compress.tflite.dynamic import dynamic_range

    content = model_file.read(arguments.model)
    arguments.out.write_bytes(dynamic_range(content, str(arguments.model)))


def weights(arguments: argparse.Namespace) -> None:
    """Store the weights of a float model as int8, compressed, without tokens that nobody reads.

    With samples of its input, pairs of convolutions compute in int8 too.
    """
    import numpy as np

    from compress.tflite import model_file
    from compress.tflite.packing import packed
    from compress.tflite.single_token import compute_first_token
    from compress.tflite.static_pairs import with_static_pairs
    from compress.tflite.weights import rounded

    model = model_file.load(arguments.model)
    compute_first_token(model)
    content = model_file.serialize(model)
    if arguments.samples:
        content = with_static_pairs(content, np.load(arguments.samples))
    content = rounded(content, arguments.keep, str(arguments.model))
    arguments.out.write_bytes(packed(content))


def describe(arguments: argparse.Namespace) -> None:
    """List a model's operators and its cost."""
    from compress.tflite import model_file
    from compress.tflite.cost import cost

    model = model_file.load(arguments.model)
    graph = model.subgraphs[0]
    for position, operator in enumerate(graph.operators):
        sizes = [model_file.shape(graph.tensors[index]) for index in operator.outputs]
        print(position, model_file.operator_name(model, operator), *sizes)
    print(cost(model))


def add_to(commands: Subparsers) -> None:
    """Add these commands to the parser."""
    command = commands.add_parser("originals", help="take MediaPipe's models out of its packages")
    command.add_argument("archive", nargs="+", type=_archive, metavar="NAME=FILE")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=originals)

    command = commands.add_parser("float", help="fold and trim the originals; undo a quantization")
    command.add_argument("--originals", type=Path, required=True)
    command.add_argument("--models", type=Path, default=MODELS, help="where the int8 models are")
    command.add_argument("--variant", choices=("float", "student", "pruned"), default="float")
    command.add_argument("--out", type=Path, help="the folder of the variant in models/ by default")
    command.set_defaults(run=make_float)

    command = commands.add_parser("convert", help="fold and trim any one model")
    command.add_argument("model", type=Path)
    command.add_argument("--outputs", type=int, nargs="+", required=True, help="positions to keep")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=convert)

    command = commands.add_parser("dequantize", help="an int8 model in float arithmetic")
    command.add_argument("model", type=Path)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=dequantize)

    command = commands.add_parser("dynamic", help="a weight-only int8 model as a dynamic-range one")
    command.add_argument("model", type=Path)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=dynamic)

    command = commands.add_parser("weights", help="a float model with weights stored as int8")
    command.add_argument("model", type=Path)
    command.add_argument("--keep", type=int, nargs="*", default=[], help="operators to leave alone")
    command.add_argument(
        "--samples", type=Path, help="inputs (.npy): compute pairs of convolutions in int8"
    )
    command.add_argument("--out", type=Path, required=True, help="a .tflite.gz file")
    command.set_defaults(run=weights)

    command = commands.add_parser("describe", help="list a model's operators and its cost")
    command.add_argument("model", type=Path)
    command.set_defaults(run=describe)


def _archive(argument: str) -> tuple[str, Path]:
    name, separator, path = argument.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("expected NAME=FILE")
    return name, Path(path)
