"""The virtual environment gets each group of dependencies once."""

from pathlib import Path

import pytest

from builder import environment


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What pip was asked to install, in an environment that is there but empty."""
    asked: list[str] = []
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    monkeypatch.setattr(environment, "FOLDER", tmp_path)
    monkeypatch.setattr(
        environment,
        "run",
        lambda command: asked.append(command[-1].removeprefix(str(environment.ROOT))),
    )
    return asked


def test_a_group_is_installed_once(installs: list[str]) -> None:
    environment.python("browser-test")
    environment.python("browser-test")
    assert installs == ["[browser-test]"]


def test_the_project_alone_comes_with_any_group(installs: list[str]) -> None:
    environment.python("browser-test")
    environment.python()
    assert installs == ["[browser-test]"]


def test_another_group_is_added(installs: list[str]) -> None:
    environment.python()
    environment.python("browser-test")
    environment.python("browser-test", "bench")
    environment.python("bench")
    assert installs == ["", "[browser-test]", "[browser-test,bench]"]
