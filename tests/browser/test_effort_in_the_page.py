"""What the page spares: frames in which nothing moves, and parts that take turns."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from clips import write_camera_file
from conftest import ALLOW_CAMERA, FAKE_CAMERA
from tab import Tab

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="./holistic-tracking.js"></script>
<holistic-tracking {attributes}></holistic-tracking>
"""

NOISE = 3
"""Grey levels: the standard deviation of a camera's noise in a room."""

STILL_FRAMES = 30
"""So many are watched, of ten a second: the page brings its figures up to date twice in them."""

# A canvas that is drawn ten times a second: a picture, and in its upper left corner one that has
# moved as soon as `hand.moved` says so. The event's frame tells whether it had.
CANVAS = """
<script type="module">
  const picture = new Image();
  picture.src = './signing.png';
  await picture.decode();
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 480});
  const context = canvas.getContext('2d');
  globalThis.hand = {moved: false};
  globalThis.told = [];
  setInterval(() => {
    context.drawImage(picture, 0, 0, 640, 480);
    context.drawImage(picture, 300, 100, 60, 60, hand.moved ? 8 : 0, 0, 60, 60);
  }, 100);
  const tag = document.querySelector('holistic-tracking');
  tag.addEventListener('landmarks', ({detail: {still, complete, times}}) => {
    const networks = Object.values(times).filter(({network}) => network > 0).length;
    const {data} = tag.frame();
    const corner = data.subarray(0, 4 * 60).reduce((sum, value) => sum + value, 0);
    told.push({still, complete, networks, corner});
  });
  tag.src = canvas;
</script>
"""


@pytest.fixture
def still_camera(picture: Path, tmp_path: Path) -> tuple[str, ...]:
    """Switches for a camera that shows one picture, with noise."""
    random, seen = np.random.default_rng(0), cv2.imread(str(picture))
    clip = tmp_path / "still.avi"
    size = seen.shape[1::-1]
    video = cv2.VideoWriter(str(clip), cv2.VideoWriter_fourcc(*"FFV1"), 10, size)
    for _ in range(40):
        noisy = seen + random.normal(0, NOISE, seen.shape)
        video.write(noisy.clip(0, 255).astype(np.uint8))
    video.release()
    file = write_camera_file(clip, tmp_path / "still.y4m", rate=10)
    return f"--use-file-for-fake-video-capture={file}", FAKE_CAMERA, ALLOW_CAMERA


OpenPage = Callable[..., Tab]


@pytest.fixture
def open_page(open_tab: Callable[..., Tab], own_site: tuple[Path, str], picture: Path) -> OpenPage:
    """A function that shows a page with a tag of these attributes."""
    folder, url = own_site
    (folder / "signing.png").write_bytes(picture.read_bytes())

    def open_page(attributes: str, *switches: str, body: str = "") -> Tab:
        (folder / "effort.html").write_text(PAGE.format(attributes=attributes) + body, "utf-8")
        return open_tab(f"{url}effort.html", *switches)

    return open_page


def networks(result: dict[str, Any]) -> int:
    """How many parts' networks ran for a result."""
    return sum(times["network"] > 0 for times in result["times"].values())


def people(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The landmarks of a result."""
    return [{part: person[part] for part in ("id", "pose", "face")} for person in result["people"]]


def test_a_still_camera_runs_the_networks_in_a_tenth_of_its_frames(
    open_page: OpenPage, still_camera: tuple[str, ...]
) -> None:
    tab = open_page('src="camera"', *still_camera)
    tab.wait_for("ready")
    tab.wait("seen.landmarks.some(({still}) => still)")
    first = len(tab.seen("landmarks"))
    results = tab.wait_for("landmarks", first + 70)[first:]
    still = [result for result in results if result["still"]]
    assert len(still) >= 0.9 * len(results)
    assert all(networks(result) == 0 for result in still)
    assert all(networks(result) == 4 for result in results if not result["still"])
    for last, result in pairwise(results):
        if result["still"]:
            assert people(result) == people(last)
            assert set(result["skipped"]) == {"pose", "face", "leftHand", "rightHand"}
    times = [result["timestamp"] for result in results]
    assert times == sorted(set(times))
    assert tab.complaints == []


def test_the_pages_figures_rest_too(
    open_tab: Callable[..., Tab], site: str, still_camera: tuple[str, ...]
) -> None:
    tab = open_tab(f"{site}?src=camera", *still_camera)
    tab.wait("seen.landmarks.some(({still}) => still)")
    changes = tab.page.evaluate(
        """async (wanted) => {
            let [still, changes] = [0, 0];
            const watch = new MutationObserver(() => changes++);
            watch.observe(document.querySelector('#latency'), {childList: true, subtree: true});
            const tracker = document.querySelector('holistic-tracking');
            await new Promise((resolve) => tracker.addEventListener('landmarks', ({detail}) => {
                if (detail.still && ++still === wanted) resolve();
            }));
            return changes;
        }""",
        STILL_FRAMES,
    )
    assert 0 < changes <= STILL_FRAMES / 6


def test_every_frame_of_a_still_camera_is_computed_if_asked(
    open_page: OpenPage, still_camera: tuple[str, ...]
) -> None:
    tab = open_page('src="camera" still="0"', *still_camera)
    results = tab.wait_for("landmarks", 12)
    assert not any(result["still"] for result in results)
    assert all(networks(result) for result in results)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_motion_in_a_corner_is_computed_in_its_own_frame(
    open_page: OpenPage, workers: int
) -> None:
    tab = open_page(f'workers="{workers}"', body=CANVAS)
    tab.wait("told.filter(({still}) => still).length > 3")
    resting = tab.page.evaluate("told.at(-1).corner")
    tab.page.evaluate("hand.moved = true")
    tab.wait(f"told.filter(({{corner}}) => corner !== {resting}).length > 10")
    moved = [each for each in tab.page.evaluate("told") if each["corner"] != resting]
    assert (moved[0]["still"], moved[0]["networks"]) == (False, 4)
    assert any(each["still"] for each in moved), "and then it rests again"


def test_hands_take_turns_and_are_there_in_every_frame(
    open_page: OpenPage, camera: tuple[str, str]
) -> None:
    tab = open_page('src="camera" level="alternate" still="0"', *camera, ALLOW_CAMERA)
    tab.wait_for("ready")
    tab.wait(
        "seen.landmarks.at(-1)?.people[0]?.leftHand && seen.landmarks.at(-1).people[0].rightHand"
    )
    first = len(tab.seen("landmarks"))
    results = tab.wait_for("landmarks", first + 12)[first:]
    for one, two in pairwise(results):
        assert not set(one["skipped"]) & set(two["skipped"]), "no part is left out twice in a row"
    for hand in ("leftHand", "rightHand"):
        skipped = sum(hand in result["skipped"] for result in results)
        assert abs(skipped - len(results) / 2) <= 1
        for one, two in pairwise(results):
            if hand in two["skipped"]:
                there = [result["people"][0][hand] is not None for result in (one, two)]
                assert there[0] == there[1], "a hand that is left out stays as it is"


def test_light_models_are_not_loaded_before_they_are_needed(
    open_page: OpenPage, camera: tuple[str, str]
) -> None:
    tab = open_page('src="camera"', *camera, ALLOW_CAMERA)
    tab.wait_for("ready")
    tab.wait_for_more()
    assert not [url for url in tab.requests if "_lite" in url]
