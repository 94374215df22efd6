"""The documentation's pictures of motion, gestures and the avatar.

``python -m avatar.pictures [FOLDER]`` makes them anew, in ``docs`` or another folder:
``motion.png``, ``gestures.png``, ``avatar.png`` and ``avatar-obs.png``. The last two show the built
site in Chromium, so run ``python build.py build`` first.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from builder import ROOT, environment, server
from builder.site import SITE
from holistic import Tracker, gestures
from holistic.drawing import draw
from holistic.motion import BONES, PARENTS, Posed, Skeleton, posed, skeleton, solve
from holistic.motion.body import AXES
from holistic.motion.fingers import HINGES
from holistic.motion.quaternions import IDENTITY, about, frame, inverse, multiply, rotate
from holistic.motion.solver import INDEX
from holistic.shared.bones import FINGERS
from holistic.shared.connections import HAND

SIGNING = ROOT / "tests" / "media" / "signing.jpg"
PATIENCE = 300
"""Seconds for the tracker's first landmarks."""

WHITE, BLACK = (255, 255, 255), (30, 30, 30)
_COLOURS = {"left": (255, 135, 184), "right": (130, 117, 255), "": (77, 173, 255)}
_SIZE = 360
_BENT = np.radians((75, 95, 60))  # of a finger's three joints in a fist
_UP = np.array((0, 1.0, 0))
_POSES: dict[str, dict[str, tuple[float, ...]]] = {  # of the five fingers: how bent, how far aside
    "thumbs_up": {"bent": (0, 1, 1, 1, 1)},
    "thumbs_down": {"bent": (0, 1, 1, 1, 1)},
    "pinch": {"bent": (0.5, 0.66, 0.05, 0, 0)},
    "victory": {"bent": (0.75, 0, 0, 1, 1), "aside": (0, 12, -12, 0, 0)},
    "pointing": {"bent": (0.75, 0, 1, 1, 1)},
    "open_hand": {"bent": (0, 0, 0, 0, 0)},
    "fist": {"bent": (0.75, 1, 1, 1, 1)},
}


def motion() -> np.ndarray:
    """A signer with landmarks, and the skeleton that the bones' rotations turn, from two sides."""
    content = cv2.imread(str(SIGNING))
    assert content is not None  # it is in the repository
    picture = cv2.cvtColor(content, cv2.COLOR_BGR2RGB)
    height, width = picture.shape[:2]
    with Tracker(mode="picture", parts=("pose", "left_hand", "right_hand")) as tracker:
        result = tracker.process(picture)
    assert result.person is not None
    drawn = cv2.cvtColor(draw(picture, result), cv2.COLOR_RGB2BGR)
    scaled = cv2.resize(drawn, (_SIZE * width // height, _SIZE), interpolation=cv2.INTER_AREA)
    of = skeleton()
    pose = posed(of, solve(result.person, width, height).rotations)
    views = {"from the camera": IDENTITY, "from the side": about(_UP, -np.pi / 3)}
    return np.hstack([scaled, *(_skeleton(of, pose, turn, name) for name, turn in views.items())])


def _skeleton(of: Skeleton, pose: Posed, turn: np.ndarray, name: str) -> np.ndarray:
    """(_SIZE, _SIZE, 3) the bones above the hips."""
    picture = np.full((_SIZE, _SIZE, 3), WHITE, np.uint8)
    middle = pose.joints[INDEX["chest"]]

    def place(point: np.ndarray) -> tuple[int, int]:
        x, y, _ = rotate(turn, point - middle) * AXES
        return round(_SIZE * (0.5 + x * 0.9)), round(_SIZE * (0.55 + y * 0.9))

    for bone in BONES:
        parent = PARENTS[bone]
        if not parent or any(word in bone for word in ("Leg", "Foot", "Toes", "Eye")):
            continue
        side = next((side for side in ("left", "right") if bone.startswith(side)), "")
        thick = 2 if bone.endswith(("Proximal", "Intermediate", "Distal", "Metacarpal")) else 4
        ends = [(pose.joints[INDEX[parent]], pose.joints[INDEX[bone]])]
        if bone in of.ends and bone != "hips":
            ends.append((pose.joints[INDEX[bone]], pose.end(of, bone)))
        for start, end in ends:
            cv2.line(picture, place(start), place(end), _COLOURS[side], thick, cv2.LINE_AA)
    return _named(picture, name)


def _named(picture: np.ndarray, name: str) -> np.ndarray:
    height, width = picture.shape[:2]
    (size, _), _ = cv2.getTextSize(name, cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1)
    place = (width - size) // 2, height - 12
    cv2.putText(picture, name, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, BLACK, 1, cv2.LINE_AA)
    return picture


def hand(bent: tuple[float, ...], aside: tuple[float, ...] = (0,) * 5) -> np.ndarray:
    """(21, 3) a left hand in metres, whose fingers are so bent and so many degrees aside."""
    of, rotations = skeleton(), np.tile(IDENTITY, (len(BONES), 1))
    for finger, hinge, share, degrees in zip(FINGERS, HINGES, bent, aside, strict=True):
        thumb = "Thumb" in finger[0]
        for bone, bend in zip(finger, np.full(3, np.radians(73)) if thumb else _BENT, strict=True):
            rotations[INDEX[f"left{bone}"]] = about(hinge, share * bend)
        first = INDEX[f"left{finger[0]}"]
        rotations[first] = multiply(about(_UP, -np.radians(degrees)), rotations[first])
    pose = posed(of, rotations)
    points = [pose.joints[INDEX["leftHand"]]]
    for finger in FINGERS:
        points += [pose.joints[INDEX[f"left{bone}"]] for bone in finger]
        points.append(pose.end(of, f"left{finger[-1]}"))
    return np.asarray((np.stack(points) - points[0]) * AXES)


def gesture_hands() -> np.ndarray:
    """A hand for each gesture, and what ``gestures.gesture`` says of it."""
    cells = []
    for name, how in _POSES.items():
        points = hand(**how)
        thumb, middle = points[4] - points[2], points[9]
        down = {"thumbs_up": -thumb, "thumbs_down": thumb}.get(name)
        if down is None:  # fingers up, the palm to us
            points = points @ np.array([(0, -1, 0), (0, 0, 1), (-1, 0, 0)])
        else:
            points = rotate(inverse(frame(middle, down)), points)
        cells.append(_hand_cell(points, str(gestures.gesture(points))))
    return np.hstack(cells)


def _hand_cell(points: np.ndarray, name: str) -> np.ndarray:
    picture = np.full((200, 130, 3), WHITE, np.uint8)
    flat = points[:, :2]
    middle, size = (flat.min(axis=0) + flat.max(axis=0)) / 2, 720
    places = np.round((flat - middle) * size + (65, 90)).astype(int)
    for start, end in np.array(HAND).reshape(-1, 2):
        cv2.line(picture, places[start], places[end], _COLOURS["left"], 3, cv2.LINE_AA)
    for x, y in places:
        cv2.circle(picture, (int(x), int(y)), 3, BLACK, -1, cv2.LINE_AA)
    return _named(picture, name)


def _wait_for_landmarks(page: Page) -> None:
    """Raises SystemExit where there are none in PATIENCE seconds.

    The page's policy refuses Playwright's own ``wait_for_function``.
    """
    end = time.monotonic() + PATIENCE
    while not page.evaluate("globalThis.found"):
        if time.monotonic() > end:
            sys.exit(f"no landmarks in {PATIENCE} s; the page says: {page.inner_text('#hint')}")
        page.wait_for_timeout(500)


def avatars(folder: Path) -> None:
    """``avatar.png``, the page with a signer, and ``avatar-obs.png``, what OBS gets to see."""
    http = server.make_server(SITE, 0, server.Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{http.server_port}/"
    switches = ["--no-sandbox", "--enable-unsafe-swiftshader"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=environment.chromium(), args=switches)
        for name, query in {
            "avatar": "avatar.html?src=./signing.jpg",
            "avatar-obs": "index.html?view=avatar&background=green&src=./signing.jpg",
        }.items():
            page = browser.new_page(  # a service worker would ask for the signer by itself
                viewport={"width": 960, "height": 600}, service_workers="block"
            )
            page.route(f"{address}signing.jpg", lambda route: route.fulfill(path=SIGNING))
            page.add_init_script(
                "addEventListener('landmarks', ({detail}) => globalThis.found = detail.complete)"
            )
            page.goto(address + query)
            _wait_for_landmarks(page)
            page.wait_for_timeout(5000)  # until the avatar has come to what the person does
            page.screenshot(path=folder / f"{name}.png")
            page.close()
        browser.close()
    http.shutdown()


def main() -> None:
    """Make all of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    if not (SITE / "manifest.json").exists():
        sys.exit("there is no site to show: run `python build.py build` first")
    cv2.imwrite(str(folder / "motion.png"), motion())
    cv2.imwrite(str(folder / "gestures.png"), gesture_hands())
    avatars(folder)


if __name__ == "__main__":
    main()
