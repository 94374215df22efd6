"""The avatar's page: an avatar does what the tracked person does, also in OBS."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ALLOW_CAMERA, FAKE_CAMERA, MEDIA
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tab import Tab

from builder.site import SITE
from holistic.motion.expressions import vrm_expressions
from holistic.motion.quaternions import multiply
from holistic.results.blendshapes import Blendshapes
from holistic.shared.blendshapes import NAMES
from holistic.shared.bones import BONES

DRAWN = "--enable-unsafe-swiftshader"
"""Chromium has WebGL without a graphics card."""

OWN = "avatar/holistic.vrm"
FLOAT = 5126  # glTF's number of 32-bit floats
PAUSE = 400  # ms between two looks at a scene that shall have come to rest
STILL, LOOKS = 4, 150  # how many alike tell that it has (frames may pause), and how many there are

READ = """async ([name, content]) => {
    const { readModel } = await import('./avatar/model.js');
    const bytes = content
        ? Uint8Array.from(content).buffer
        : await (await fetch(`./${name}`)).arrayBuffer();
    const vrm = await readModel(bytes, name);
    return {
        version: vrm.meta.metaVersion,
        bones: Object.keys(vrm.humanoid.humanBones),
        presets: Object.keys(vrm.expressionManager.presetExpressionMap),
        custom: Object.keys(vrm.expressionManager.customExpressionMap),
    };
}"""

POSED = """async ([content, person]) => {
    const { readModel } = await import('./avatar/model.js');
    const { Avatar } = await import('./avatar/avatar.js');
    const vrm = await readModel(Uint8Array.from(content).buffer, 'some.vrm');
    const avatar = new Avatar(vrm);
    avatar.show(person);
    for (let i = 0; i < 40; i++) avatar.update(0.1);
    const { expressionManager, humanoid } = vrm;
    const bones = Object.keys(person.bones).filter((name) => humanoid.getNormalizedBoneNode(name));
    const hips = humanoid.getNormalizedBoneNode('hips').position.toArray();
    const rest = humanoid.normalizedRestPose.hips.position;
    return {
        version: vrm.meta.metaVersion,
        perfectSync: avatar.perfectSync,
        hips: hips.map((value, i) => value - rest[i]),
        bones: Object.fromEntries(bones.map((name) =>
            [name, humanoid.getNormalizedBoneNode(name).quaternion.toArray()])),
        expressions: Object.fromEntries(Object.keys(expressionManager.expressionMap).map(
            (name) => [name, expressionManager.getValue(name)])),
    };
}"""


@pytest.fixture
def stage_page(launch: Callable[..., Browser], site: str) -> Iterator[Callable[..., Page]]:
    """A function that opens the avatar's page without the tracker: tests send its events.

    By its clock a picture always takes ``cost`` ms; with 5 it is painted as finely from the first
    to the last.
    """
    context = launch(DRAWN).new_context(viewport={"width": 640, "height": 640})
    context.route(
        "**/holistic-tracking.js",
        lambda route: route.fulfill(body="", content_type="text/javascript"),
    )

    def stage_page(query: str = "", cost: float = 5) -> Page:
        page = context.new_page()
        page.add_init_script(f"let clock = 0; performance.now = () => (clock += {cost});")
        page.goto(f"{site}avatar.html{query}")
        return page

    yield stage_page
    context.close()


@pytest.fixture
def drawn_page(launch: Callable[..., Browser], site: str) -> Iterator[Page]:
    """An empty page that has WebGL, beside the modules of the site."""
    context = launch(DRAWN).new_context()
    context.route(
        f"{site}empty.html", lambda route: route.fulfill(body="", content_type="text/html")
    )
    page = context.new_page()
    page.goto(f"{site}empty.html")
    yield page
    context.close()


def person(**shown: float) -> dict[str, Any]:
    """Somebody in the T-pose with these blendshapes."""
    return {
        "bones": {bone: [0, 0, 0, 1] for bone in BONES},
        "hipsPosition": None,
        "blendshapes": face(**shown),
    }


def face(**shown: float) -> dict[str, float]:
    """All blendshapes, 0 but for these."""
    return {name: shown.get(name, 0.0) for name in NAMES}


def send(page: Page, *people: dict[str, Any]) -> None:
    """Send an event with these people."""
    page.evaluate(
        """(people) => document.querySelector('holistic-tracking').dispatchEvent(
            new CustomEvent('landmarks', {detail: {people}}))""",
        list(people),
    )


def still(page: Page) -> np.ndarray:
    """(H, W, 4): the page's pixels when it shows something that does not move for STILL looks."""
    looks: list[bytes] = []
    for _ in range(LOOKS):
        page.wait_for_timeout(PAUSE)
        looks.append(page.screenshot(omit_background=True))
        if len(looks) > STILL and len(set(looks[-STILL:])) == 1:
            shown = pixels(looks[-1])
            if np.ptp(shown, axis=(0, 1)).any():
                return shown
    return pixels(looks[-1])


def pixels(picture: bytes) -> np.ndarray:
    """(H, W, 4): those of a picture, in RGBA."""
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA")).astype(int)


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the page."""
    page.evaluate(
        """([name, content]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([Uint8Array.from(content)], name));
            dispatchEvent(new DragEvent('drop', {dataTransfer, cancelable: true}));
        }""",
        [name, list(content)],
    )


def test_three_vrm_reads_our_avatar(empty_page: Page) -> None:
    found = empty_page.evaluate(READ, [OWN, None])
    assert found["version"] == "1"
    assert set(found["bones"]) == set(BONES)
    assert set(found["custom"]) == set(NAMES) - {"_neutral"}
    assert {"aa", "ih", "ou", "ee", "oh", "blink", "happy"} <= set(found["presets"])


def test_presets_are_as_the_native_ones(empty_page: Page) -> None:
    script = "async (face) => (await import('./avatar/expressions.js')).presets(face)"
    generator = np.random.default_rng(1)
    for _ in range(20):
        shown = dict(zip(NAMES, generator.random(len(NAMES)).tolist(), strict=True))
        expected = vrm_expressions(Blendshapes.of(shown))
        assert empty_page.evaluate(script, shown) == pytest.approx(expected, abs=1e-6)


SIZED = """async ([content, size]) => {
    const { readFile } = await import('./avatar/model.js');
    const start = new Blob([Uint8Array.from(content)]);
    const file = { name: 'huge.vrm', size, slice: (...ends) => start.slice(...ends) };
    return readFile(file).catch(({ message }) => message);
}"""

PAINTED = """async (cost) => {
    const { readModel } = await import('./avatar/model.js');
    const { Avatar } = await import('./avatar/avatar.js');
    const { Painter } = await import('./avatar/painter.js');
    const three = await import('./three/three.module.js');
    const canvas = document.createElement('canvas');
    canvas.style.cssText = 'width: 100px; height: 50px';
    document.documentElement.append(canvas);
    const painter = new Painter(canvas);
    const vrm = await readModel(await (await fetch('./avatar/holistic.vrm')).arrayBuffer(), 'own');
    const avatar = new Avatar(vrm);
    const scene = new three.Scene().add(vrm.scene);
    let clock = 0; // of a machine on which a picture takes `cost` ms
    performance.now = () => clock;
    WebGL2RenderingContext.prototype.getSyncParameter = function () {
        clock += cost;
        return this.SIGNALED;
    };
    painter.begin(vrm.scene);
    for (let pictures = 0; pictures < 60; pictures++) {
        painter.paint(scene, new three.PerspectiveCamera());
        while (painter.busy) await new Promise((resolve) => setTimeout(resolve));
    }
    const shown = [];
    vrm.scene.traverse(({ material }) => material && shown.push(material.type));
    const { pixels, own, interval } = painter.grade;
    const size = [canvas.width, canvas.height];
    return { pixels, own, interval, size, materials: [...new Set(shown)] };
}"""

PLAIN, RICH = ["MeshLambertMaterial"], ["MeshStandardMaterial"]


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        (1, {"pixels": 2, "own": True, "size": [200, 100], "materials": RICH}),
        (5, {"pixels": 1, "own": False, "size": [100, 50], "materials": PLAIN}),
        (20, {"pixels": 0.6, "own": False, "size": [60, 30], "materials": PLAIN}),
    ],
    ids=["cheap", "between", "dear"],
)
def test_what_a_picture_costs_decides_how_finely_it_is_painted(
    drawn_page: Page, cost: float, expected: dict[str, Any]
) -> None:
    found = drawn_page.evaluate(PAINTED, cost)
    assert found.pop("interval") == pytest.approx(max(1000 / 30, 2 * cost))
    assert found == expected


PACED = """async (gap) => {
    const { readModel } = await import('./avatar/model.js');
    const { Avatar } = await import('./avatar/avatar.js');
    const { Stage } = await import('./avatar/stage.js');
    const canvas = document.createElement('canvas');
    document.documentElement.append(canvas);
    const vrm = await readModel(await (await fetch('./avatar/holistic.vrm')).arrayBuffer(), 'own');
    let clock = 0; // ms, of a screen of 60 Hz on which a picture takes 12 ms
    let timers = [];
    let pictures = 0;
    let begun = 0;
    performance.now = () => clock;
    globalThis.setTimeout = (work, ms) => timers.push({ work, due: clock + ms });
    globalThis.clearTimeout = (number) => number && (timers[number - 1].work = () => {});
    globalThis.requestAnimationFrame = (work) => {
        const tick = (Math.floor(clock * 0.06) + 1) / 0.06;
        setTimeout(() => work(clock), tick - clock);
    };
    WebGL2RenderingContext.prototype.fenceSync = () => (pictures++, begun = clock, null);
    WebGL2RenderingContext.prototype.deleteSync = () => {};
    WebGL2RenderingContext.prototype.getSyncParameter = function () {
        return clock - begun < 12 ? this.UNSIGNALED : this.SIGNALED;
    };
    const stage = new Stage(canvas);
    const avatar = new Avatar(vrm);
    stage.put(avatar);
    const poses = [[0, 0, 0, 1], [0.6, 0, 0, 0.8]];
    let events = 0;
    for (; clock < 3000; clock++) {
        if (clock % gap === 0) {
            const pose = poses[events++ % 2];
            avatar.show({ bones: new Proxy({}, { get: () => pose }) });
        }
        for (const timer of timers) {
            if (timer.due > clock || timer.done) continue;
            timer.done = true;
            timer.work();
        }
    }
    return pictures / events;
}"""


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(37, 1), (45, 1), (100, 2), (10, 0.3)],
    ids=["27 a second", "22 a second", "it glides on between two", "30 a second are the most"],
)
def test_what_is_new_is_painted_once(drawn_page: Page, gap: int, expected: float) -> None:
    assert drawn_page.evaluate(PACED, gap) == pytest.approx(expected, rel=0.05)


HUNG = """async () => {
    const { readModel } = await import('./avatar/model.js');
    const vrm = await readModel(await (await fetch('./avatar/holistic.vrm')).arrayBuffer(), 'own');
    vrm.expressionManager.setValue('jawOpen', 1);
    vrm.humanoid.getNormalizedBoneNode('head').rotation.y = 1;
    vrm.update(0);
    vrm.scene.updateMatrixWorld(true);
    const found = {};
    vrm.scene.traverse((mesh) => {
        if (!mesh.isMesh) return;
        const turned = mesh.matrixWorld.elements[8];
        const opened = Math.max(0, ...(mesh.morphTargetInfluences ?? []));
        found[mesh.name] = { skinned: Boolean(mesh.isSkinnedMesh), turned, opened };
    });
    return found;
}"""


def test_parts_that_follow_one_bone_are_not_skinned(empty_page: Page) -> None:
    found = empty_page.evaluate(HUNG)
    assert {name for name, part in found.items() if part["skinned"]} >= {"shirt", "skin"}
    for name in ("hair", "brows", "lips"):
        assert not found[name]["skinned"]
        assert found[name]["turned"] == pytest.approx(np.sin(1), abs=1e-3), "it turns with the head"
    assert found["lips"]["opened"] == pytest.approx(1)


def test_a_folder_is_told(empty_page: Page) -> None:
    told = empty_page.evaluate("""async () => {
        const { readFile } = await import('./avatar/model.js');
        const slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone')) });
        return readFile({ name: 'models', size: 4096, slice }).catch(({ message }) => message);
    }""")
    assert told.startswith("models cannot be read: it may be a folder")


def test_a_model_without_hips_is_told(stage_page: Callable[..., Page]) -> None:
    page = stage_page()

    def behead(document: dict[str, Any]) -> None:
        del document["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]["hips"]

    drop(page, "head.vrm", changed(behead))
    expect(page.locator("#hint")).to_contain_text("head.vrm cannot be")
    expect(page.locator("#hint")).to_contain_text("hips")


def test_a_model_on_another_host_is_told(stage_page: Callable[..., Page]) -> None:
    page = stage_page("?model=https://elsewhere.example/some.vrm")
    expect(page.locator("#hint")).to_contain_text("some.vrm did not arrive: a model must be on")


def test_a_file_that_is_too_large_is_not_read(empty_page: Page) -> None:
    told = empty_page.evaluate(SIZED, [list(b"glTF" + bytes(8)), 4_000_000_000])
    assert told == "huge.vrm is too large for an avatar: it has 4000 MB, and 300 MB is the most."
    assert "not a binary glTF" in empty_page.evaluate(SIZED, [list(bytes(12)), 4_000_000_000])


def test_a_model_that_is_no_avatar_is_told(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    drop(page, "chair.glb", changed(lambda document: document["extensions"].clear()))
    expect(page.locator("#hint")).to_have_text(
        "chair.glb is a glTF model, but no VRM avatar: it does not name its bones."
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"not a model", "no VRM avatar"),
        (b"glTF" + bytes([2, 0, 0, 0, 99, 0, 0, 0]), "cut short: 12 of 99 bytes"),
        (b"glTF" + bytes([2, 0, 0, 0, 12, 0, 0, 0]), "may be damaged"),
    ],
    ids=["another file", "cut short", "empty"],
)
def test_a_broken_file_is_told(stage_page: Callable[..., Page], content: bytes, told: str) -> None:
    page = stage_page()
    drop(page, "broken.vrm", content)
    expect(page.locator("#hint")).to_contain_text("broken.vrm")
    expect(page.locator("#hint")).to_contain_text(told)


def test_a_dropped_avatar_is_shown(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    drop(page, "mine.vrm", (SITE / OWN).read_bytes())
    expect(page.locator("#hint")).to_have_text("mine.vrm is shown.")


def quaternions() -> dict[str, list[float]]:
    """A small turn of every bone, each another one."""
    turns = np.random.default_rng(3).normal(0, 0.2, (len(BONES), 4))
    turns[:, 3] += 1
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    return dict(zip(BONES, turns.tolist(), strict=True))


def test_bones_and_face_come_to_what_the_event_says(empty_page: Page) -> None:
    shown = person(jawOpen=0.7, mouthSmileLeft=0.4)
    shown |= {"bones": quaternions(), "hipsPosition": [0.1, -0.2, 0.3]}
    found = empty_page.evaluate(POSED, [list((SITE / OWN).read_bytes()), shown])
    for bone, expected in shown["bones"].items():
        assert found["bones"][bone] == pytest.approx(expected, abs=1e-3), bone
    assert found["hips"] == pytest.approx([0.1, -0.2, 0.3], rel=0.02)
    assert found["perfectSync"]
    assert found["expressions"]["jawOpen"] == pytest.approx(0.7, abs=0.01)
    assert found["expressions"]["mouthSmileLeft"] == pytest.approx(0.4, abs=0.01)
    assert found["expressions"]["aa"] == 0, "only one way of showing a face"


def test_names_of_perfect_sync_may_be_capitalised(empty_page: Page) -> None:
    def capitalise(document: dict[str, Any]) -> None:
        expressions = document["extensions"]["VRMC_vrm"]["expressions"]
        own = expressions["custom"]
        expressions["custom"] = {name[0].upper() + name[1:]: own[name] for name in own}

    found = empty_page.evaluate(POSED, [list(changed(capitalise)), person(jawOpen=0.7)])
    assert found["expressions"]["JawOpen"] == pytest.approx(0.7, abs=0.01)


def test_a_model_with_presets_alone_shows_these(empty_page: Page) -> None:
    def without_custom(document: dict[str, Any]) -> None:
        del document["extensions"]["VRMC_vrm"]["expressions"]["custom"]

    shown = person(jawOpen=0.7, eyeBlinkLeft=1.0)
    found = empty_page.evaluate(POSED, [list(changed(without_custom)), shown])
    assert not found["perfectSync"]
    assert found["expressions"]["aa"] == pytest.approx(0.7, abs=0.01)
    assert found["expressions"]["blinkLeft"] == pytest.approx(1, abs=0.01)


def test_a_model_of_vrm_0_looks_the_other_way(empty_page: Page) -> None:
    shown = person(jawOpen=0.7) | {"bones": quaternions(), "hipsPosition": [0.1, -0.2, 0.3]}
    found = empty_page.evaluate(POSED, [list(changed(make_old)), shown])
    assert found["version"] == "0"
    for bone, (x, y, z, w) in shown["bones"].items():
        assert found["bones"][bone] == pytest.approx([-x, y, -z, w], abs=1e-3), bone
    assert found["hips"] == pytest.approx([-0.1, -0.2, -0.3], rel=0.02)
    assert found["expressions"]["aa"] == pytest.approx(0.7, abs=0.01)


def test_bones_that_a_model_lacks_turn_their_neighbours(empty_page: Page) -> None:
    lacking = ("chest", "upperChest", "neck", "leftShoulder", "leftEye", "rightEye", "leftToes")

    def without(document: dict[str, Any]) -> None:
        description = document["extensions"]["VRMC_vrm"]
        for bone in lacking:
            del description["humanoid"]["humanBones"][bone]
        description["expressions"]["preset"]["lookLeft"] = {}
        del description["expressions"]["custom"]

    turns = quaternions()
    shown = person(eyeLookOutLeft=0.8, eyeLookInRight=0.4) | {"bones": turns}
    found = empty_page.evaluate(POSED, [list(changed(without)), shown])
    assert not set(lacking) & set(found["bones"])
    one = {bone: np.array(turn) for bone, turn in turns.items()}
    spine = multiply(multiply(one["spine"], one["chest"]), one["upperChest"])
    assert found["bones"]["spine"] == pytest.approx(spine, abs=1e-3)
    head = multiply(one["neck"], one["head"])
    assert found["bones"]["head"] == pytest.approx(head, abs=1e-3)
    arm = multiply(one["leftShoulder"], one["leftUpperArm"])
    assert found["bones"]["leftUpperArm"] == pytest.approx(arm, abs=1e-3)
    assert found["bones"]["rightUpperArm"] == pytest.approx(turns["rightUpperArm"], abs=1e-3)
    assert found["expressions"]["lookLeft"] == pytest.approx(0.6, abs=0.01)


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Our avatar, with another description."""
    content = (SITE / OWN).read_bytes()
    length = int.from_bytes(content[12:16], "little")
    document = json.loads(content[20 : 20 + length])
    change(document)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = content[20 + length :]
    sizes = [2, 20 + len(text) + len(rest), len(text)]
    header = b"".join(size.to_bytes(4, "little") for size in sizes)
    return b"glTF" + header + b"JSON" + text + rest


def make_old(document: dict[str, Any]) -> None:
    """Describe the model as VRM 0.x does."""
    new = document["extensions"].pop("VRMC_vrm")
    thumb = {"ThumbProximal": "ThumbIntermediate", "ThumbMetacarpal": "ThumbProximal"}

    def old_name(bone: str) -> str:
        side, rest = next(
            ((side, bone[len(side) :]) for side in ("left", "right") if bone.startswith(side)),
            ("", bone),
        )
        return side + thumb.get(rest, rest)

    bones = [
        {"bone": old_name(bone), "node": each["node"]}
        for bone, each in new["humanoid"]["humanBones"].items()
    ]
    (bind,) = [
        bind
        for bind in new["expressions"]["custom"]["jawOpen"]["morphTargetBinds"]
        if document["nodes"][bind["node"]]["name"] == "lips"
    ]
    mesh = document["nodes"][bind["node"]]["mesh"]
    binds = [{"mesh": mesh, "index": bind["index"], "weight": 100}]
    group = {"name": "A", "presetName": "a", "binds": binds, "isBinary": False}
    document["extensionsUsed"] = ["VRM"]
    document["extensions"]["VRM"] = {
        "specVersion": "0.0",
        "meta": {"title": "old"},
        "humanoid": {"humanBones": bones},
        "blendShapeMaster": {"blendShapeGroups": [group]},
    }


def turned_old() -> bytes:
    """Our avatar as a file of VRM 0.x: it looks the other way, along -z."""

    def describe(document: dict[str, Any]) -> None:
        make_old(document)
        for node in document["nodes"]:
            if "translation" in node:
                x, y, z = node["translation"]
                node["translation"] = [-x, y, -z]

    content = bytearray(changed(describe))
    length = int.from_bytes(content[12:16], "little")
    document = json.loads(content[20 : 20 + length])
    start = 20 + length + 8
    for accessor in document["accessors"]:
        view = document["bufferViews"][accessor["bufferView"]]
        columns = {"VEC3": [0, 2], "MAT4": [12, 14]}.get(accessor["type"])
        if columns and accessor["componentType"] == FLOAT:
            place = start + view.get("byteOffset", 0)
            width = 3 if accessor["type"] == "VEC3" else 16
            count = accessor["count"] * width
            numbers = np.frombuffer(content, "<f4", count, place).reshape(-1, width)
            numbers[:, columns] *= -1
    return bytes(content)


RECORDED = """async () => {
    const stream = document.getElementById('stage').captureStream(10);
    const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8' });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    const frame = document.getElementById('frame');
    for (let round = 0; round < 6; round++) { // something moves, so that it is painted
        frame.value = round % 2 ? 'upper' : 'body';
        frame.dispatchEvent(new Event('change'));
        await new Promise((resolve) => setTimeout(resolve, 400));
    }
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.stop();
    await stopped;
    const video = document.createElement('video');
    const file = new Blob(parts, { type: 'video/webm' });
    Object.assign(video, { src: URL.createObjectURL(file), muted: true });
    const pen = new OffscreenCanvas(100, 100).getContext('2d', { willReadFrequently: true });
    const bright = (x, y) => Math.max(...pen.getImageData(x, y, 1, 1).data.slice(0, 3));
    const seen = { shirt: [], corner: [] };
    const look = () => {
        pen.fillRect(0, 0, 100, 100); // black, where the picture is transparent
        pen.drawImage(video, 0, 0, 100, 100);
        seen.shirt.push(bright(50, 45));
        seen.corner.push(bright(2, 2));
        video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    await video.play();
    await new Promise((resolve) => (video.onended = resolve));
    return seen;
}"""


class TestScene:
    """What there is to see."""

    def test_a_file_of_vrm_0_looks_and_moves_as_one_of_vrm_1(
        self, stage_page: Callable[..., Page], screenshots: Path
    ) -> None:
        raised = person()
        raised["bones"]["leftUpperArm"] = [0, 0, 0.5, 0.866]
        raised["bones"]["head"] = [0, 0.34, 0, 0.94]
        raised["bones"]["rightUpperLeg"] = [-0.34, 0, 0, 0.94]
        seen = []
        for name, content in {"new": (SITE / OWN).read_bytes(), "old": turned_old()}.items():
            page = stage_page("?background=%2380c0ff&frame=body")
            drop(page, f"{name}.vrm", content)
            expect(page.locator("#hint")).to_have_text(f"{name}.vrm is shown.")
            send(page, raised)
            seen.append(still(page))
            page.screenshot(path=screenshots / f"avatar-{name}.png")
        assert np.abs(seen[0] - seen[1]).mean() < 1
        assert np.abs(seen[0] - seen[1][:, ::-1]).mean() > 3

    def test_a_smile_moves_the_mouth(
        self, stage_page: Callable[..., Page], screenshots: Path
    ) -> None:
        page = stage_page("?background=%2380c0ff&frame=face")
        page.wait_for_load_state("networkidle")
        send(page, person())
        plain = still(page)
        send(page, person(mouthSmileLeft=1, mouthSmileRight=1))
        smiling = still(page)
        page.screenshot(path=screenshots / "avatar-smile.png")
        rows, columns = np.nonzero(np.abs(plain - smiling).sum(axis=2) > 60)
        assert len(rows) > 300
        assert rows.min() > 320, "below the eyes"
        assert 150 < columns.min() < columns.max() < 490, "between the cheeks"

    def test_nobody_in_view_lets_the_arms_sink(self, stage_page: Callable[..., Page]) -> None:
        page = stage_page("?background=%2380c0ff")
        page.wait_for_load_state("networkidle")
        relaxed = still(page)
        send(page, person())
        stretched = still(page)
        send(page)
        assert np.abs(still(page) - relaxed).sum() < np.abs(stretched - relaxed).sum() / 20

    def test_its_canvas_can_be_recorded(self, stage_page: Callable[..., Page]) -> None:
        page = stage_page("?background=transparent")
        page.wait_for_load_state("networkidle")
        send(page, person())
        still(page)
        shown = page.evaluate(RECORDED)
        assert min(shown["shirt"]) > 60, "the avatar is in every picture"
        assert max(shown["corner"]) < 30, "and nothing around it"

    @pytest.mark.parametrize(
        ("background", "corner"),
        [
            ("transparent", (0, 0, 0, 0)),
            ("green", (0, 177, 64, 255)),
            ("%23123456", (0x12, 0x34, 0x56, 255)),
        ],
    )
    def test_the_background_is_what_the_address_says(
        self, stage_page: Callable[..., Page], background: str, corner: tuple[int, ...]
    ) -> None:
        page = stage_page(f"?background={background}")
        page.wait_for_load_state("networkidle")
        shown = still(page)
        assert tuple(shown[5, 5]) == tuple(shown[-5, 5]) == corner, "and no controls are there"
        assert tuple(shown[320, 320])[3] == 255, "the avatar is"
        expect(page.locator("nav")).not_to_be_visible()
        assert page.evaluate("document.querySelector('holistic-tracking').src") == "camera"

    def test_an_unknown_background_is_told(self, stage_page: Callable[..., Page]) -> None:
        page = stage_page("?background=mauve")
        expect(page.locator("#hint")).to_contain_text("no background mauve")

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("model=http://", '"http://" is no address of a model'),
            ("frame=legs", "There is no frame legs: take face, upper, body"),
        ],
    )
    def test_what_the_address_asks_for_and_is_not_there_is_told(
        self, stage_page: Callable[..., Page], query: str, told: str
    ) -> None:
        expect(stage_page(f"?{query}").locator("#hint")).to_contain_text(told)

    def test_without_webgl_it_says_so(self, launch: Callable[..., Browser], site: str) -> None:
        page = launch("--disable-3d-apis").new_page()
        page.goto(f"{site}avatar.html")
        expect(page.locator("#hint")).to_contain_text("WebGL")
        page.close()

    def test_it_mirrors_unless_told_otherwise(self, stage_page: Callable[..., Page]) -> None:
        raised = person()
        raised["bones"]["leftUpperArm"] = [0, 0, 0.5, 0.866]
        raised["bones"]["rightUpperArm"] = [0, 0, 0.5, 0.866]
        seen = []
        for query in ("?background=transparent", "?background=transparent&mirror=0"):
            page = stage_page(query)
            page.wait_for_load_state("networkidle")
            send(page, raised)
            seen.append(still(page))
            mirror = page.locator("holistic-tracking").get_attribute("mirror")
            assert mirror == ("0" if "mirror" in query else ""), "and so is what the camera sees"
        assert np.abs(seen[0] - seen[1][:, ::-1]).mean() < 2
        assert np.abs(seen[0] - seen[1]).mean() > 5

    def test_a_mirror_has_the_left_eye_and_finger_on_the_left(
        self, stage_page: Callable[..., Page]
    ) -> None:
        page = stage_page("?background=transparent&frame=body")
        page.set_viewport_size({"width": 900, "height": 700})
        page.wait_for_load_state("networkidle")
        send(page, person())
        plain = still(page)
        bent = person()
        bent["bones"]["leftIndexProximal"] = [0, 0, -0.7, 0.71]
        for shown in (person(eyeBlinkLeft=1), bent):
            send(page, shown)
            changed = np.abs(still(page) - plain).sum(axis=(0, 2))
            columns = np.nonzero(changed > 4 * 255)[0]  # one pixel flickers where parts meet
            assert len(columns) > 0
            assert columns.max() < 450


class TestObs:
    """Its browser source: off screen, nothing behind the page, no gesture and nobody to ask."""

    def test_the_edges_are_clean(self, stage_page: Callable[..., Page], screenshots: Path) -> None:
        page = stage_page("?background=transparent", cost=1)
        page.set_viewport_size({"width": 1280, "height": 720})
        page.wait_for_load_state("networkidle")
        send(page, person())
        shown = still(page)
        page.screenshot(path=screenshots / "avatar-transparent.png", omit_background=True)
        assert not shown[:20].any(), "nothing is above the head"
        soft = np.argwhere((shown[..., 3] > 64) & (shown[..., 3] < 255))
        assert sum(fringe(shown, *place) for place in soft) <= 0.02 * len(soft)
        assert (shown[..., 3] == 255).sum() > 20_000, "the avatar is opaque"

    def test_it_goes_on_when_it_is_seen_again(self, stage_page: Callable[..., Page]) -> None:
        page = stage_page("?background=transparent")
        page.wait_for_load_state("networkidle")
        relaxed = still(page)
        devtools = page.context.new_cdp_session(page)
        for state in ("frozen", "active"):
            devtools.send("Page.setWebLifecycleState", {"state": state})
        send(page, person())
        assert np.abs(still(page) - relaxed).mean() > 1

    def test_it_goes_on_when_the_graphics_card_was_lost(
        self, stage_page: Callable[..., Page]
    ) -> None:
        page = stage_page("?background=transparent")
        page.wait_for_load_state("networkidle")
        send(page, person())
        before = still(page)
        page.evaluate("""async () => {
            const gl = document.getElementById('stage').getContext('webgl2');
            const loss = gl.getExtension('WEBGL_lose_context');
            loss.loseContext();
            await new Promise((resolve) => setTimeout(resolve, 500));
            loss.restoreContext();
        }""")
        assert np.abs(still(page) - before).mean() < 0.1

    def test_the_camera_starts_by_itself(self, launch: Callable[..., Browser], site: str) -> None:
        page = launch(DRAWN, ALLOW_CAMERA, FAKE_CAMERA).new_page()
        page.goto(f"{site}avatar.html?background=transparent")
        expect(page.locator("#hint.fault")).to_have_count(0)
        wait_until(page, "document.querySelector('holistic-tracking').state === 'running'")
        page.close()

    def test_without_the_switch_it_says_that_the_camera_is_refused(
        self, launch: Callable[..., Browser], site: str
    ) -> None:
        page = launch(DRAWN, FAKE_CAMERA, "--deny-permission-prompts").new_page()
        page.goto(f"{site}avatar.html?background=transparent")
        expect(page.locator("#hint.fault")).to_contain_text("camera", timeout=60_000)
        expect(page.locator("#hint.fault")).to_be_visible()
        page.close()


def fringe(shown: np.ndarray, row: int, column: int) -> bool:
    """Whether a half transparent pixel has another colour than the opaque ones around it."""
    around = shown[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4].reshape(-1, 4)
    opaque = around[around[:, 3] == 255, :3]
    if not len(opaque):
        return False
    colour = shown[row, column, :3]
    return bool(
        (colour < opaque.min(axis=0) - 30).any() or (colour > opaque.max(axis=0) + 30).any()
    )


def wait_until(page: Page, expression: str) -> None:
    """Wait for what a page's policy keeps Playwright itself from waiting for."""
    for _ in range(LOOKS):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(PAUSE)
    raise AssertionError(f"never came true: {expression}")


def test_where_nothing_moves_it_asks_for_no_frames(stage_page: Callable[..., Page]) -> None:
    page = stage_page("?background=transparent")
    page.wait_for_load_state("networkidle")
    send(page, person())
    still(page)
    asked = page.evaluate("""async () => {
        let asked = 0;
        const ask = globalThis.requestAnimationFrame;
        globalThis.requestAnimationFrame = (work) => (asked++, ask(work));
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return asked;
    }""")
    assert asked == 0


def test_controls_have_names_and_fit_a_phone(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for name in ("Camera", "Clip", "Open…"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    expect(page.get_by_label("In view")).to_be_visible()


def test_the_page_leads_to_the_view_for_obs(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, url = own_site
    (folder / "signing.jpg").write_bytes((MEDIA / "signing.jpg").read_bytes())
    tab = open_tab(f"{url}?view=avatar&background=green&src=signing.jpg", DRAWN)
    tab.wait("location.pathname.endsWith('avatar.html')")
    (result,) = tab.wait_for("landmarks")
    (found,) = result["people"]
    assert set(found["bones"]) == set(BONES)
    assert found["blendshapes"]
    assert [each for each in tab.complaints if "GPU stall" not in each] == []


def test_a_first_visit_of_the_page_loads_nothing_of_it(
    open_tab: Callable[..., Tab], site: str
) -> None:
    tab = open_tab(site)
    tab.wait_for("ready")
    assert not [each for each in tab.requests if "/three/" in each or "/avatar" in each]
