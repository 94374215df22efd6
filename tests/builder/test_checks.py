"""``build.py check``: it finds what is wrong, goes on after it, and finds nothing wrong with us."""

import re
from pathlib import Path

import pytest

from builder import ROOT, checks, declarations, references
from builder.checks import Step

DECLARED = """\
export type Effort = 'full' | 'lite';
export interface HolisticTrackingEventMap {
  progress: CustomEvent<Progress>;
  state: CustomEvent<{ state: State }>;
}
export class HolisticTracking extends HTMLElement {
  get src(): Source | null;
  set src(place: Source | null);
  people: number;
  level: 'auto' | Effort;
  variant: 'float' | 'int8';
  mirror: boolean;
  readonly state: State;
  stop(): void;
  addEventListener(type: string): void;
}
"""
ELEMENT = """\
export class HolisticTracking extends HTMLElement {
  static observedAttributes = ['src', ...NAMES];
  #state = 'idle';
  constructor() {
    super();
  }
  get src() {
    return this.getAttribute('src');
  }
  set src(place) {
    this.setAttribute('src', place);
  }
  get state() {
    return this.#state;
  }
  async stop() {}
  connectedCallback() {}
}
Object.defineProperty(HolisticTracking.prototype, 'mirror', {});
"""
SETTINGS = """\
const ATTRIBUTES = {
  people: whole(1, 16, 1),
  level: one(['auto', 'full', 'lite'], 'full'),
  variant: one(['float', 'int8'], 'float'),
};
"""
TRACKING = """\
def note(tag, state):
    tag.tell("progress", {})
    tag.tell("state", {"state": state})
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout in which all is well."""
    (tmp_path / ".gitignore").write_text("models/float/\n")
    for folder in ("docs", "models", "py", "web"):
        (tmp_path / folder).mkdir()
    (tmp_path / "README.md").write_text("# What it is\n\n[how](docs/how.md#first-of-all)\n")
    (tmp_path / "docs" / "how.md").write_text("## First of all\n\n[up](../README.md), `how.md`\n")
    (tmp_path / "models" / "models.toml").write_text("# see docs/how.md, models/float/a.tflite\n")
    (tmp_path / "py" / "track.py").write_text('"""See ``track.py``."""\n\nname = "none.py"\n')
    (tmp_path / "web" / "page.js").write_text("// As py/track.py does, in Node.js; see NAME.js.\n")
    (tmp_path / "web" / "tag").mkdir()
    (tmp_path / declarations.DECLARATIONS).write_text(DECLARED)
    (tmp_path / declarations.ELEMENT).write_text(ELEMENT)
    (tmp_path / declarations.SETTINGS).write_text(SETTINGS)
    (tmp_path / "web" / "tag" / "tracking.py").write_text(TRACKING)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    """Put ``new`` in the place of the one ``old`` in a file."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def found(checkout: Path) -> dict[str, str]:
    """What is found, by the steps that found something."""
    said = {step.name: step.find() for step in checks.sources(checkout)}
    return {name: text for name, text in said.items() if text}


class TestRun:
    def test_every_step_runs_and_has_its_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        steps = [Step("first", lambda: "a.py:1: bad"), Step("second", lambda: "")]
        assert not checks.run(steps)
        assert capsys.readouterr().out == "failed  first\na.py:1: bad\nok      second\n"

    def test_all_is_well_if_no_step_finds_anything(self) -> None:
        assert checks.run([Step("first", lambda: ""), Step("second", lambda: "")])

    def test_a_tool_that_fails_without_a_word_fails(self) -> None:
        assert checks.tool("false")() == "false ended with exit code 1"

    def test_what_a_tool_says_counts_only_if_it_fails(self) -> None:
        assert checks.tool("sh", "-c", "echo fine")() == ""
        assert checks.tool("sh", "-c", "echo bad >&2; exit 3")() == "bad"


class TestSources:
    def test_nothing_is_wrong_with_a_sound_checkout(self, checkout: Path) -> None:
        assert found(checkout) == {}

    @pytest.mark.parametrize("target", ["none.md", "docs/how.md#second", "docs/none.svg"])
    def test_a_link_to_nothing(self, checkout: Path, target: str) -> None:
        (checkout / "README.md").write_text(f"# Title\n\n[how]({target})\n")
        assert found(checkout) == {"links in documents": f"README.md:3: no {target}"}

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("docs/how.md", "Read `py/holistic/layout.py`."),
            ("py/track.py", "# layout.py tells"),
            ("py/track.py", '"""See ``py/holistic/layout.py``."""'),
            ("web/page.js", "// py/holistic/layout.py tells"),
            ("web/page.js", "// ring.js tells"),
            ("py/track.py", '"""What web/ring.js has."""'),
            ("models/models.toml", "# py/holistic tells"),
        ],
    )
    def test_a_file_that_is_not_there(self, checkout: Path, name: str, line: str) -> None:
        (checkout / name).write_text(f"\n{line}\n")
        assert f"{name}:2: no " in found(checkout)["files that are named"]

    def test_of_python_with_a_wrong_syntax_only_ruff_tells(self, checkout: Path) -> None:
        (checkout / "py" / "track.py").write_text('def track(:\n"""\n')
        assert found(checkout) == {}

    def test_history_names_files_of_its_day(self, checkout: Path) -> None:
        (checkout / "CHANGELOG.md").write_text("`py/old.py` is gone.\n")
        assert found(checkout) == {}

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            (" | 'int8'", "", "it lacks the choice of variant: int8"),
            ("'full' | 'lite'", "'full'", "it lacks the choice of level: lite"),
            ("'full' | 'lite'", "'full' | 'lite' | 'poor'", "has no choice of level: poor"),
            ("  stop(): void;\n", "", "it lacks the member stop"),
            ("  stop(): void;\n", "  stop(): void;\n  halt(): void;\n", "has no member halt"),
            ("  people: number;\n", "", "it lacks the member people"),
            ("  mirror: boolean;\n", "", "it lacks the member mirror"),
            ("  progress: CustomEvent<Progress>;\n", "", "it lacks the event progress"),
        ],
    )
    def test_a_wrong_declaration(self, checkout: Path, old: str, new: str, fault: str) -> None:
        replace(checkout / declarations.DECLARATIONS, old, new)
        assert fault in found(checkout)["the tag's declarations"]

    def test_declarations_of_code_that_is_not_there(self, checkout: Path) -> None:
        (checkout / declarations.SETTINGS).unlink()
        said = found(checkout)["the tag's declarations"]
        assert said == f"{declarations.SETTINGS}: it is not there"

    def test_a_stub_of_what_is_not_exported(self, checkout: Path) -> None:
        (checkout / "types" / "python").mkdir(parents=True)
        stub = '"""web/page.js."""\n\nrepair: str\n\nclass Slots: ...\n\ndef begin() -> None: ...\n'
        (checkout / "types" / "python" / "page.pyi").write_text(stub)
        for name in ("repair", "Slots", "begin"):
            assert f"does not export {name}" in str(found(checkout))
        (checkout / "web" / "page.js").write_text(
            "export { REPAIR as repair } from './files.js';\nexport class Slots {}\n"
            "export function begin() {}\n"
        )
        assert found(checkout) == {}

    def test_every_stub_of_ours_names_a_script_that_is_there(self) -> None:
        read = [path.read_text("utf-8") for path in (ROOT / declarations.STUBS).rglob("*.pyi")]
        scripts = [name for text in read for name in re.findall(r'^"""(web/\S+\.js)\."""', text)]
        assert len(scripts) > 10
        assert all((ROOT / name).is_file() for name in scripts)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("# In your own page", "in-your-own-page"),
        ("## `build.py check`, and why", "buildpy-check-and-why"),
        ("### A [link](a.md) in it", "a-link-in-it"),
    ],
)
def test_anchors_are_those_of_github(heading: str, anchor: str) -> None:
    assert references.anchors(heading) == {anchor}


def test_headings_of_the_same_name_are_counted() -> None:
    assert references.anchors("# A\n\n## A\n\n```\n# no heading\n```\n") == {"a", "a-1"}


def test_two_files_of_tests_have_two_names(tmp_path):
    names = ("inner/test_hand.py", "outer/test_hand.py", "outer/test_face.py")
    for name in (
        *names,
        "inner/conftest.py",
        "outer/conftest.py",
        "inner/hand.py",
        "outer/hand.py",
    ):
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [fault.partition(":")[0] for fault in checks.namesakes(tmp_path)] == [
        "tests/inner/hand.py",
        "tests/inner/test_hand.py",
        "tests/outer/hand.py",
        "tests/outer/test_hand.py",
    ]
