"""What PyInstaller asks for, so that a frozen program has the models in it."""

from pathlib import Path


def hook_dirs() -> list[str]:
    """The folders of hooks: this one."""
    return [str(Path(__file__).parent)]
