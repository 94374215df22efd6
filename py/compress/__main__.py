"""Command line of the toolchain: ``python -m compress <stage> ...``; see ``--help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from compress import catalogue as catalogues
from compress import originals

MODELS = Path(__file__).resolve().parents[2] / "models"


def _archive(argument: str) -> tuple[str, Path]:
    name, separator, path = argument.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("expected NAME=FILE")
    return name, Path(path)


def _originals(arguments: argparse.Namespace) -> None:
    catalogue = catalogues.read(arguments.catalogue)
    names = dict.fromkeys(model.original for model in catalogue.variant("float"))
    for path in originals.extract(catalogue, dict(arguments.archive), arguments.out, names):
        print(path)


def _float(arguments: argparse.Namespace) -> None:
    from compress import float_models  # needs NumPy and the schema, which `originals` does not

    catalogue = catalogues.read(arguments.catalogue)
    for path in float_models.build(catalogue, arguments.originals, arguments.out):
        print(path)


def main() -> int:
    """Run the stage that the command line names; 1 with a message where its input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m compress", description=__doc__)
    parser.add_argument("--catalogue", type=Path, default=MODELS / "models.toml")
    stages = parser.add_subparsers(required=True)

    stage = stages.add_parser("originals", help="take MediaPipe's models out of its packages")
    stage.add_argument("archive", nargs="+", type=_archive, metavar="NAME=FILE")
    stage.add_argument("--out", type=Path, required=True)
    stage.set_defaults(run=_originals)

    stage = stages.add_parser("float", help="fold and trim the originals")
    stage.add_argument("--originals", type=Path, required=True)
    stage.add_argument("--out", type=Path, default=MODELS / "float")
    stage.set_defaults(run=_float)

    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except ValueError as error:  # CatalogueError, ModelError
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
