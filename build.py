#!/usr/bin/env python3
"""Holistic Tracking's one entry point; ``--help`` lists its commands.

Needs Python 3.11 or newer with pip, and npm; everything else it fetches, pinned and verified,
into .venv, build/ and the user's cache. Standard library only.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - said before a newer syntax fails to parse
    sys.exit(f"build.py needs Python 3.11 or newer; this is {sys.version.split()[0]}")

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "py"))

from builder import (  # noqa: E402
    BuildError,
    checks,
    documentation,
    encodings,
    environment,
    npm,
    server,
    site,
)
from builder import package as packages  # noqa: E402
from builder import release as releases  # noqa: E402

PASSING_ON = ("test", "bench", "endurance", "evaluate")
"""Commands that hand their arguments on."""
TEST_GROUPS = ("bench", "browser-test", "compress")
"""Groups of dependencies that tests and checks need."""
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""How pytest runs all tests: two files at a time, those of the browser, which take long, first."""
BROTLI = "lay each file's Brotli beside it, for hosts that send such (nginx: brotli_static)"
REPORT = "write models/REPORT.md: from new measurements, or without arguments from the last ones"


def serve(options: argparse.Namespace) -> None:
    """Build what is missing and serve the site on 127.0.0.1."""
    folder = _site()
    try:
        http = server.make_server(folder, options.port)
    except OSError as error:
        raise BuildError(
            f"port {options.port} cannot be used ({error.strerror}): "
            "name a free one with --port N, or --port 0 for any"
        ) from error
    print(f"open http://127.0.0.1:{http.server_port}/   (Ctrl-C ends it)", flush=True)
    try:
        http.serve_forever()
    except KeyboardInterrupt:
        print()


def build(options: argparse.Namespace) -> None:
    """Make the static site in a folder that any host can serve."""
    folder = site.build(options.out.resolve())
    if options.brotli:
        encodings.lay_beside(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"built {folder} ({size / 1e6:.1f} MB)")


def check(options: argparse.Namespace) -> int:
    """Read all sources without running them: types, lint, declarations, links, names of files."""
    return 0 if checks.run(checks.steps(environment.python(*TEST_GROUPS))) else 1


def test(options: argparse.Namespace) -> int:
    """Check, install what the tests need, three browsers too, and run them (pytest's arguments)."""
    if not options.arguments and check(options):
        return 1
    python = environment.python(*TEST_GROUPS)
    os.environ["CHROMIUM"] = str(environment.chromium())
    os.environ["FIREFOX"] = str(environment.firefox() or "")
    environment.webkit()
    environment.web_servers()
    _site()
    command = [str(python), "-m", "pytest", *(options.arguments or SIDE_BY_SIDE)]
    return subprocess.run(command, cwd=ROOT).returncode


def docs(options: argparse.Namespace) -> None:
    """Make the documentation site; a link that leads nowhere stops it."""
    print(f"built {documentation.build()}: open index.html there, or docs/ of the built site")


def bench(options: argparse.Namespace) -> int:
    """Measure the site and its alternatives on the same frames (40 minutes; -- --help)."""
    python = environment.python("browser-test", "bench")
    os.environ["CHROMIUM"] = str(environment.chromium())
    _site()
    command = [str(python), "-m", "bench", *options.arguments]
    return subprocess.run(command, cwd=ROOT, env=_with_our_packages()).returncode


def endurance(options: argparse.Namespace) -> int:
    """Watch the tracker's memory over an hour of video, natively or in Pyodide (-- --help)."""
    site.build()
    command = [str(environment.python("bench")), "-m", "bench.endurance", *options.arguments]
    return subprocess.run(command, cwd=ROOT, env=_with_our_packages()).returncode


def evaluate(options: argparse.Namespace) -> int:
    """Measure the tracker on pictures with ground truth, beside MediaPipe (-- --help)."""
    site.build_models()
    command = [str(environment.python("bench")), "-m", "evaluate", *options.arguments]
    return subprocess.run(command, env=_with_our_packages()).returncode


def models(options: argparse.Namespace) -> int:
    """Make the models that are not there yet; --report: measure them all (-- --help)."""
    for model, path in site.build_models().items():
        print(f"{model.name:24} {path.stat().st_size / 1e6:7.2f} MB  {path.relative_to(ROOT)}")
    if not options.report:
        return 0
    python = environment.python("bench")
    command = [str(python), "-m", "compress", "report", *(options.arguments or ["--redraw"])]
    return subprocess.run(command, cwd=ROOT, env=_with_our_packages()).returncode


def package(options: argparse.Namespace) -> None:
    """Make the packages for pip, micropip and npm in dist/, and an index for any host."""
    folder = options.out.resolve()
    for path in [*packages.build(folder), *npm.build(folder / npm.APART, site.build())]:
        print(f"{path.stat().st_size / 1e6:7.2f} MB  {path}")


def release(options: argparse.Namespace) -> None:
    """Make everything that is published in dist/: packages, site, checksums, bill, changes."""
    for path in releases.build(options.out.resolve(), options.wheels and options.wheels.resolve()):
        print(f"{path.stat().st_size / 1e6:7.2f} MB  {path}")


def wheels(options: argparse.Namespace) -> None:
    """Rebuild the WebAssembly wheels from source (a Debian chroot; about half an hour)."""
    environment.run([sys.executable, str(ROOT / "py" / "tflite_runtime" / "make.py")])


def video(options: argparse.Namespace) -> None:
    """Rebuild the video reader's wheel from source (Linux x86_64; about ten minutes)."""
    environment.run([sys.executable, str(ROOT / "py" / "video_runtime" / "make.py")])


def _site() -> Path:
    """The site, built and ready to be served as a host does that compresses."""
    folder = site.build()
    encodings.prepare(folder)
    return folder


def _with_our_packages() -> dict[str, str]:
    """The environment in which Python finds those packages of ours that are not installed."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "py")}


COMMANDS = (
    serve,
    build,
    check,
    test,
    docs,
    bench,
    endurance,
    evaluate,
    models,
    package,
    release,
    wheels,
    video,
)


def main() -> int:
    """Run the command named on the command line; 0 if it went well."""
    parser = argparse.ArgumentParser(description="Holistic Tracking's one entry point.")
    commands = parser.add_subparsers(dest="command", required=True)
    for function in COMMANDS:
        name, summary = function.__name__, (function.__doc__ or "").strip()
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(function=function)
    commands.choices["serve"].add_argument("--port", type=int, default=8000, metavar="N")
    commands.choices["models"].add_argument("--report", action="store_true", help=REPORT)
    commands.choices["build"].add_argument("--out", type=Path, default=site.SITE, metavar="FOLDER")
    commands.choices["build"].add_argument("--brotli", action="store_true", help=BROTLI)
    for name in ("package", "release"):
        commands.choices[name].add_argument(
            "--out", type=Path, default=packages.DIST, metavar="FOLDER"
        )
    commands.choices["release"].add_argument(
        "--wheels", type=Path, metavar="FOLDER", help="wheels of other machines, which join it"
    )
    options, rest = parser.parse_known_args()
    if options.command in PASSING_ON or getattr(options, "report", False):
        options.arguments = [argument for argument in rest if argument != "--"]
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return options.function(options) or 0
    except BuildError as error:
        print(f"build.py {options.command}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
