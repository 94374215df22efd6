"""The tracker comes into Pyodide by its name, on every line that its wheels are for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest
from chromium_session import ChromiumPyodide, Engine
from PIL import Image
from playwright.sync_api import Browser
from pyodide_lines import LINES, assemble
from pyodide_session import ROOT, Pyodide

from holistic import Tracker
from holistic.results.result import Person

PICTURE = ROOT / "tests" / "media" / "signing.jpg"
PARTS = ("pose", "face", "left_hand", "right_hand")
CLOSE = 3.0
"""Pixels between Pyodide and native: what differs by a rounding comes out a whole step apart."""

INSTALL = """
import micropip
micropip.set_index_urls(index)
await micropip.install("holistic-tracking")
"""

TRACK = """
import numpy as np
from holistic import Tracker

with Tracker(mode="picture") as tracker:
    (person,) = tracker.process(np.load("/shared/picture.npy")).people
np.savez("/shared/found.npz", **{part: getattr(person, part) for part in parts})
"""


@pytest.fixture(scope="module")
def frame() -> np.ndarray:
    return np.array(Image.open(PICTURE).convert("RGB"))


@pytest.fixture(scope="module")
def native(frame: np.ndarray) -> Person:
    """What the native tracker finds."""
    with Tracker(mode="picture") as tracker:
        (person,) = tracker.process(frame).people
    return person


@pytest.fixture
def start(
    launch: Callable[..., Browser], frame: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], Engine]]:
    """Starts a line's Pyodide at a place: "node", or "page" or "worker" of Chromium."""
    with ExitStack() as stack:

        def start(line: str, place: str) -> Engine:
            distribution = assemble(line, tmp_path_factory.mktemp("pyodide"))
            folder = tmp_path_factory.mktemp("shared")
            np.save(folder / "picture.npy", frame)
            running: Engine
            if place == "node":
                running = Pyodide(distribution, folder, "", wheels=())
            else:
                running = ChromiumPyodide(launch(), distribution, folder, "", (), place)
            stack.callback(running.close)
            return running

        yield start


@pytest.mark.parametrize(
    ("line", "place"),
    [*((line, place) for line in LINES for place in ("node", "page")), ("314", "worker")],
)
def test_it_finds_what_it_finds_natively(
    start: Callable[[str, str], Engine], package_index: str, native: Person, line: str, place: str
) -> None:
    pyodide = start(line, place)
    pyodide.run(INSTALL, index=package_index)
    pyodide.run(TRACK, parts=PARTS)
    found = np.load(pyodide.folder / "found.npz")
    for part in PARTS:
        distances = np.linalg.norm((found[part] - getattr(native, part))[:, :2] * 640, axis=1)
        assert distances.mean() < CLOSE, part


def test_models_of_masks_come_with_those_of_all_variants(
    start: Callable[[str, str], Engine], package_index: str
) -> None:
    pyodide = start("314", "node")
    pyodide.run(INSTALL, index=package_index)
    mask = """
import numpy as np
from holistic import Tracker

with Tracker(mode="picture", mask=True) as tracker:
    (person,) = tracker.process(np.load("/shared/picture.npy")).people
result = list(person.mask.shape)
"""
    with pytest.raises(RuntimeError, match=r"await micropip\.install\(.holistic-tracking-models"):
        pyodide.run(mask)
    pyodide.run('import micropip\nawait micropip.install("holistic-tracking-models")')
    assert pyodide.run(mask) == [480, 640]


def test_without_the_network_it_is_said_which_package_is_not_found(
    start: Callable[[str, str], Engine],
) -> None:
    nowhere = "http://127.0.0.1:9/simple"  # the port of the discard service, which nobody runs
    with pytest.raises(RuntimeError, match="Can't fetch metadata for 'holistic-tracking'"):
        start("314", "node").run(INSTALL, index=nowhere)
