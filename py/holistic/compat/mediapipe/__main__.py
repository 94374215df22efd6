"""Run a program with ``import mediapipe`` being ours.

``python -m holistic.compat.mediapipe PROGRAM ARGUMENTS`` or ``-m MODULE ARGUMENTS``.
"""

from __future__ import annotations

import argparse
import runpy
import sys
from importlib.metadata import entry_points
from pathlib import Path

from holistic.compat.mediapipe.import_hook import install

_PARSER = argparse.ArgumentParser(
    prog="python -m holistic.compat.mediapipe",
    description="Run a Python program whose 'import mediapipe' is this tracker.",
    epilog="What follows the program or the module is for the program.",
)
_PARSER.add_argument(
    "--override", action="store_true", help="also where the real mediapipe is installed"
)
_PARSER.add_argument("-m", dest="module", metavar="MODULE", help="run a module, as python -m does")
_PARSER.add_argument(
    "program", nargs="?", help="a Python file, or an installed command such as video_to_pose"
)
_PARSER.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and those of the program.

    Ours end with the module or the program; argparse would take the program's options for ours.
    """
    for index, word in enumerate(words):
        if word == "-m":
            return words[: index + 2], words[index + 2 :]
        if not word.startswith("-"):
            return words[: index + 1], words[index + 1 :]
    return words, []


def main(words: list[str]) -> None:
    """Run the program that the words of a command line name."""
    own, others = _split(words)
    options = _PARSER.parse_args(own)
    if not (options.module or options.program):
        _PARSER.error("name a program, or a module with -m")
    try:
        install(override=options.override)
    except RuntimeError as error:
        _PARSER.error(str(error))
    if options.module:
        sys.argv = [options.module, *others]
        sys.path[0] = ""
        runpy.run_module(options.module, run_name="__main__", alter_sys=True)
    else:
        _run(options.program, others)


def _run(program: str, arguments: list[str]) -> None:
    """Run a file, or a command that a package installed."""
    path = Path(program)
    if path.exists():
        sys.argv = [program, *arguments]
        sys.path[0] = str(path.resolve() if path.is_dir() else path.resolve().parent)
        runpy.run_path(program, run_name="__main__")
        return
    commands = tuple(entry_points(group="console_scripts", name=program))
    if not commands:
        _PARSER.error(f"there is no file {program}, and no installed command of that name")
    sys.argv = [program, *arguments]
    sys.exit(commands[0].load()())


if __name__ == "__main__":
    main(sys.argv[1:])
