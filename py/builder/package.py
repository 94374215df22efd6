"""The packages for pip: the tracker's wheel and sdist, and the wheel of its models.

The tracker's wheel has a compiled warp and is made once for each kind of machine; the models are
the same for all, and change seldom: so they are a wheel of their own, which the tracker's requires
in one exact version. Both are made from copies of the sources that they consist of, in a folder
that is new each time, so that nothing left by an earlier build gets into them. Made twice they are
the same byte for byte: order, dates, modes and owners of what is in the archives are fixed.
"""

import gzip
import hashlib
import io
import os
import re
import shutil
import stat
import tarfile
import tempfile
import time
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

from builder import BUILD, ROOT, BuildError, constants, deltas, environment, site
from compress.catalogue import Model

DIST = ROOT / "dist"
SOURCES = (
    *("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "NOTICE"),
    *("py/kernels/warp.c", "py/holistic"),
)
"""What the tracker's package is made of."""
MODELS = ROOT / "py" / "models"
LIMIT = 40_000_000
"""How many bytes both wheels may have together."""

_EPOCH = 315532800  # 1980, where zip's dates begin
_LITTER = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.so", "*.pyd")
_SYSTEM = {"libc.so.6", "libm.so.6", "libpthread.so.0"}
_OLDEST_GLIBC = 17  # 2.17, the oldest that packages are named for


def build(folder: Path = DIST, python: Path | None = None) -> list[Path]:
    """Make both wheels and the sdist in ``folder``, replacing those of an earlier build.

    ``python`` has setuptools; without it that of the virtual environment gets it.

    Raises:
        BuildError: something failed, or the wheels are too large.
    """
    python = python or environment.python("package")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("holistic_tracking*"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="holistic-package-") as name:
        code, models, made = (Path(name) / each for each in ("code", "models", "made"))
        made.mkdir()
        _stage_code(code)
        _stage_models(models)
        for project in (code, models):
            _run_setuptools(python, "build_wheel", project, made)
        _run_setuptools(python, "build_sdist", code, made)
        files = [_finished(path, folder) for path in sorted(made.iterdir())]
    size = sum(path.stat().st_size for path in files if path.suffix == ".whl")
    if size > LIMIT:
        raise BuildError(f"the wheels have {size:,} bytes together: {LIMIT:,} is the limit")
    return files


def _stage_code(folder: Path) -> None:
    for name in SOURCES:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=_LITTER)
        else:
            shutil.copy(source, target)


def _stage_models(folder: Path) -> None:
    shutil.copytree(MODELS, folder, ignore=_LITTER)
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder)
    sets = constants.loaded(constants.SHARED / "model_sets.py")
    models = {
        model.path: (model, path)
        for model, path in site.all_models().items()
        if not (model.variant == sets.FLOAT and model.name in sets.SMALL_ONLY)
    }
    for model, path in models.values():
        target = folder / "src" / "holistic_models" / model.variant
        target.mkdir(exist_ok=True)
        base = models.get(f"{model.variant}/{deltas.BASE.format(model.name)}.tflite")
        if base:
            content, name = _delta(model, path, *base), f"{model.name}.tflite{deltas.SUFFIX}.gz"
        else:
            content, name = site.gzipped(model, path), f"{model.name}.tflite.gz"
        (target / name).write_bytes(content)


def _delta(model: Model, path: Path, base: Model, base_path: Path) -> bytes:
    """The gzip of a model's difference from its base, kept in the build folder."""
    kept = BUILD / "gzip" / f"{model.sha256}-{base.sha256}.gz"
    if not kept.exists():
        delta = deltas.difference(path.read_bytes(), base_path.read_bytes())
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(gzip.compress(delta, 9, mtime=0))
    return kept.read_bytes()


def _run_setuptools(python: Path, hook: str, project: Path, out: Path) -> None:
    """Call a hook of PEP 517 for the project, without the network."""
    code = f"import sys; from setuptools import build_meta; build_meta.{hook}(sys.argv[1])"
    quiet = {**os.environ, "SOURCE_DATE_EPOCH": str(_epoch()), "PYTHONHASHSEED": "0"}
    quiet.pop("HOLISTIC_PURE", None)
    environment.run(
        [str(python), "-c", code, str(out)], cwd=project, env=quiet, capture_output=True
    )


def _epoch() -> int:
    """The date of all that is in the packages, in seconds."""
    return max(_EPOCH, int(os.environ.get("SOURCE_DATE_EPOCH", _EPOCH)))


def _finished(path: Path, folder: Path) -> Path:
    return (_wheel if path.suffix == ".whl" else _sdist)(path, folder)


def _wheel(made: Path, folder: Path) -> Path:
    """The wheel with everything about its files fixed, named for all Linuxes that it runs on."""
    with zipfile.ZipFile(made) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
    (about,) = (name for name in files if name.endswith(".dist-info/WHEEL"))
    name = made.name
    if (tag := _manylinux(files)) and "-linux_" in name:
        name = re.sub(r"-linux_(\w+)\.whl$", rf"-{tag}_\1.whl", name)
        files[about] = re.sub(rb"-linux_(\w+)", rb"-" + tag.encode() + rb"_\1", files[about])
    record = about.replace("WHEEL", "RECORD")
    del files[record]
    lines = [_recorded(path, content) for path, content in sorted(files.items())]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, content in sorted(files.items(), key=lambda file: (file[0] == record, file[0])):
            archive.writestr(_entry(path), content, compresslevel=9)
    return folder / name


def _entry(path: str) -> zipfile.ZipInfo:
    packed = path.endswith(".gz")
    entry = zipfile.ZipInfo(path, time.gmtime(_epoch())[:6])
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    entry.create_system = 3  # Unix, on every system
    return entry


def _recorded(path: str, content: bytes) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


def _manylinux(files: dict[str, bytes]) -> str | None:
    """The platform of PEP 600 that the libraries of a wheel run on, by the glibc that they name.

    None if there are none, or if they need a library that not every Linux has.
    """
    libraries = [content for name, content in files.items() if name.endswith(".so")]
    needed = {
        name.decode() for each in libraries for name in re.findall(rb"lib\w+\.so[\d.]*", each)
    }
    if not libraries or not needed <= _SYSTEM:
        return None
    minors = [int(minor) for each in libraries for minor in re.findall(rb"GLIBC_2\.(\d+)", each)]
    return f"manylinux_2_{max([_OLDEST_GLIBC, *minors])}"


def _sdist(made: Path, folder: Path) -> Path:
    """The sdist with everything about its files fixed."""
    content = io.BytesIO()
    with (
        tarfile.open(made) as old,
        tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            member.mtime, member.mode = _epoch(), 0o755 if member.isdir() else 0o644
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    path = folder / made.name
    path.write_bytes(gzip.compress(content.getvalue(), 9, mtime=0))
    return path
