"""The virtual environment gets each group of dependencies once."""

import re
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builder import BuildError, environment

UNDEMANDING = "alone: " + " ".join(environment.UNDEMANDING)


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What pip was asked to install, in an environment that is there but empty."""
    asked: list[str] = []
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    monkeypatch.setattr(environment, "FOLDER", tmp_path)

    def run(command: list[str]) -> None:
        if "--no-deps" in command:
            names = command[command.index("--no-deps") + 1 :]
            asked.append(f"alone: {' '.join(names)}")
        else:
            asked.append(command[-1].removeprefix(str(environment.ROOT)))

    monkeypatch.setattr(environment, "run", run)
    return asked


def test_a_group_is_installed_once(installs: list[str]) -> None:
    environment.python("browser-test")
    environment.python("browser-test")
    assert installs == ["[video,browser-test]", UNDEMANDING]


def test_the_project_alone_comes_with_any_group(installs: list[str]) -> None:
    environment.python("browser-test")
    environment.python()
    assert installs == ["[video,browser-test]", UNDEMANDING]


def test_another_group_is_added(installs: list[str]) -> None:
    environment.python()
    environment.python("browser-test")
    environment.python("browser-test", "bench")
    environment.python("bench")
    groups = ["[video]", "[video,browser-test]", "[video,browser-test,bench]"]
    assert installs == [*groups[:2], UNDEMANDING, groups[2], UNDEMANDING]


def test_the_web_servers_are_unpacked_once_however_many_ask_for_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def run(command: list[str], cwd: Path = tmp_path) -> None:
        asked.append(command[1])
        made = "nginx.deb" if command[1] == "download" else f"{command[-1]}/nginx"
        Path(cwd, made).touch()
        time.sleep(0.1)  # so that both would be at it

    monkeypatch.setattr(environment, "WEB_SERVERS", tmp_path / "web-servers")
    monkeypatch.setattr(environment, "_installed", lambda _: "there")
    monkeypatch.setattr(environment.shutil, "which", lambda _: "there")
    monkeypatch.setattr(environment, "run", run)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: environment.web_servers(), range(2)))
    assert found == [tmp_path / "web-servers"] * 2
    assert asked == ["download", "--extract"]


def test_what_asks_for_too_much_comes_without_it(installs: list[str]) -> None:
    environment.python("browser-test")
    assert UNDEMANDING in installs
    assert {"cvzone", "sleap-io"} <= {name.split("=")[0] for name in environment.UNDEMANDING}


def test_installing_touches_nobodys_opencv_and_brings_no_gpl_encoders() -> None:
    project = tomllib.loads((environment.ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[^\w-]", line)[0] for line in project["dependencies"]}
    assert not {name for name in names if name.startswith("opencv")}
    assert "av" not in names  # x264 and x265 are in its wheel
    assert [re.split(r"[^\w-]", line)[0] for line in project["optional-dependencies"]["video"]] == [
        "av"
    ]


def test_our_packages_of_no_registry_are_found_in_the_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[list[str]] = []
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    monkeypatch.setattr(environment, "FOLDER", tmp_path)
    monkeypatch.setattr(environment, "run", asked.append)
    environment.python()
    (command,) = asked
    assert command[command.index("--find-links") + 1] == str(environment.VIDEO)
    assert list(environment.VIDEO.glob("holistic_tracking_video-*.whl"))


def test_the_tools_of_node_are_installed_once_for_a_lock_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[list[str]] = []
    folder = tmp_path / "node_modules"
    folder.mkdir()
    monkeypatch.setattr(environment, "NODE_MODULES", folder)
    monkeypatch.setattr(environment, "run", lambda command, cwd: ran.append([*command, cwd]))
    monkeypatch.setattr(environment.shutil, "which", lambda name: name)
    assert environment.node_tools() == environment.node_tools() == folder / ".bin"
    assert ran == [["npm", "ci", "--silent", tmp_path]]
    assert (tmp_path / "package-lock.json").exists()


def test_without_npm_the_tools_of_node_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "NODE_MODULES", tmp_path)
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    with pytest.raises(BuildError, match="npm is needed"):
        environment.node_tools()


def test_the_entry_point_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-I", "-S", str(environment.ROOT / "build.py"), "--help"]
    shown = subprocess.run(command, capture_output=True, text=True)
    assert "serve" in shown.stdout, shown.stderr
