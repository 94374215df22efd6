"""Command line of the toolchain: ``python -m compress <command> ...``; see ``--help``.

The commands ``originals`` and ``float`` make the float models and need little; the others need the
dependency group ``compress``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from compress.commands import MODELS, files, fitting, measuring


def parser() -> argparse.ArgumentParser:
    """The one parser; each command sets ``run``, a function of the parsed arguments."""
    whole = argparse.ArgumentParser(prog="python -m compress", description=__doc__)
    whole.add_argument("--catalogue", type=Path, default=MODELS / "models.toml")
    commands = whole.add_subparsers(required=True)
    for group in (files, fitting, measuring):
        group.add_to(commands)
    return whole


def main() -> int:
    """Run the command that the command line names; 1 with a message where its input is wrong."""
    arguments = parser().parse_args()
    try:
        arguments.run(arguments)
    except (OSError, ValueError) as error:  # CatalogueError and ModelError are ValueErrors
        print(error, file=sys.stderr)
        return 1
    return 0
