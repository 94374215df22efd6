"""The version stands in one place; changelog and distribution say the same."""

import re
import tomllib
from importlib import metadata

import holistic
from builder import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
HEADINGS = re.findall(r"^## \[([^\]]+)\](.*)$", CHANGELOG, re.MULTILINE)


def test_pyproject_takes_the_version_from_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "holistic.__version__"}


def test_the_installed_distribution_has_the_version_of_the_package():
    assert metadata.version("holistic-tracking") == holistic.__version__


def test_the_changelog_begins_with_what_is_unreleased_and_then_this_version():
    assert [name for name, _ in HEADINGS[:2]] == ["Unreleased", holistic.__version__]


def test_every_release_in_the_changelog_has_its_date_and_the_newest_comes_first():
    dates = [re.fullmatch(r" - (\d{4}-\d\d-\d\d)", rest) for _, rest in HEADINGS[1:]]
    assert all(dates)
    found = [date[1] for date in dates]
    assert found == sorted(found, reverse=True)
