"""The packages for pip, installed where there is no checkout and no network."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from email.parser import Parser
from pathlib import Path

import pytest
from installed import Installed, wheel

from builder import ROOT, downloads, package, site
from holistic import __version__

PICTURE = ROOT / "tests" / "media" / "signing.jpg"
CLIP = ROOT / "tests" / "media" / "intel__milk.mkv"


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    names = ("holistic_tracking", "holistic_tracking_models", "holistic_tracking_models_heavy")
    wheels = [wheel(dist, name) for name in names]
    return Installed(tmp_path_factory.mktemp("environment"), wheels)


@pytest.fixture
def python(installed: Installed, tmp_path: Path) -> Callable[[str], str]:
    """Runs a program in the environment, in an empty folder; what it prints."""

    def run(program: str) -> str:
        done = installed.run(["python", "-c", program], tmp_path, XDG_CACHE_HOME=str(tmp_path))
        assert not done.returncode, done.stderr
        return done.stdout.strip()

    return run


def landmarks(file: Path) -> object:
    document = json.loads(file.read_text())
    return {name: value for name, value in document.items() if name != "source"}


def test_the_command_gives_the_landmarks_of_the_checkout_in_any_folder(
    installed: Installed, tmp_path: Path
) -> None:
    clip = Path(shutil.copy(CLIP, tmp_path))
    cache = {"XDG_CACHE_HOME": str(tmp_path)}  # what is fastest is the same for both
    done = installed.run(["holistic", clip.name, "--out", "landmarks.json"], tmp_path, **cache)
    assert not done.returncode, done.stderr
    ours = [sys.executable, "-m", "holistic", clip, "--out", tmp_path / "checkout.json"]
    subprocess.run(ours, env={**os.environ, "PYTHONPATH": str(ROOT / "py"), **cache}, check=True)
    found = landmarks(tmp_path / "landmarks.json")
    assert found == landmarks(tmp_path / "checkout.json")
    assert any(frame["people"] for frame in found["frames"])  # type: ignore[index]


def test_the_command_tells_its_version(installed: Installed, tmp_path: Path) -> None:
    assert installed.run(["holistic", "--version"], tmp_path).stdout == f"holistic {__version__}\n"


def test_the_tracker_is_imported_from_the_package_with_its_compiled_modules(
    installed: Installed, python: Callable[[str], str]
) -> None:
    told = python(
        "import holistic; from holistic import Tracker, __version__\n"
        "from holistic.batch import jpeg_scans\n"
        "from holistic.inference import model_files, native_warp\n"
        "compiled = native_warp.compiled, jpeg_scans.compiled\n"
        "print(holistic.__file__, model_files.folder(), *(each.__file__ for each in compiled), "
        "sep='\\n')"
    )
    assert all(Path(line).is_relative_to(installed.packages) for line in told.splitlines())
    assert (installed.packages / "holistic" / "py.typed").exists()


def test_every_model_of_every_variant_is_inside(python: Callable[[str], str]) -> None:
    models = site.all_models()
    names = sorted((model.name, model.variant) for model in models)
    told = python(
        "import hashlib\nfrom holistic.inference.model_files import load\n"
        f"for name, variant in {names}: "
        "print(hashlib.sha256(load(name, variant=variant)).hexdigest())"
    )
    paths = {(model.name, model.variant): path for model, path in models.items()}
    unpacked = [site.gzip.decompress(site.gzipped(model, path)) for model, path in models.items()]
    expected = dict(zip(paths, unpacked, strict=True))
    assert told.split() == [hashlib.sha256(expected[name]).hexdigest() for name in names]


def test_nothing_is_written_where_it_is_installed(
    installed: Installed, python: Callable[[str], str]
) -> None:
    before = sorted(installed.packages.rglob("*"))
    python("from holistic import Tracker\nwith Tracker(parts=('pose',)): pass")
    assert sorted(installed.packages.rglob("*")) == before


@pytest.mark.parametrize("content", [None, b"damaged"])
def test_a_lost_or_damaged_model_is_installed_again(
    installed: Installed, tmp_path: Path, content: bytes | None
) -> None:
    file = installed.packages / "holistic_models" / "float" / "hand_recrop.tflite.planes.gz"
    kept = file.read_bytes()
    try:
        file.unlink() if content is None else file.write_bytes(content)
        command: list[str | Path] = ["holistic", PICTURE, "--out", "x.json", "--variant", "float"]
        done = installed.run(command, tmp_path)
    finally:
        file.write_bytes(kept)
    assert done.returncode == 2
    assert "hand_recrop.tflite" in done.stderr
    assert "pip install --force-reinstall --no-deps holistic-tracking-models" in done.stderr
    assert "build.py" not in done.stderr


def test_complexity_2_without_its_models_says_what_to_install(
    installed: Installed, tmp_path: Path
) -> None:
    package = installed.packages / "holistic_models_heavy"
    hidden = package.rename(package.with_name("hidden"))
    try:
        command: list[str | Path] = ["holistic", PICTURE, "--out", "x.json", "--complexity", "2"]
        done = installed.run(command, tmp_path)
    finally:
        hidden.rename(package)
    assert done.returncode == 2
    assert 'pip install "holistic-tracking[heavy]"' in done.stderr


def test_complexity_2_needs_its_models_alone(installed: Installed, tmp_path: Path) -> None:
    command: list[str | Path] = ["holistic", PICTURE, "--out", "x.json", "--complexity", "2"]
    done = installed.run(command, tmp_path)
    assert not done.returncode, done.stderr
    assert json.loads((tmp_path / "x.json").read_text())["frames"][0]["people"]


def test_a_models_folder_that_lacks_one_is_named(installed: Installed, tmp_path: Path) -> None:
    command: list[str | Path] = ["holistic", PICTURE, "--out", "x.json"]
    done = installed.run(command, tmp_path, HOLISTIC_MODELS=str(tmp_path))
    assert done.returncode == 2
    assert f"do not name {tmp_path}" in done.stderr


def test_made_twice_they_are_the_same_byte_for_byte(dist: Path, tmp_path: Path) -> None:
    package.build(tmp_path, Path(sys.executable))

    def hashes(folder: Path) -> dict[str, str]:
        found = [path for path in folder.rglob("*") if path.is_file()]
        return {str(path.relative_to(folder)): downloads.sha256(path) for path in found}

    assert hashes(tmp_path) == hashes(dist)


def test_the_tracker_requires_the_models_in_this_very_version(dist: Path) -> None:
    def about(name: str) -> dict[str, list[str]]:
        with zipfile.ZipFile(wheel(dist, name)) as archive:
            (path,) = (each for each in archive.namelist() if each.endswith("/METADATA"))
            message = Parser().parsestr(archive.read(path).decode())
        return {key: message.get_all(key) or [] for key in message}

    tracker, models = about("holistic_tracking"), about("holistic_tracking_models")
    (version,) = models["Version"]
    required = f"holistic-tracking-models=={version}"
    assert any(line.startswith(required) for line in tracker["Requires-Dist"])
    assert tracker["Requires-Python"] == models["Requires-Python"] == [">=3.11"]
    assert tracker["License-File"] == models["License-File"] == ["LICENSE", "NOTICE"]


def test_models_for_browsers_have_the_version_of_all_models(dist: Path) -> None:
    names = (wheel(dist, f"holistic_tracking_models{kind}").name for kind in ("", "_auto"))
    assert len({name.split("-")[1] for name in names}) == 1


def pip(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_pip_takes_the_wheel_for_this_machine_from_the_index(
    dist: Path, package_index: str, tmp_path: Path
) -> None:
    done = pip(
        *("download", "--no-deps", "--index-url", package_index, "--dest", tmp_path),
        *("holistic-tracking", "holistic-tracking-models"),
    )
    assert not done.returncode, done.stderr
    expected = {
        wheel(dist, name).name for name in ("holistic_tracking", "holistic_tracking_models")
    }
    assert {path.name for path in tmp_path.iterdir()} == expected


def test_a_python_that_is_too_old_is_named(package_index: str, tmp_path: Path) -> None:
    done = pip(
        *("download", "--no-deps", "--index-url", package_index, "--dest", tmp_path),
        *("--python-version", "3.10", "holistic-tracking"),
    )
    assert done.returncode
    assert "require a different python version: 0.1.0 Requires-Python >=3.11" in done.stderr


@pytest.mark.parametrize("name", ["", "_runtime", "_kernels"])
def test_a_wheel_for_pyodide_is_refused_on_other_machines(
    dist: Path, tmp_path: Path, name: str
) -> None:
    (path,) = dist.glob(f"holistic_tracking{name}-*_wasm32.whl")
    done = pip("install", "--no-deps", "--target", tmp_path, path)
    assert done.returncode
    assert "is not a supported wheel on this platform" in done.stderr


def test_package_indexes_accept_what_is_beside_the_index(dist: Path) -> None:
    platforms = [path.stem.rpartition("-")[2] for path in dist.glob("*_wasm32.whl")]
    assert platforms == ["pyemscripten_2025_0_wasm32.pyemscripten_2026_0_wasm32"] * 3


def test_no_linux_refuses_the_wheel(dist: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the wheel is of another system")
    assert "cp311-abi3-manylinux_2_" in wheel(dist, "holistic_tracking").name


def test_the_sdist_has_what_the_wheel_is_made_of(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    modules = {"py/holistic/batch/jpeg_module.c", "py/holistic/inference/warp_module.c"}
    wanted = modules | {"setup.py", "py/kernels/warp.c", "py/holistic/inference/warp_x86.h"}
    assert wanted | {"py/holistic/py.typed", "LICENSE", "NOTICE"} <= names
