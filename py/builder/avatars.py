"""What the avatar's page needs beside itself: three and three-vrm, and an avatar of our own.

The files of npm packages import ``three`` by its bare name, which a browser only finds by an import
map; here they import the file beside them instead, so that pages with a strict
Content-Security-Policy can load them.
"""

import hashlib
import os
import re
import tarfile
import tempfile
from pathlib import Path

from builder import BUILD, ROOT, downloads, environment

LICENCE = "LICENSE"
THREE = "three.module.js"
FILES = {
    "three": [
        "build/three.core.js",
        f"build/{THREE}",
        "examples/jsm/loaders/GLTFLoader.js",
        "examples/jsm/utils/BufferGeometryUtils.js",
        "examples/jsm/utils/SkeletonUtils.js",
        LICENCE,
    ],
    "three-vrm": ["lib/three-vrm.module.min.js", LICENCE],
}
"""Of each pinned package, what the site has of it."""

SOURCES = ("avatar", "holistic/motion", "holistic/interchange/gltf.py", "holistic/shared")
"""What the avatar is made of, below ``py``."""

_BARE = re.compile(r"""(\b(?:from|import)\s*)(['"])three\2""")
_ELSEWHERE = re.compile(r"""(\bfrom\s*['"])\.\./utils/""")


def add_three(folder: Path) -> None:
    """Put three and three-vrm into ``folder``, all files side by side."""
    folder.mkdir()
    for package, names in FILES.items():
        with tarfile.open(downloads.pinned_npm_package(package)) as archive:
            for name in names:
                content = archive.extractfile(f"package/{name}")
                assert content is not None  # a file, since the package's hash is right
                text = side_by_side(content.read().decode())
                served = f"{package}-license.txt" if name == LICENCE else Path(name).name
                (folder / served).write_text(text, "utf-8")


def side_by_side(script: str) -> str:
    """A script of these packages with imports of the files beside it."""
    return _ELSEWHERE.sub(r"\1./", _BARE.sub(rf"\1\2./{THREE}\2", script))


def avatar() -> Path:
    """The avatar as a VRM file, made anew where its sources have changed."""
    path = BUILD / "avatar" / f"{_fingerprint()}.vrm"
    if not path.exists():
        print("making the avatar", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / path.name
            command = [str(environment.python()), "-m", "avatar", str(made)]
            environment.run(command, env={**os.environ, "PYTHONPATH": str(ROOT / "py")})
            made.replace(path)
    return path


def _fingerprint() -> str:
    """A hash of everything in ``SOURCES``."""
    found = hashlib.sha256()
    for source in SOURCES:
        place = ROOT / "py" / source
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            found.update(path.relative_to(ROOT).as_posix().encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:16]
