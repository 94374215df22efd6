"""What the workers' Python starts from, as the site has it."""

import gzip
import json
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from builder import ROOT, indirect_calls, site, wasm

PYTHON = site.SITE / "python"
SCRIPT = Path(__file__).with_name("snapshot_session.mjs")

pytestmark = pytest.mark.skipif(
    not (PYTHON / "modules.zip").exists(), reason="no site: run `python build.py build`"
)


@pytest.fixture(scope="module")
def names() -> list[str]:
    with zipfile.ZipFile(PYTHON / "modules.zip") as archive:
        assert archive.testzip() is None
        return archive.namelist()


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return dict(json.loads((site.SITE / "manifest.json").read_text())["python"])


@pytest.fixture(scope="module")
def snapshot() -> bytes:
    return gzip.decompress((PYTHON / "snapshot.bin").read_bytes())


def run(code: str) -> str:
    """What Python prints that has started from the site's snapshot, in Node.js."""
    command = ["node", str(SCRIPT), str(site.SITE), code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_every_module_is_compiled(names: list[str]) -> None:
    assert "holistic/browser/converting.pyc" in names, "which only saving asks for"
    assert "holistic/browser/worker.pyc" not in names, "the snapshot has it"
    assert [name for name in names if not name.endswith(".pyc")] == []


def test_what_the_tracker_does_not_use_is_left_out(names: list[str]) -> None:
    unused = ("/tests/", "numpy/random/", "numpy/fft/", "numpy/f2py/", "/include/")
    assert [name for name in names if any(part in name for part in unused)] == []


def test_the_tracker_is_imported_already_and_numpy_computes() -> None:
    code = """
import sys
print("holistic.browser.worker" in sys.modules)
import numpy as np
square = np.arange(9, dtype=np.float32).reshape(3, 3)
print((square @ square).tolist(), np.sort(-square.ravel())[0], np.linalg.norm([3, 4]))
"""
    product = "[[15.0, 18.0, 21.0], [42.0, 54.0, 66.0], [69.0, 90.0, 111.0]]"
    assert run(code).splitlines() == ["True", f"{product} -8.0 5.0"]


def test_random_numbers_are_others_in_every_worker() -> None:
    code = "import os, random, tempfile; print(random.random(), os.urandom(8), tempfile.mktemp())"
    one, other = run(code).split(), run(code).split()
    assert all(first != second for first, second in zip(one, other, strict=True))


def test_the_folder_that_it_was_made_in_is_not_in_it(snapshot: bytes) -> None:
    assert str(ROOT).encode() not in snapshot


def test_an_error_has_its_traceback() -> None:
    code = """
import traceback
try:
    sys.modules["holistic.browser.worker"]._nothing("face")
except NameError:
    print(traceback.format_exc())
"""
    assert "NameError: name 'sys' is not defined" in run(code)


def test_tracebacks_tell_our_lines_and_of_others_where_the_function_begins() -> None:
    code = """
import json
from holistic.shared import schedule
lines = lambda function: {line for *_, line in function.__code__.co_lines()}
print(len(lines(schedule.next_task)) > 2, lines(json.loads) == {json.loads.__code__.co_firstlineno})
"""
    assert run(code) == "True True\n"


def test_a_module_that_nobody_foresaw_is_fetched_when_it_is_imported() -> None:
    code = """
import statistics, numpy.rec
print(statistics.mean([1, 2, 6]), list(fetched))
try:
    import none_such
except ModuleNotFoundError as error:
    print(error)
"""
    expected = ["3 ['python/modules.zip']", "No module named 'none_such'"]
    assert run(code).splitlines() == expected


def test_what_the_snapshot_has_is_not_sent_in_the_modules_too(
    snapshot: bytes, description: dict[str, Any]
) -> None:
    text = b"Return the"  # begins many a documentation
    assert text in snapshot
    for path in ("pyodide/pyodide.asm.wasm", description["linked"][0]["path"]):
        assert text not in (site.SITE / path).read_bytes()


def test_blank_pages_are_not_sent(snapshot: bytes, description: dict[str, Any]) -> None:
    assert snapshot.count(bytes(8192)) < len(snapshot) / 8192 / 100
    spans = description["snapshot"]["spans"]
    assert sum(end - begin for begin, end in spans) == len(snapshot)
    assert spans == sorted(spans)
    assert spans[-1][1] <= description["snapshot"]["size"]


def test_what_was_free_when_the_snapshot_was_made_is_blank(snapshot: bytes) -> None:
    assert b"def compile_modules" not in snapshot, "the text of the program that made it"


def test_what_no_worker_does_brings_nothing_along(snapshot: bytes) -> None:
    assert b"locating and running Python code" not in snapshot, "runpy, which Python has frozen"
    assert b"Return the number of items in a container" not in snapshot, "what is told of len"
    assert b"Add arguments element-wise" not in snapshot, "and of a ufunc"
    row = [ord(bytes([0xB0, trail]).decode("gbk")) for trail in range(0xA1, 0xF0)]
    assert struct.pack(f"<{len(row)}H", *row) not in snapshot, "a row of Chinese characters"


def test_what_is_blank_does_not_break_what_is_left() -> None:
    code = """
import asyncio, ntpath, runpy, numpy as np
print(len.__doc__, np.add.__doc__.splitlines()[0][:11], np.add(1, 2))
print(list(fetched), ntpath.join("a", "b"), "é".encode("latin-1"), "é".encode("utf-16-le"))
for use in (lambda: "a".encode("euc_jp"), asyncio.get_event_loop):
    try:
        use()
    except (LookupError, RuntimeError) as error:
        print(error)
"""
    assert run(code).splitlines() == [
        "None add(x1, x2, 3",
        r"['python/modules.zip'] a\b b'\xe9' b'\xe9\x00'",
        "unknown encoding: euc_jp",
        "a worker's Python has no event loop: its frames come one by one",
    ]


def test_a_browser_fetches_one_flavour_of_tensorflow_lite(description: dict[str, Any]) -> None:
    warp, relaxed, simd = description["opened"]
    assert relaxed["probe"] != simd["probe"]
    assert "probe" not in warp


def test_only_functions_that_do_nothing_else_call_indirectly() -> None:
    module = (site.SITE / "pyodide" / "pyodide.asm.wasm").read_bytes()
    again = indirect_calls.gathered(module)
    code, changed = (dict(wasm.sections(each))[10] for each in (module, again))
    others = slice(2, len(code) * 99 // 100)  # after their number, and before the last ones
    assert changed[others] == code[others]
