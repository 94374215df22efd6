"""The tag's attributes, methods and sources, in a page that is little more than the tag."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from clips import write_camera_file
from conftest import ALLOW_CAMERA, CLIP, FAKE_CAMERA, HANDS_CLIP, MEDIA
from mouths import closed_and_open
from tab import Tab, pixels

from builder.server import PlainHandler
from holistic import Tracker
from holistic.angles import head_pose
from holistic.motion import BONES, solve
from holistic.results import record as records
from holistic.results.named_points import FacePoints, HandPoints, PosePoints, WorldPosePoints
from holistic.results.result import Person
from holistic.shared import layout
from holistic.shared.blendshapes import NAMES

PAGE = """<!doctype html>
<link rel="icon" href="data:,">
<script type="module" src="./holistic-tracking.js"></script>
<holistic-tracking {attributes}></holistic-tracking>
"""

PARTS = {
    "pose": ("pose", PosePoints, 5),
    "poseWorld": ("pose_world", WorldPosePoints, 3),
    "face": ("face", FacePoints, 3),
    "leftHandWorld": ("left_hand_world", HandPoints, 3),
    "rightHandWorld": ("right_hand_world", HandPoints, 3),
}
"""A person's arrays in an event: their names natively, their kind and values a point."""

OpenTag = Callable[..., Tab]


@pytest.fixture
def open_tag(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str], camera: tuple[str, str]
) -> OpenTag:
    """A function that shows a page with a tag of these attributes, ``tag`` in its scripts."""
    folder, url = own_site

    def open_tag(attributes: str = "", body: str = "", script: str = "") -> Tab:
        (folder / "tag.html").write_text(PAGE.format(attributes=attributes) + body, "utf-8")
        for file in (CLIP, MEDIA / "signing.jpg"):
            (folder / file.name).write_bytes(file.read_bytes())
        ask = "Object.defineProperty(globalThis, 'tag', "
        ask += "{get: () => document.querySelector('holistic-tracking')});"
        return open_tab(f"{url}tag.html", *camera, ALLOW_CAMERA, script=ask + script)

    return open_tag


def newest(tab: Tab, condition: str) -> None:
    """Wait for a result of which this holds, of its first ``person``."""
    tab.wait(f"(({{people: [person]}}) => {condition})(seen.landmarks.at(-1) ?? {{people: []}})")


def change(tab: Tab, **attributes: Any) -> None:
    """Set attributes, all at once, and wait until everybody works that way."""
    count = tab.page.evaluate(
        """(attributes) => {
            for (const each of Object.entries(attributes)) tag.setAttribute(...each);
            return seen.ready.length;
        }""",
        attributes,
    )
    tab.wait(f"seen.ready.length > {count}")


def test_parts_people_and_models_can_be_changed_while_it_runs(open_tag: OpenTag) -> None:
    tab = open_tag('src="camera" parts="pose"')
    newest(tab, "person?.pose && !person.face && !person.rightHand")
    assert tab.page.evaluate("workers.length") == 1, "nobody is hired for nothing"
    change(tab, parts="pose face")
    newest(tab, "person?.face && !person.rightHand")
    change(tab, parts="pose face hands", people=2, workers=3)
    newest(tab, "person?.face && person.rightHand")
    tab.wait("workers.length === 3 && tag.ready")
    change(tab, complexity=0, variant="float")
    newest(tab, "person?.rightHand")
    change(tab, parts="face hands", workers=2)
    newest(tab, "person?.face && !person.pose")
    frames = [result["frame"] for result in tab.seen("landmarks")]
    assert frames == sorted(set(frames)), "frames are counted on"
    assert tab.seen("error") == []
    assert tab.complaints == []


def test_whatever_is_changed_frames_have_the_same_memory_again(open_tag: OpenTag) -> None:
    tab = open_tag(
        'src="camera" parts="pose"',
        script="""globalThis.sizes = [];
        globalThis.SharedArrayBuffer = class extends SharedArrayBuffer {
          constructor(size) { super(size); sizes.push(size); }
        };""",
    )
    tab.wait_for_more()
    for people in (2, 1, 2, 1, 2, 1):
        change(tab, people=people)
        tab.wait_for_more()
    frames = [size for size in tab.page.evaluate("sizes") if size >= 640 * 480 * 4]
    assert len(frames) == 2, "the one in use, and the one before"
    assert tab.complaints == []


def test_a_hand_that_is_carried_on_has_landmarks_the_score_0_and_is_named(
    open_tag: OpenTag,
) -> None:
    record = records.empty()
    (person,) = records.people(record)
    for part in ("pose", "right_hand"):
        records.section(person, part)[records.SCORE] = 0.75
    records.section(person, "left_hand")[layout.HAND_PREDICTED] = 1
    records.hand_points(person, "left_hand")[:] = 0.5
    tab = open_tag('carry="1"')
    read = tab.page.evaluate(
        """async ([record, headers]) => {
            const {read} = await import('/tag/results.js');
            const {people: [person]} = read(Float32Array.from(record), headers, 0);
            return {...person, leftHand: [...person.leftHand], rightHand: person.rightHand.length};
        }""",
        [record.tolist(), [1, 0, 640, 480]],
    )
    assert read["leftHand"] == [0.5] * 63
    assert read["rightHand"] == 63
    assert read["face"] is None
    assert read["scores"] == {"pose": 0.75, "face": None, "leftHand": 0, "rightHand": 0.75}
    assert read["predicted"] == ["leftHand"]
    assert tab.page.evaluate("tag.carry") == 1
    assert tab.complaints == []


def test_irises_can_be_switched_on_and_off_while_it_runs(open_tag: OpenTag) -> None:
    tab = open_tag('src="camera" parts="pose face" workers="1"')
    newest(tab, "person?.face && person.irises === null")
    change(tab, irises=1)
    newest(tab, "person?.irises")
    face, irises, width, height = tab.page.evaluate(
        """(({people: [{face, irises}], width, height}) =>
            [[...face], [...irises], width, height])(
            seen.landmarks.findLast(({people: [person]}) => person?.irises))"""
    )
    points = [(face[i * 3] * width, face[i * 3 + 1] * height) for i in range(468)]
    centres = [(irises[i * 3] * width, irises[i * 3 + 1] * height) for i in (0, 5)]
    for centre, outer, inner in zip(centres, (33, 263), (133, 362), strict=True):
        eye = math.dist(points[outer], points[inner])
        assert math.dist(centre, points[outer]) < eye > math.dist(centre, points[inner])
    change(tab, irises=0)
    newest(tab, "person?.face && person.irises === null")
    assert tab.page.evaluate("tag.irises") == 0
    assert tab.complaints == []


def test_bones_can_be_switched_on_and_off_while_it_runs(open_tag: OpenTag) -> None:
    tab = open_tag('src="camera"')
    newest(tab, "person?.rightHand && person.head && person.bones === null")
    change(tab, rotations=1)
    newest(tab, "person?.bones && person.rightHand")
    bones, hips = tab.page.evaluate(
        """(({bones, hipsPosition}) => [bones, [...hipsPosition]])(
            seen.landmarks.findLast(({people: [person]}) => person?.bones).people[0])"""
    )
    assert tuple(bones) == BONES
    for rotation in bones.values():
        assert math.hypot(*rotation) == pytest.approx(1, abs=1e-5)
    assert len(hips) == 3
    change(tab, workers=1)
    newest(tab, "person?.bones")
    change(tab, rotations=0)
    newest(tab, "person?.rightHand && person.bones === null")
    assert tab.seen("error") == []
    assert tab.complaints == []


@pytest.mark.parametrize("workers", [1, 2])
def test_bones_of_a_picture_are_those_of_the_native_solver(open_tag: OpenTag, workers: int) -> None:
    tab = open_tag(f'src="signing.jpg" rotations="1" workers="{workers}"')
    tab.wait_for("landmarks")
    found = tab.page.evaluate(
        """async () => {
            const {width, height, people: [person]} = await tag.detect('signing.jpg');
            const {bones, head, scores, ...arrays} = person;
            const parts = Object.entries(arrays).filter(([, each]) => each?.length);
            const listed = Object.fromEntries(parts.map(([name, each]) => [name, [...each]]));
            return {width, height, bones, head, ...listed};
        }"""
    )
    parts = {
        native: kind.of(np.reshape(found[name], (-1, values)).astype(np.float32))
        for name, (native, kind, values) in PARTS.items()
        if name in found
    }
    size = found["width"], found["height"]
    expected = solve(Person(id=0, **parts), *size)
    assert expected.seen.sum() > 20
    for name, rotation in zip(BONES, expected.rotations, strict=True):
        assert abs(np.dot(found["bones"][name], rotation)) == pytest.approx(1, abs=1e-5), name
    assert found["hipsPosition"] == pytest.approx([0, 0, 0])
    assert found["head"]["yaw"] == pytest.approx(head_pose(parts["face"], *size).yaw, abs=1e-3)


def test_blendshapes_can_be_switched_on_and_off_while_it_runs(open_tag: OpenTag) -> None:
    tab = open_tag('src="camera" parts="pose face"')
    newest(tab, "person?.face && person.blendshapes === null")
    (ready,) = tab.wait_for("ready")
    assert not any("v2" in name or "blendshapes" in name for name in ready["files"])
    change(tab, blendshapes="approximate")
    newest(tab, "person?.blendshapesApproximate && person.blendshapes && !person.irises")
    ready = tab.seen("ready")[-1]
    assert not any("v2" in name or "blendshapes" in name for name in ready["files"])
    change(tab, blendshapes=1)
    newest(tab, "person?.blendshapes && !person.blendshapesApproximate && person.irises")
    change(tab, blendshapes=0)
    newest(tab, "person?.face && person.blendshapes === null")
    assert tab.page.evaluate("tag.blendshapes") == 0
    assert tab.complaints == []


def test_blendshapes_are_those_of_the_native_tracker(open_tag: OpenTag) -> None:
    attributes = 'src="signing.jpg" parts="pose face" variant="float" blendshapes="1"'
    tab = open_tag(attributes, script="pixelsWanted = 1;")
    (result,) = tab.wait_for("landmarks")
    found = result["people"][0]["blendshapes"]
    assert list(found) == list(NAMES)
    assert all(math.isfinite(value) for value in found.values())
    parts = ("pose", "face")
    with Tracker(blendshapes=True, parts=parts, variant="float", mode="picture") as tracker:
        native = tracker.process(pixels(result)).blendshapes
    assert list(found.values()) == pytest.approx(native.tolist(), abs=0.02)
    assert tab.complaints == []


def test_approximate_blendshapes_say_so_and_load_no_other_model(open_tag: OpenTag) -> None:
    attributes = 'src="signing.jpg" parts="face" variant="float" blendshapes="approximate"'
    tab = open_tag(attributes, script="pixelsWanted = 1;")
    (result,) = tab.wait_for("landmarks")
    (ready,) = tab.wait_for("ready")
    assert not any("v2" in name or "blendshapes" in name for name in ready["files"])
    (person,) = result["people"]
    assert person["blendshapesApproximate"] is True
    assert person["irises"] is None
    assert list(person["blendshapes"]) == list(NAMES)
    asked = {"blendshapes": "approximate", "parts": ("face",), "variant": "float"}
    with Tracker(**asked, mode="picture") as tracker:
        native = tracker.process(pixels(result)).blendshapes
    assert list(person["blendshapes"].values()) == pytest.approx(native.tolist(), abs=0.02)
    assert tab.page.evaluate("tag.blendshapes") == "approximate"
    assert tab.complaints == []


def test_approximate_blendshapes_tell_an_open_mouth_from_a_closed_one(
    open_tag: OpenTag, own_site: tuple[Path, str]
) -> None:
    folder, _ = own_site
    jaws = []
    for name, picture in zip(("closed.png", "open.png"), closed_and_open(), strict=True):
        cv2.imwrite(str(folder / name), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        tab = open_tag(f'src="{name}" parts="pose face" blendshapes="approximate"')
        (result,) = tab.wait_for("landmarks")
        jaws.append(result["people"][0]["blendshapes"]["jawOpen"])
        assert tab.complaints == []
    closed, opened = jaws
    assert closed < 0.05
    assert opened > 0.2


def test_a_mirrored_view_keeps_left_and_right(open_tag: OpenTag) -> None:
    sides = []
    for mirror in ("", "mirror"):
        tab = open_tag(f'src="signing.jpg" parts="face" blendshapes="1" {mirror}')
        newest(tab, "person?.blendshapes")
        found = tab.seen("landmarks")[-1]["people"][0]["blendshapes"]
        sides.append([found["mouthDimpleLeft"], found["mouthDimpleRight"]])
    assert sides[0] == pytest.approx(sides[1], abs=1e-3)
    assert sides[0][0] > sides[0][1]


def test_the_picture_is_mirrored_where_mirror_is_there_and_not_0(open_tag: OpenTag) -> None:
    tab = open_tag('src="signing.jpg"')
    tab.wait_for("landmarks")
    shown = "tag.shadowRoot.querySelector('canvas:not([hidden])')"
    mirrored = f"[tag.mirror, getComputedStyle({shown}).transform !== 'none']"
    for change, expected in (
        ("tag.mirror", False),
        ("tag.setAttribute('mirror', '')", True),
        ("tag.setAttribute('mirror', '0')", False),
        ("tag.mirror = true", True),
        ("tag.mirror = '0'", False),
        ("tag.mirror = '1'", True),
        ("tag.mirror = false", False),
    ):
        tab.page.evaluate(change)
        assert tab.page.evaluate(mirrored) == [expected] * 2, change


def test_a_level_of_effort_can_be_chosen_while_it_runs(open_tag: OpenTag) -> None:
    tab = open_tag('src="camera"')
    newest(tab, "person?.rightHand")
    change(tab, level="simple")
    newest(tab, "person?.face && !person.rightHand")
    assert tab.seen("level") == [{"level": "simple", "reason": "asked for"}]
    change(tab, level="full")
    newest(tab, "person?.rightHand")
    assert tab.complaints == []


def test_a_camera_is_chosen_by_an_attribute(open_tag: OpenTag) -> None:
    tab = open_tag('src="camera"')
    tab.wait_for("landmarks")
    tab.page.evaluate(
        """async () => {
            const devices = await navigator.mediaDevices.enumerateDevices();
            tag.camera = devices.find(({kind}) => kind === 'videoinput').deviceId;
        }"""
    )
    tab.wait_for_more()
    tab.page.evaluate("tag.camera = 'unplugged'")
    tab.wait("seen.error.some(({code}) => code === 'no-camera')")
    tab.page.evaluate("tag.camera = null")
    tab.wait_for_more()
    assert tab.complaints == []


# Makes a worker's clock run fast, by which all that it does takes longer.
CLOCK = b"""
const clock = performance.now.bind(performance);
const pace = {from: clock(), shown: clock(), factor: 1000};
performance.now = () => pace.shown + (clock() - pace.from) * pace.factor;
inbox.pace = ({factor}) => Object.assign(pace, {shown: performance.now(), from: clock(), factor});
"""


def test_effort_falls_on_a_slow_machine_and_rises_on_a_fast_one(
    open_tab: Callable[..., Tab],
    own_site: tuple[Path, str],
    serve: Callable[..., str],
    tmp_path: Path,
) -> None:
    worker = own_site[0] / "worker" / "worker.js"
    text = worker.read_bytes()
    worker.unlink()
    worker.write_bytes(text + CLOCK)
    file = write_camera_file(HANDS_CLIP, tmp_path / "fast.y4m", rate=30)
    camera = f"--use-file-for-fake-video-capture={file}", FAKE_CAMERA
    # Without shared memory: there workers look for messages after every frame.
    url = f"{serve(own_site[0], PlainHandler)}?src=camera&level=auto"
    tab = open_tab(url, *camera, ALLOW_CAMERA, service_workers="block")
    tab.wait("seen.level.at(-1)?.level === 'alternate'")
    newest(tab, "person?.face && person.rightHand")
    for name in ("pose_landmarks_lite", "hand_landmarks_lite"):
        assert any(name in url for url in tab.requests), f"{name} comes when it is needed"
    tab.page.evaluate("workers.forEach((it) => it.postMessage({type: 'pace', factor: 0.001}))")
    tab.wait("seen.level.at(-1).level === 'full'")
    newest(tab, "person?.rightHand")
    levels = [event["level"] for event in tab.seen("level")]
    assert levels == ["lite", "sparse", "alternate", "sparse", "lite", "full"]
    assert "frames took only" in tab.page.inner_text("#level-now")


def test_a_wrong_attribute_is_named_and_its_default_holds(open_tag: OpenTag) -> None:
    tab = open_tag('people="none"')
    tab.wait_for("ready")
    (error,) = tab.seen("error")
    assert error["code"] == "bad-setting"
    assert 'people cannot be "none"' in error["message"]
    assert tab.page.evaluate("tag.people") == 1


def test_detect_promises_what_is_in_a_picture_while_the_camera_runs(open_tag: OpenTag) -> None:
    tab = open_tag('src="camera"', '<img src="signing.jpg">')
    tab.wait_for("landmarks")
    found = tab.page.evaluate(
        """async () => {
            const image = document.querySelector('img');
            await image.decode();
            const bitmap = await createImageBitmap(image);
            const canvas = document.createElement('canvas');
            Object.assign(canvas, {width: 640, height: 480});
            canvas.getContext('2d').drawImage(image, 0, 0);
            const data = canvas.getContext('2d').getImageData(0, 0, 640, 480);
            const blob = await (await fetch('signing.jpg')).blob();
            const pictures = [image, bitmap, canvas, data, blob, 'signing.jpg'];
            const results = await Promise.all(pictures.map((picture) => tag.detect(picture)));
            return results.map(({width, height, people}) => [width, height, people.length]);
        }"""
    )
    assert found == [[640, 480, 1]] * 6
    tab.wait_for_more()
    assert tab.complaints == []


def test_detect_rejects_what_is_no_picture(open_tag: OpenTag) -> None:
    tab = open_tag()
    for what in ("'nothing.jpg'", "document.body", "new ImageData(1, 1).data", "7"):
        code = tab.page.evaluate(f"tag.detect({what}).catch(({{code}}) => code)")
        assert code in ("bad-file", "bad-source"), what


SOURCES = {
    "stream": "navigator.mediaDevices.getUserMedia({video: true})",
    "video": "document.querySelector('video')",
    "canvas": "document.querySelector('canvas')",
    "picture": "document.querySelector('img')",
    "file": "fetch('intel__book.mkv').then((response) => response.blob())",
}
BODY = """<img src="signing.jpg"><canvas width="640" height="480"></canvas>
<video src="intel__book.mkv" muted autoplay loop></video>
<script type="module">
    const image = document.querySelector('img');
    const context = document.querySelector('canvas').getContext('2d');
    const draw = () => (context.drawImage(image, Math.random(), 0), setTimeout(draw, 100));
    image.decode().then(draw);
</script>"""


def test_every_kind_of_source_is_tracked(open_tag: OpenTag) -> None:
    tab = open_tag(body=BODY)
    for name, expression in SOURCES.items():
        count = tab.page.evaluate("seen.landmarks.length")
        tab.page.evaluate(f"Promise.resolve({expression}).then((src) => {{ tag.src = src; }})")
        tab.wait(f"seen.landmarks.slice({count}).some(({{frame, people}}) => people.length)")
        assert tab.seen("error") == [], name
    tab.page.evaluate("tag.src = null")
    assert tab.page.evaluate("tag.getAttribute('src')") is None
    assert tab.complaints == []


@pytest.mark.parametrize("element", ["canvas", "video"])
def test_what_is_live_begins_with_the_first_worker(open_tag: OpenTag, element: str) -> None:
    begin = f"""<script type="module">
        document.querySelector('holistic-tracking').src = document.querySelector('{element}');
        document.querySelector('video').play(); // autoplay is for what can be seen
    </script>"""
    script = """globalThis.workersSeen = [];
    addEventListener('landmarks', ({detail}) => {
        workersSeen.push([workers.length, detail.complete]);
    });"""
    tab = open_tag('workers="2"', BODY + begin, script=script)
    tab.wait_for("ready")
    tab.wait_for_more()
    seen = tab.page.evaluate("workersSeen")
    assert seen[0] == [1, True]
    assert seen[-1] == [2, True]


def test_several_tags_share_their_workers(open_tag: OpenTag) -> None:
    second = (
        '<holistic-tracking id="second" src="signing.jpg" people="2" workers="2">'
        "</holistic-tracking>"
    )
    tab = open_tag(
        'src="camera" workers="2"',
        second,
        script="""globalThis.names = new Set();
        addEventListener('landmarks', ({target}) => names.add(target.id || 'first'));""",
    )
    tab.wait("names.size === 2 && workers.length === 2 && tag.ready")
    tab.page.evaluate("document.getElementById('second').remove()")
    tab.wait_for_more()
    assert tab.complaints == []


def test_a_worker_loads_its_program_before_the_tags_python_asks_for_it(open_tag: OpenTag) -> None:
    tab = open_tag('parts="hands" workers="2"')
    tab.wait_for("ready")
    paths = [url.partition("?")[0].rpartition("/")[2] for url in tab.requests]
    assert paths.index("worker.js") < paths.index("modules.json")
    assert tab.page.evaluate("workers.length") == 1, "one finds both hands"


def test_a_camera_can_be_asked_for_fewer_frames(open_tag: OpenTag) -> None:
    tab = open_tag("")
    tab.wait_for("ready")  # while it loads it is late for the camera's frames
    before, after = tab.page.evaluate("""async () => {
        const { openCamera } = await import('/tag/sources/camera.js');
        const camera = await openCamera({ device: '', width: 640, height: 480 }, 60);
        const seconds = async () => {
            const stamps = new Float64Array(6);
            for (let i = 0; i < 6; i++) {
                const frame = await camera.next();
                frame.stamp(stamps, i);
                frame.close();
            }
            return (stamps[5] - stamps[2]) / 3000;
        };
        const before = await seconds();
        camera.ask(0.5 / before);
        const after = await seconds();
        camera.close();
        return [before, after];
    }""")
    assert after > 1.5 * before


LOCKS = "navigator.locks.query().then(({held}) => held.length)"


def wait_until_no_worker_lives(tab: Tab) -> None:
    """Wait for it, a minute at the most."""
    for _ in range(600):
        if tab.page.evaluate(LOCKS) == 0:
            return
        tab.page.wait_for_timeout(100)
    pytest.fail("a worker lives")


def test_whoever_removes_it_has_everything_back(open_tag: OpenTag) -> None:
    tab = open_tag(
        'src="camera"',
        script="""const openCamera = navigator.mediaDevices.getUserMedia;
        navigator.mediaDevices.getUserMedia = async function (...how) {
            return (globalThis.stream = await openCamera.apply(this, how));
        };
        const { applyConstraints } = MediaStreamTrack.prototype;
        MediaStreamTrack.prototype.applyConstraints = function (how) {
            globalThis.asked ??= how.frameRate.ideal;
            return applyConstraints.call(this, how);
        };""",
    )
    tab.wait_for("ready")
    tab.wait_for_more()
    assert tab.page.evaluate("asked") == 60, "browsers take 30 unless they are asked"
    tab.page.evaluate("globalThis.removed = tag; document.body.append(removed)")
    tab.wait_for_more()  # it was only moved
    tab.page.evaluate("removed.remove()")
    wait_until_no_worker_lives(tab)
    assert tab.page.evaluate("stream.getVideoTracks()[0].readyState") == "ended"
    tab.page.evaluate("document.body.append(removed)")
    tab.wait_for_more()
    assert tab.complaints == []


def test_one_that_is_removed_while_it_loads_loads_nothing_more(open_tag: OpenTag) -> None:
    remove = """<script type="module">
        const how = {src: 'signing.jpg', workers: 1, parts: 'pose'};
        globalThis.removed = Object.assign(document.createElement('holistic-tracking'), how);
        document.body.append(removed);
        setTimeout(() => removed.remove());
    </script>"""
    tab = open_tag('src="signing.jpg" workers="1" parts="pose"', remove)
    tab.wait_for("ready")
    tab.wait_for("landmarks")
    assert tab.page.evaluate("removed.state") == "idle"
    tab.page.evaluate("tag.remove()")
    wait_until_no_worker_lives(tab)


def test_what_is_stopped_at_once_is_idle(open_tag: OpenTag) -> None:
    tab = open_tag('workers="1" parts="pose"')
    tab.wait_for("ready")
    tab.page.evaluate("tag.start(); tag.stop(); tag.detect('signing.jpg')")
    assert tab.page.evaluate("tag.state") == "idle"


def test_its_style_goes_with_it_into_another_document(open_tag: OpenTag) -> None:
    tab = open_tag('src="signing.jpg" workers="1" parts="pose"', "<iframe id=frame></iframe>")
    tab.wait_for("landmarks")
    move = """(into) => {
        into.append(moving);
        return getComputedStyle(moving.shadowRoot.querySelector('canvas')).position;
    }"""
    tab.page.evaluate("globalThis.moving = tag")
    for place in ("frame.contentDocument.body", "document.body"):
        assert tab.page.evaluate(f"({move})({place})") == "absolute"
    tab.page.evaluate("document.createElement('template').content.append(moving)")
    assert tab.page.evaluate(f"({move})(document.body)") == "absolute"


# Of the canvas that is seen: its mean value, how many colours, and whether a pose's is there.
PAINTED = """() => {
    const canvases = tag.shadowRoot.querySelectorAll('canvas:not([hidden])');
    const {width, height} = canvases[0];
    const {data} = canvases[0].getContext('2d').getImageData(0, 0, width, height);
    const colours = new Set(new Uint32Array(data.buffer));
    const [pose] = new Uint32Array(Uint8Array.of(1, 2, 3, 255).buffer);
    const mean = data.reduce((sum, value) => sum + value) / data.length;
    return {canvases: canvases.length, mean, colours: colours.size, pose: colours.has(pose)};
}"""


def test_the_page_decides_what_is_drawn_and_how(open_tag: OpenTag, screenshots: Path) -> None:
    tab = open_tag('src="signing.jpg" style="--holistic-pose: rgb(1, 2, 3)"')
    tab.wait_for("landmarks")
    both = tab.page.evaluate(PAINTED)
    assert both["canvases"] == 1
    assert both["colours"] > 1000, "the picture"
    assert both["pose"]
    tab.page.screenshot(path=screenshots / "tag.png")

    tab.page.evaluate("tag.style.setProperty('--holistic-veil', 'rgb(0 0 0 / 0.5)'), tag.start()")
    tab.wait_for("landmarks", 2)
    veiled = tab.page.evaluate(PAINTED)
    assert veiled["mean"] < 0.9 * both["mean"], "the picture is darker"
    assert veiled["pose"], "and the landmarks are not"

    tab.page.evaluate("tag.overlay = 'pose'")
    alone = tab.page.evaluate(PAINTED)
    assert alone["canvases"] == 1
    assert alone["colours"] < 1000, "no picture"
    assert alone["pose"]

    tab.page.evaluate("tag.overlay = 'none'")
    nothing = tab.page.evaluate(PAINTED)
    assert (nothing["canvases"], nothing["mean"]) == (1, 0)
