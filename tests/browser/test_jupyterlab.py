"""The notebook's widget in a real JupyterLab: its tag in Chromium, its results in a real kernel."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import ALLOW_CAMERA, MEDIA
from hosts import hosted, jupyterlab
from notebook import Notebook, write
from playwright.sync_api import Browser

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
pytest.importorskip("anywidget", reason="anywidget is not installed")

SOURCE = """\
from pathlib import Path
from holistic.live.notebook import HolisticWidget
widget = HolisticWidget("{site}", {attributes})
widget"""

TAGS = "document.querySelectorAll('holistic-tracking').length"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A running JupyterLab: its folder, with a picture, and its address."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
    with hosted(jupyterlab, folder, tmp_path_factory.mktemp("jupyter")) as address:
        yield folder, address


@pytest.fixture
def opened(
    launch: Callable[..., Browser], lab: tuple[Path, str], site: str
) -> Iterator[Callable[..., Notebook]]:
    """A function that opens a notebook and shows a widget: opened(attributes, *switches).

    ``place`` is another site than the built one.
    """
    folder, address = lab
    with ExitStack() as stack:

        def opened(attributes: str, *switches: str, place: str = site) -> Notebook:
            name = f"notebook{len(list(folder.glob('*.ipynb')))}.ipynb"
            write(folder / name, SOURCE.format(site=place, attributes=attributes))
            context = launch(*switches).new_context(viewport={"width": 1280, "height": 900})
            stack.callback(context.close)
            notebook = Notebook(context.new_page(), address, name)
            notebook.show()
            return notebook

        yield opened


def test_results_of_a_picture_come_to_the_kernel(opened: Callable[..., Notebook]) -> None:
    notebook = opened("src=Path('signing.jpg'), blendshapes=1, rotations=1")
    notebook.wait("widget.result")
    told = notebook.python(
        "(person,) = widget.result.people\n"
        "print(person.pose.shape, person.face.shape, person.left_hand.shape)\n"
        "print(person.blendshapes.shape, person.rotations.shape, widget.error)"
    )
    assert told == "(33, 5) (478, 3) (21, 3)\n(52,) (54, 4) None\n"
    assert notebook.complaints == []


def test_a_camera_tells_listeners_until_the_widget_is_closed(
    opened: Callable[..., Notebook], camera: tuple[str, str]
) -> None:
    notebook = opened("src='camera', complexity=0", *camera, ALLOW_CAMERA)
    notebook.python("heard = []\nwidget.on_result(heard.append)")
    notebook.wait("len(heard) > 3 and heard[-1].people")
    assert notebook.python("print(widget.state)") == "running\n"
    notebook.python("widget.set(people=2)")
    notebook.wait("widget.state == 'running'")
    assert notebook.page.evaluate("document.querySelector('holistic-tracking').people") == 2
    notebook.python("widget.close()")
    notebook.page.wait_for_function(f"{TAGS} === 0")


def test_a_widget_that_is_shown_twice_tracks_once(opened: Callable[..., Notebook]) -> None:
    notebook = opened("src=Path('signing.jpg')")
    notebook.python("widget")
    notebook.page.get_by_text("The tracker is shown further down.").wait_for()
    assert notebook.page.evaluate(TAGS) == 1
    notebook.wait("widget.result")


def test_a_notebook_that_is_opened_again_goes_on(opened: Callable[..., Notebook]) -> None:
    notebook = opened("src=Path('signing.jpg')")
    notebook.wait("widget.result")
    notebook.python("widget.result = None")
    notebook.reopen()
    notebook.page.wait_for_function(f"{TAGS} === 1")
    notebook.wait("widget.result")


def test_a_site_that_is_not_there_is_named(opened: Callable[..., Notebook]) -> None:
    notebook = opened("src='camera'", place="http://127.0.0.1:9/")
    notebook.wait("widget.error")
    told = notebook.python("print(widget.error)")
    assert "cannot be loaded from http://127.0.0.1:9/" in told
    assert "give the address of the site" in told
    assert told.strip() in notebook.page.locator(".jp-Notebook").inner_text()
