"""The notebook's widget: the real tag in Chromium tells the real anywidget what it finds."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import MEDIA
from tab import Tab

from builder import ROOT

pytest.importorskip("anywidget", reason="anywidget is not installed")

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<main></main>
<aside></aside>
<script type="module">
  import widget from './notebook.js';
  const state = { site: location.origin, attributes: {{attributes}}, file: {}, received: 0 };
  const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  globalThis.messages = [];
  globalThis.model = {
    get: (name) => state[name],
    on: (event, listener) => Object.assign(state, { [event]: listener }),
    show: () => render({ model, el: document.querySelector('aside') }),
    change(name, value) {
      state[name] = value;
      state[`change:${name}`]?.();
    },
    send: (content, _, buffers = []) => messages.push([content, buffers.map(encode)]),
  };
  const { initialize, render } = widget();
  initialize({ model });
  await render({ model, el: document.querySelector('main') });
</script>
"""


@pytest.fixture
def widget_tab(open_tab: Callable[..., Tab], own_site: tuple[Path, str]) -> Tab:
    """A page that shows the widget as a notebook does, with a picture."""
    folder, url = own_site
    script = ROOT / "py" / "holistic" / "live" / "notebook.js"
    (folder / "notebook.js").write_bytes(script.read_bytes())
    (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
    attributes = '{ src: "signing.jpg", blendshapes: 1, rotations: 1, mirror: true }'
    (folder / "widget.html").write_text(PAGE.replace("{{attributes}}", attributes), "utf-8")
    return open_tab(f"{url}widget.html")


def received(tab: Tab, kind: str) -> tuple[dict[str, Any], list[bytes]]:
    tab.wait(f"messages.some(([{{kind}}]) => kind === '{kind}')")
    content, buffers = tab.page.evaluate(f"messages.find(([{{kind}}]) => kind === '{kind}')")
    return content, [base64.b64decode(buffer) for buffer in buffers]


def test_the_results_come_to_python(widget_tab: Tab) -> None:
    from holistic.live.notebook import HolisticWidget

    widget = HolisticWidget("https://tracker.example/", src="signing.jpg")
    heard: list[Any] = []
    widget.on_result(heard.append)
    widget._handle_custom_msg(*received(widget_tab, "landmarks"))
    assert heard == [widget.result]
    (person,) = widget.result.people
    assert person.face.shape == (478, 3)
    assert person.pose_world.shape == (33, 3)
    assert person.left_handedness > 0.5 > person.right_handedness
    assert 0 < person.left_hand["wrist"][0] < 1
    assert all(score > 0.5 for score in person.scores.values())
    assert np.isfinite(person.pose).all()
    assert 0 < person.blendshapes["mouthSmileLeft"] < 1
    assert np.allclose(np.linalg.norm(person.rotations, axis=1), 1, atol=1e-3)
    assert widget.received == 1, "the page may send the next one"


def test_the_state_comes_to_python(widget_tab: Tab) -> None:
    from holistic.live.notebook import HolisticWidget

    widget = HolisticWidget("https://tracker.example/")
    received(widget_tab, "landmarks")
    states = "messages.filter(([{kind}]) => kind === 'state').map(([content]) => content)"
    heard = [
        (widget._handle_custom_msg(told, []), widget.state)[1]
        for told in widget_tab.page.evaluate(states)
    ]
    assert "opening" in heard


def test_attributes_that_change_reach_the_tag(widget_tab: Tab) -> None:
    received(widget_tab, "state")
    widget_tab.page.evaluate("model.change('attributes', {complexity: 0, mirror: null})")
    tag = "document.querySelector('holistic-tracking')"
    assert widget_tab.page.evaluate(f"[{tag}.complexity, {tag}.hasAttribute('mirror')]") == [
        0,
        False,
    ]


def test_the_newest_of_several_views_has_the_tag(widget_tab: Tab) -> None:
    received(widget_tab, "landmarks")
    where = "document.querySelector('holistic-tracking')?.parentElement.tagName"
    close = widget_tab.page.evaluate_handle("async () => ({ view: await model.show() })")
    assert widget_tab.page.evaluate(where) == "ASIDE"
    assert "further down" in widget_tab.page.locator("main").inner_text()
    close.evaluate("({ view }) => view()")
    assert widget_tab.page.evaluate(where) == "MAIN"


def test_a_file_of_the_kernels_machine_is_the_source(widget_tab: Tab, tmp_path: Path) -> None:
    from holistic.live.notebook import HolisticWidget

    path = tmp_path / "person.jpg"
    path.write_bytes((MEDIA / "signing.jpg").read_bytes())
    widget = HolisticWidget("https://tracker.example/", src=path, people=2)
    assert widget.file == {"name": "person.jpg", "content": path.read_bytes()}
    assert widget.attributes == {"src": None, "people": 2}
    widget.set(src="camera")
    assert (widget.file, widget.attributes["src"]) == ({}, "camera")
    received(widget_tab, "landmarks")
    change = """async () => {
        const content = await (await fetch('signing.jpg')).arrayBuffer();
        messages.length = 0;
        model.change('received', 9);
        model.change('file', { name: 'person.jpg', content: new DataView(content) });
        model.change('attributes', { src: null });
    }"""
    widget_tab.page.evaluate(change)
    content, _ = received(widget_tab, "landmarks")
    assert content["people"]
    assert content["number"] == 10


def test_a_busy_kernel_gets_no_second_message(widget_tab: Tab) -> None:
    received(widget_tab, "landmarks")
    again = """async () => {
        const tag = document.querySelector('holistic-tracking');
        const detail = {people: [], timestamp: 1, width: 1, height: 1};
        const tell = () => tag.dispatchEvent(new CustomEvent('landmarks', {detail}));
        const count = () => messages.filter(([{kind}]) => kind === 'landmarks').length;
        tell();
        const before = count();
        model.change('received', 1);
        tell();
        return [before, count()];
    }"""
    assert widget_tab.page.evaluate(again) == [1, 2]
