"""What is in a release, and that it can be made again."""

import json
import re
import tomllib

import pytest

from builder import ROOT, BuildError, avatars, bill, downloads, own_version, release
from holistic import __version__

CHANGES = """# Changelog

## [Unreleased]

### Added

- Something new.

## [1.0.0] - 2026-01-01

- The first.
"""


def test_the_version_is_the_packages():
    assert own_version() == __version__


def test_the_notes_are_the_changelogs_section():
    closed = CHANGES.replace("### Added\n\n- Something new.\n", "")
    assert release.notes(closed, "1.0.0") == "# Holistic Tracking 1.0.0\n\n- The first.\n"


def test_what_is_unreleased_is_what_comes():
    for number in ("1.1.0", "1.0.0"):  # also before the number is raised
        assert "Something new" in release.notes(CHANGES, number)


def test_a_version_that_changes_nothing_is_refused():
    with pytest.raises(BuildError, match=r"no section \[2.0.0\]"):
        release.notes("# Changelog\n", "2.0.0")


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(BuildError, match=r"thesis\.txt, which no release has"):
        release.build(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_folder_without_wheels_cannot_join(tmp_path):
    with pytest.raises(BuildError, match="there are no wheels of holistic-tracking"):
        release.wheels_of(tmp_path)


def test_a_zip_is_the_same_whenever_it_is_made(tmp_path):
    made = tmp_path / "made"
    (made / "a").mkdir(parents=True)
    (made / "a" / "b.txt").write_text("content")
    first = release.zipped(made, tmp_path / "1.zip").read_bytes()
    (made / "a" / "b.txt").write_text("content")
    assert release.zipped(made, tmp_path / "2.zip").read_bytes() == first


class TestBill:
    """The bill of materials."""

    @pytest.fixture
    def document(self):
        return json.loads(bill.text("1.2.3"))

    def test_it_is_valid_cyclonedx(self):
        validation = pytest.importorskip("cyclonedx.validation.json")
        schema = pytest.importorskip("cyclonedx.schema")
        validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
        assert validator.validate_str(bill.text("1.2.3")) is None

    def test_it_names_the_product_and_its_version(self, document):
        component = document["metadata"]["component"]
        assert (component["name"], component["version"]) == ("holistic-tracking", "1.2.3")

    def test_every_npm_package_of_the_site_is_in_it_with_its_hash(self, document):
        hashes = [
            each["hashes"][0]["content"] for each in document["components"] if "hashes" in each
        ]
        site = (ROOT / "py" / "builder" / "site.py").read_text("utf-8")
        used = {*re.findall(r'pinned_npm_package\("(.+?)"\)', site), *avatars.FILES}
        assert used == set(bill.IN_SITE)
        assert {downloads.PINS["npm"][name]["sha256"] for name in used} <= set(hashes)

    def test_everything_that_pip_installs_is_in_it(self, document):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        names = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]}
        found = {each["name"] for each in document["components"]}
        assert {name for name in names if not name.startswith("holistic")} <= found

    def test_what_the_video_reader_is_compiled_from_is_in_it(self, document):
        table = tomllib.loads((ROOT / "py" / "video_runtime" / "sources.toml").read_text())
        found = {(each["name"], each.get("version")) for each in document["components"]}
        used = {(source["name"], source["version"]) for source in table["source"]}
        assert {*used, ("av", table["pyav"]["version"])} <= found

    def test_every_component_has_a_licence(self, document):
        assert all(each["licenses"] for each in document["components"])

    def test_it_is_the_same_whenever_it_is_made(self):
        assert bill.text("1.2.3") == bill.text("1.2.3")
