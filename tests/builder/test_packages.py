"""What ``build.py package`` lays where."""

import argparse
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from builder import ROOT, npm, package, site


def test_pip_takes_no_archive_of_npms_for_an_sdist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def archives(folder: Path, _: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        archive = folder / "holistic-tracking-0.1.0.tgz"
        archive.touch()
        return [archive]

    monkeypatch.setattr(package, "build", lambda folder: [])
    monkeypatch.setattr(site, "build", Path)
    monkeypatch.setattr(npm, "build", archives)
    command = runpy.run_path(str(ROOT / "build.py"))["package"]
    command(argparse.Namespace(out=tmp_path))
    assert list(tmp_path.rglob("*.tgz"))
    pip = [sys.executable, "-m", "pip", "download", "--no-index", "--no-deps", "--dest", tmp_path]
    asked = [*pip, "--find-links", tmp_path, "holistic-tracking"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stderr
    assert "No matching distribution found for holistic-tracking" in told
