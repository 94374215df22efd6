"""Downloads are pinned, verified and cached; a wrong one says what was wrong with it."""

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from builder import BuildError, downloads

GOOD = b"the file that was pinned"
PIN = {
    "npm": {
        "thing": {
            "package": "@scope/thing",
            "version": "1.2.3",
            "sha256": hashlib.sha256(GOOD).hexdigest(),
        }
    }
}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bytes | int]:
    """A registry that answers with ``content`` and counts how often it was asked."""
    state: dict[str, bytes | int] = {"content": GOOD, "asked": 0}

    def answer(command: list[str], cwd: str, **_: object) -> subprocess.CompletedProcess[str]:
        state["asked"] += 1
        assert command[-1] == "@scope/thing@1.2.3"
        (Path(cwd) / "scope-thing-1.2.3.tgz").write_bytes(state["content"])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(downloads, "PINS", PIN)
    monkeypatch.setattr(subprocess, "run", answer)
    monkeypatch.setattr("shutil.which", lambda name: name)
    return state


def test_a_download_is_asked_for_once(registry: dict) -> None:
    first = downloads.pinned_npm_package("thing")
    assert first.read_bytes() == GOOD
    assert downloads.pinned_npm_package("thing") == first
    assert registry["asked"] == 1


def test_a_tampered_download_names_file_and_both_hashes_and_is_not_kept(registry: dict) -> None:
    registry["content"] = b"something else"
    with pytest.raises(BuildError) as error:
        downloads.pinned_npm_package("thing")
    assert "scope-thing-1.2.3.tgz" in str(error.value)
    assert PIN["npm"]["thing"]["sha256"] in str(error.value)
    assert hashlib.sha256(b"something else").hexdigest() in str(error.value)
    registry["content"] = GOOD
    assert downloads.pinned_npm_package("thing").read_bytes() == GOOD


def test_a_file_that_changed_in_the_cache_is_noticed(registry: dict) -> None:
    downloads.pinned_npm_package("thing").write_bytes(b"bit rot")
    with pytest.raises(BuildError, match=r"scope-thing-1\.2\.3\.tgz is not the file"):
        downloads.pinned_npm_package("thing")


def test_a_failed_download_says_which_command_failed_and_why(
    registry: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "no route to host")

    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(BuildError, match="no route to host"):
        downloads.pinned_npm_package("thing")


def test_a_missing_npm_is_named(registry: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(BuildError, match="npm is needed"):
        downloads.pinned_npm_package("thing")


def test_pyodides_packages_are_asked_for_where_it_says_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def answer(address: str, timeout: float) -> io.BytesIO:
        asked.append(address)
        if len(asked) == 1:  # another process asks at the same time
            fetch()
        return io.BytesIO(GOOD)

    with tarfile.open(downloads.pinned_npm_package("pyodide-314")) as archive:
        lock = json.load(archive.extractfile("package/pyodide-lock.json"))  # type: ignore[arg-type]
        script = archive.extractfile("package/pyodide.mjs").read()  # type: ignore[union-attr]
    numpy = lock["packages"]["numpy"]["file_name"]
    monkeypatch.setattr("urllib.request.urlopen", answer)
    hashed = hashlib.sha256(GOOD).hexdigest()

    def fetch() -> None:
        path = tmp_path / numpy
        downloads._fetch_pyodide_package("pyodide-314", script.decode(), path, hashed)

    fetch()
    version = downloads.PINS["npm"]["pyodide-314"]["version"]
    assert [address.endswith(f"/v{version}/full/{numpy}") for address in asked] == [True, True]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [GOOD]
