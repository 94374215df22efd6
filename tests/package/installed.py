"""Wheels that are installed where there is no checkout and no network."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

NO_NETWORK = (
    "import socket\n"
    "def refuse(*_, **__): raise OSError('there is no network in this test')\n"
    "socket.socket.connect = socket.getaddrinfo = refuse\n"
)


def wheel(dist: Path, name: str) -> Path:
    """The wheel of a project for this machine."""
    (path,) = (path for path in dist.glob(f"{name}-0*.whl") if "wasm32" not in path.name)
    return path


class Installed:
    """A virtual environment with these wheels, and the dependencies of the tests' own.

    What is named ``without`` is hidden.
    """

    def __init__(self, folder: Path, wheels: list[Path], without: tuple[str, ...] = ()) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        pip = [sys.executable, "-m", "pip", "--python", self.bin / "python", "install", "--quiet"]
        subprocess.run([*pip, "--no-index", "--no-deps", *wheels], check=True)
        (self.packages,) = (path.parent for path in folder.rglob("holistic_models"))
        dependencies = folder / "dependencies"  # without what .pth files would add
        dependencies.mkdir()
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if path.name not in without and path.suffix != ".pth":
                (dependencies / path.name).symlink_to(path)
        (self.packages / "dependencies.pth").write_text(f"{dependencies}\n")
        (self.packages / "sitecustomize.py").write_text(NO_NETWORK)

    def run(
        self, command: list[str | Path], folder: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in a folder."""
        names = ("HOLISTIC_MODELS", "PYTHONPATH", "VIRTUAL_ENV")
        clean = {name: value for name, value in os.environ.items() if name not in names}
        return subprocess.run(
            [self.bin / command[0], *command[1:]],
            cwd=folder,
            env={**clean, "PYTHONDONTWRITEBYTECODE": "1", **variables},
            capture_output=True,
            text=True,
            timeout=300,
        )
