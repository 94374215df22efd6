"""The peers' packages: a folder of pages for the browser, and MediaPipe's Python environment."""

import importlib.metadata
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bench import FOLDER, SkippedError, task_bundle
from builder import BuildError, downloads, environment, site
from compress import catalogue
from compress.tflite import originals

PINS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("pins.toml").read_text("utf-8"))
PAGES = Path(__file__).with_name("pages")
POSES = ("pose_landmark_lite", "pose_landmark_full")
"""The pose model of each complexity, 0 and 1."""
NPM_PEERS = ("tasks-vision", "human", "human-models", "tfjs-wasm", "litert", "litert-utils")
"""The pinned packages that the pages load, each from the folder of its name."""
LITERT_MODELS = ("pose_detection", *POSES, "face_landmark", "hand_landmark_full")
"""The original models that LiteRT.js's page loads as they are."""


def pages() -> Path:
    """The folder with the peers' pages, their libraries and models, made anew where needed."""
    folder = FOLDER / "pages"
    shutil.copytree(PAGES, folder, dirs_exist_ok=True)
    for name in NPM_PEERS:
        pin = PINS[name]
        tarball = downloads.npm_package(pin["package"], pin["version"], pin["sha256"])
        unpack(tarball, folder / name, pin["files"])
    unpack(_original_archives()["npm"], folder / "legacy")
    (folder / "originals").mkdir(exist_ok=True)
    for original in _originals(*LITERT_MODELS):
        shutil.copy(original, folder / "originals")
    for complexity, pose in enumerate(POSES):
        bundle = folder / f"holistic_{complexity}.task"
        if not bundle.exists():
            _originals()
            task_bundle.write(bundle, site.ORIGINALS, pose)
    return folder


def versions() -> dict[str, str]:
    """What the peers are made of, and what our native tracker computes with."""
    pinned = {PINS[name]["package"]: PINS[name]["version"] for name in NPM_PEERS}
    mediapipe, _, version = PINS["mediapipe"]["requirements"][0].partition("==")
    litert = "ai-edge-litert"
    return {**pinned, mediapipe: version, litert: importlib.metadata.version(litert)}


def mediapipe_python() -> Path:
    """A Python that has mp.solutions.holistic; raises SkippedError where none can be made."""
    folder = FOLDER / "venv"
    executable = folder / "bin" / "python"
    if (folder / "ready").exists():
        return executable
    pin = PINS["mediapipe"]
    command = [_old_python(pin["pythons"]), "-m", "venv", "--clear", str(folder)]
    print("installing mediapipe in an environment of its own", flush=True)
    pip = [str(executable), "-E", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    try:
        environment.run(command)
        environment.run([*pip, *pin["requirements"]])
    except BuildError as error:
        raise SkippedError(f"mediapipe could not be installed: {error}") from error
    # The wheel lacks this one and would download it at its first use.
    (lite,) = _originals(POSES[0])
    (modules,) = folder.glob("lib/*/site-packages/mediapipe/modules/pose_landmark")
    shutil.copy(lite, modules)
    (folder / "ready").touch()
    return executable


def _old_python(versions: list[str]) -> str:
    """A Python that mediapipe has wheels for."""
    for name in (sys.executable, *(f"python{version}" for version in versions)):
        if (path := shutil.which(name)) and _version(path) in versions:
            return path
    raise SkippedError(f"mediapipe needs Python {' or '.join(versions)}, and there is none here")


def _version(python: str) -> str:
    query = "import sys; print('%d.%d' % sys.version_info[:2])"
    result = subprocess.run([python, "-c", query], capture_output=True, text=True)
    return result.stdout.strip()


def _original_archives() -> dict[str, Path]:
    return site.archives(catalogue.read(site.CATALOGUE))


def _originals(*names: str) -> list[Path]:
    """The original models named, or all."""
    models = catalogue.read(site.CATALOGUE)
    wanted = names or [original.name for original in models.originals]
    return originals.extract(models, _original_archives(), site.ORIGINALS, wanted)


def unpack(tarball: Path, folder: Path, patterns: Sequence[str] = ("*",)) -> None:
    """The files of an npm package that match any of the patterns, unless they are there."""
    if folder.exists():
        return
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    with tarfile.open(tarball) as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            if any(fnmatchcase(name, pattern) for pattern in patterns):
                archive.extract(member, part, filter="data")
    (part / "package").rename(folder)
    part.rmdir()
