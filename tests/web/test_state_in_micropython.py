"""The page's Python is valid MicroPython, and decides there as it does under CPython."""

import json
import subprocess
from pathlib import Path

import pytest

from builder import ROOT, constants, micropython, site

SCRIPT = Path(__file__).with_name("micropython.mjs")

pytestmark = pytest.mark.skipif(
    not (site.SITE / "micropython").exists(), reason="no site: run `python build.py build`"
)


def run(folder: Path, program: str, *modules: Path) -> list[str]:
    """The lines that a program prints that can import the tag's modules, and these ones by name."""
    texts = micropython.modules(ROOT / "web" / "tag", constants.SHARED)
    texts |= {f"/{path.name}": path.read_text("utf-8") for path in modules}
    files = folder / "files.json"
    files.write_text(json.dumps(texts))
    command = ["node", str(SCRIPT), str(site.SITE), str(files), program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_module_of_the_page_and_the_tag_compiles(tmp_path: Path) -> None:
    modules = [*(ROOT / "web" / "tag").rglob("*.py"), *(ROOT / "web" / "page").glob("*.py")]
    assert len(modules) > 20
    program = "\n".join(
        f"compile(open('/m{index}.py').read(), {str(path)!r}, 'exec')"
        for index, path in enumerate(modules)
    )
    for index, path in enumerate(modules):
        (tmp_path / f"m{index}.py").write_text(path.read_text("utf-8"))
    run(tmp_path, program, *tmp_path.glob("m*.py"))


def test_a_session_goes_from_one_worker_to_all_in_micropython(tmp_path: Path) -> None:
    program = """
from state.options import Options
from state.pool_state import Workforce
from state.session_state import SessionState
options = Options(["pose", "face", "left_hand", "right_hand"], workers=2)
state = SessionState(options, Workforce(0, False))
state.prepare(Workforce(0, False))
print(state.phase, state.generation)
state.note_opened(0, 1)
print(state.note_opened(1, 1), state.phase, state.generation)
"""
    assert run(tmp_path, program) == ["alone 1", "['configure'] shared 2"]
