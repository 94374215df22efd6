"""What a page shows while it is still loading: the pose, as soon as somebody can compute it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import write_camera_file
from conftest import ALLOW_CAMERA, FAKE_CAMERA, HANDS_CLIP, Hold
from tab import Tab

from builder.server import Handler, PlainHandler
from builder.site import SITE

# Whether a pose of that colour is seen.
DRAWN = """(() => {
    const canvas = tracker.shadowRoot.querySelector('canvas:not([hidden])');
    const {width, height} = canvas;
    const copy = new OffscreenCanvas(width, height).getContext('2d');
    copy.drawImage(canvas, 0, 0);
    const {data} = copy.getImageData(0, 0, width, height);
    const [pose] = new Uint32Array(Uint8Array.of(1, 2, 3, 255).buffer);
    return new Uint32Array(data.buffer).includes(pose);
})()"""


# When the camera's frames were taken, by the page's clock.
TAKEN = """
globalThis.taken = [];
const { read } = ReadableStreamDefaultReader.prototype;
ReadableStreamDefaultReader.prototype.read = async function () {
    const result = await read.call(this);
    if (result.value instanceof VideoFrame) taken.push(performance.now());
    return result;
};"""

BUSY = """
import js, time
begun = time.ticks_ms()
while time.ticks_diff(time.ticks_ms(), begun) < 3000:
    pass
js.fetch("./compiled")
"""
"""What the page's Python takes a while for."""


@pytest.mark.parametrize("handler", [Handler, PlainHandler], ids=["shared memory", "messages"])
def test_the_pose_comes_before_the_hands_can_be_computed(
    open_tab: Callable[..., Tab],
    serve: Callable[..., str],
    hold: Hold,
    camera: tuple[str, str],
    handler: type[Handler],
) -> None:
    holding, released = hold(handler, "hand_landmarks")
    url = f"{serve(SITE, holding)}?src=camera&workers=2"
    workers = "allow" if handler is Handler else "block"  # it would add the headers
    tab = open_tab(url, *camera, ALLOW_CAMERA, service_workers=workers)
    person = tab.wait_for("early", 5)[-1]["people"][0]
    tab.complaints.clear()
    assert len(person["pose"]) == 33 * 5
    assert person["leftHand"] is person["rightHand"] is None
    tab.page.evaluate("tracker.style.setProperty('--holistic-pose', 'rgb(1, 2, 3)')")
    tab.wait(DRAWN)
    assert tab.seen("ready") == tab.seen("landmarks") == []
    tab.wait("globalThis.holisticTracking")
    assert tab.page.evaluate("holisticTracking.stats().rate") == 0, "only complete frames count"

    released.set()
    tab.wait("seen.landmarks.at(-1)?.people[0]?.leftHand")
    tab.wait_for("ready")
    tab.wait_for_more()
    assert len(tab.seen("ready")) == 1
    numbers = [detail["frame"] for kind in ("early", "landmarks") for detail in tab.seen(kind)]
    assert numbers == sorted(set(numbers)), "none comes twice, or after a later one"
    told = [text for text in tab.complaints if "Service Worker registration blocked" not in text]
    assert told == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_camera_is_tracked_before_what_its_first_frame_needs_not_has_come(
    open_tab: Callable[..., Tab],
    serve: Callable[..., str],
    hold: Hold,
    camera: tuple[str, str],
    workers: int,
) -> None:
    holding, released = hold(Handler, "palm_detector")
    url = f"{serve(SITE, holding)}?src=camera&workers={workers}"
    tab = open_tab(url, *camera, ALLOW_CAMERA, service_workers="block")
    tab.wait("seen.landmarks.at(-1)?.people[0]?.leftHand")
    tab.wait_for_more()
    assert tab.seen("ready") == []
    released.set()
    (ready,) = tab.wait_for("ready")
    assert any("palm_detector" in path for path in ready["files"])
    tab.wait_for_more()
    frames = [result["frame"] for result in tab.seen("landmarks")]
    assert frames == sorted(set(frames)), "they are counted on"


# At each result, how many workers there were, and what the tag said with a complete one.
WORKERS_SEEN = """globalThis.workersSeen = [];
globalThis.said = new Set();
addEventListener('landmarks', ({target, detail}) => {
    workersSeen.push(workers.length);
    if (detail.complete) said.add(target.shadowRoot.querySelector('p').textContent);
});"""


@pytest.mark.parametrize("handler", [Handler, PlainHandler], ids=["shared memory", "messages"])
def test_the_first_worker_begins_alone_and_the_others_take_their_part_over(
    open_tab: Callable[..., Tab],
    serve: Callable[..., str],
    camera: tuple[str, str],
    handler: type[Handler],
) -> None:
    url = f"{serve(SITE, handler)}?src=camera&workers=2"
    workers = "allow" if handler is Handler else "block"  # it would add the headers
    tab = open_tab(url, *camera, ALLOW_CAMERA, service_workers=workers, script=WORKERS_SEEN)
    (ready,) = tab.wait_for("ready")
    tab.wait_for_more()
    assert ready["workers"] == 2
    seen = tab.page.evaluate("workersSeen")
    assert seen[0] == 1
    assert seen[-1] == 2
    assert tab.page.evaluate("[...said]") == [""], "nobody waits any more"
    frames = [result["frame"] for result in tab.seen("landmarks")]
    assert frames == sorted(set(frames)), "they are counted on"
    assert all(result["people"][0]["leftHand"] for result in tab.seen("landmarks")[1:])


def test_a_picture_is_looked_at_by_the_first_worker_and_a_video_by_all(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str], picture: Path
) -> None:
    folder, url = own_site
    (folder / picture.name).write_bytes(picture.read_bytes())
    for place, count in ((picture.name, 1), ("sample.webm", 2)):
        tab = open_tab(f"{url}?src={place}&workers=2", script=WORKERS_SEEN)
        tab.wait_for("landmarks")
        assert tab.page.evaluate("workersSeen")[0] == count
        tab.wait_for("ready")


def test_python_is_loaded_before_the_page_knows_what_for(
    open_tab: Callable[..., Tab], serve: Callable[..., str], hold: Hold
) -> None:
    holding, released = hold(Handler, "micropython.wasm")
    tab = open_tab(serve(SITE, holding), service_workers="block")
    deadline = 1200
    while not any("snapshot" in url for url in tab.requests) and deadline:
        tab.page.wait_for_timeout(50)
        deadline -= 1
    assert deadline, "no worker has begun"
    released.set()
    (ready,) = tab.wait_for("ready")
    assert any("snapshot" in path for path in ready["files"]), "what came early counts too"


def test_a_worker_has_begun_when_the_page_compiles_its_own_python(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, address = own_site
    file = folder / "tag" / "modules.json"
    modules = json.loads(file.read_text("utf-8"))
    modules["/engine.py"] = BUSY + modules["/engine.py"]
    file.unlink()
    file.write_text(json.dumps(modules), "utf-8")
    tab = open_tab(address, service_workers="block")
    tab.wait_for("ready")
    asked = [url.removeprefix(address).lstrip("/") for url in tab.requests]
    assert asked.index("python/snapshot.bin") < asked.index("compiled")
    for script in ("pyodide/pyodide.asm.js", "worker/libraries.js"):
        assert asked.index(script) < asked.index("python/multiarray_umath.wasm"), "not behind it"


def test_a_picture_waits_until_everything_can_be_computed(
    open_tab: Callable[..., Tab],
    serve: Callable[..., str],
    hold: Hold,
    picture: Any,
) -> None:
    holding, released = hold(Handler, "hand_landmarks")
    tab = open_tab(f"{serve(SITE, holding)}?workers=2", service_workers="block")
    tab.choose_file(picture)
    tab.page.wait_for_timeout(2000)
    assert tab.seen("early") == tab.seen("landmarks") == []
    released.set()
    (detail,) = tab.wait_for("landmarks")
    assert detail["people"][0]["leftHand"]
    assert tab.seen("early") == []


def test_few_of_the_cameras_frames_are_taken_while_nobody_can_compute_any(
    open_tab: Callable[..., Tab], serve: Callable[..., str], hold: Hold, tmp_path: Path
) -> None:
    file = write_camera_file(HANDS_CLIP, tmp_path / "usual.y4m", rate=30)
    camera = f"--use-file-for-fake-video-capture={file}", FAKE_CAMERA
    holding, released = hold(Handler, "models/")
    tab = open_tab(f"{serve(SITE, holding)}?src=camera", *camera, ALLOW_CAMERA, script=TAKEN)
    tab.wait_for_state("running")
    before = tab.page.evaluate("taken.length")
    tab.wait(f"taken.length > {before + 20}")
    gaps = np.diff(tab.page.evaluate("taken")[before:])
    assert gaps.mean() > 95, "ten a second, of thirty"
    released.set()
    tab.wait_for_more()
