"""What can go wrong: each fault has its code and its sentence, and the page goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ALLOW_CAMERA, CLIP, HANDS_CLIP, Hold
from tab import FRAMES, Tab

from builder.server import Handler
from builder.site import SITE


def damage(file: Path, content: bytes) -> None:
    """Give a (hard linked) file other content."""
    file.unlink()
    file.write_bytes(content)


def test_without_a_camera_a_picture_still_works(
    open_tab: Callable[..., Tab], site: str, picture: Path
) -> None:
    tab = open_tab(f"{site}?src=camera", ALLOW_CAMERA)
    assert "Connect one" in tab.fault("no-camera")
    tab.choose_file(picture)
    tab.wait_for("landmarks")
    assert not tab.page.is_visible("#fault")


def test_a_refused_camera_can_be_allowed_later(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    tab = open_tab(f"{site}?src=camera", *camera)
    assert "Allow it" in tab.fault("camera-denied")
    tab.wait_for("ready")
    assert tab.page.evaluate("tracker.fault.code") == "camera-denied", "workers do not mend that"
    tab.page.context.grant_permissions(["camera"])
    tab.page.click("#camera")
    tab.wait_for("landmarks", 3)


def test_after_a_file_that_is_no_picture_another_can_be_chosen(
    open_tab: Callable[..., Tab], site: str, picture: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("no picture")
    tab = open_tab(site)
    tab.choose_file(notes)
    assert "notes.txt" in tab.fault("bad-file")
    tab.choose_file(picture)
    tab.wait_for("landmarks")


def test_a_damaged_file_at_an_address_is_named(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, url = own_site
    (folder / "damaged.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "text.png").write_bytes(b"not a video")
    (folder / "empty.png").write_bytes(b"")
    tab = open_tab(f"{url}?src=damaged.png")
    assert "damaged.png" in tab.fault("bad-file")
    for name in ("text.png", "empty.png"):
        tab.page.evaluate(f"tracker.src = '{name}'")
        tab.wait(f"seen.error.at(-1).message.includes('{name}')")
    assert {error["code"] for error in tab.seen("error")} == {"bad-file"}


@pytest.mark.parametrize("share", [0.5, 0.999])
def test_a_model_that_was_cut_short_is_named_and_can_be_loaded_again(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str], picture: Path, share: float
) -> None:
    folder, url = own_site
    model = folder / "models" / "float" / "face_landmarks.tflite.bin"
    whole = model.read_bytes()
    damage(model, whole[: int(len(whole) * share)])
    tab = open_tab(f"{url}?variant=float")
    assert "models/float/face_landmarks.tflite.bin" in tab.fault("model-corrupt")
    model.write_bytes(whole)
    tab.page.click("#retry")
    tab.wait_for("ready")
    tab.choose_file(picture)
    assert tab.wait_for("landmarks")[0]["people"]


def test_a_model_with_other_content_is_corrupt(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, url = own_site
    models = folder / "models" / "float"
    other = (models / "face_detector.tflite.bin").read_bytes()
    damage(models / "face_landmarks.tflite.bin", other)
    assert "sha256" in open_tab(f"{url}?variant=float").fault("model-corrupt")


def test_a_missing_model_is_named_and_can_be_loaded_later(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str], picture: Path
) -> None:
    folder, url = own_site
    model = folder / "models" / "float" / "hand_landmarks.tflite.bin"
    whole = model.read_bytes()
    model.unlink()
    tab = open_tab(f"{url}?variant=float")
    assert "models/float/hand_landmarks.tflite.bin" in tab.fault("model-missing")
    model.write_bytes(whole)
    tab.page.click("#retry")
    tab.choose_file(picture)
    assert tab.wait_for("landmarks")[0]["people"]


@pytest.mark.parametrize("name", ["multiarray_umath.wasm", "snapshot.bin"])
def test_a_damaged_runtime_is_named_and_can_be_loaded_again(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str], name: str
) -> None:
    folder, url = own_site
    file = folder / "python" / name
    whole = file.read_bytes()
    damage(file, whole[:5000])
    tab = open_tab(url)
    assert f"python/{name}: " in tab.fault("runtime-failed")
    file.write_bytes(whole)
    tab.page.click("#retry")
    tab.wait_for("ready")


def test_without_simd_the_page_says_so(open_tab: Callable[..., Tab], site: str) -> None:
    tab = open_tab(site, script="WebAssembly.validate = () => false;")
    assert "SIMD" in tab.fault("no-simd")


def test_without_webassembly_the_page_says_so(open_tab: Callable[..., Tab], site: str) -> None:
    tab = open_tab(site, script="delete globalThis.WebAssembly;")
    assert "no WebAssembly" in tab.fault("no-webassembly")


@pytest.mark.parametrize("victim", [0, 1])
def test_a_dead_worker_is_replaced(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str], victim: int
) -> None:
    tab = open_tab(f"{site}?src=camera&workers=2", *camera, ALLOW_CAMERA)
    tab.wait_for("ready")
    tab.page.evaluate(f"workers[{victim}].terminate()")
    assert "tracking goes on" in tab.passing_fault("worker-died")
    tab.wait_for("ready", 2)
    assert tab.wait_for_more("landmarks", 10)[-1]["people"]
    assert not tab.page.is_visible("#fault")
    assert tab.complaints == []


NO_SUCH_LEVEL = """const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...more) {
    if (message.memory) globalThis.level = new Int32Array(message.memory.board, 0, 1);
    return post.call(this, message, ...more);
};
addEventListener('error', () => (level[0] = 0));"""


def test_a_worker_that_fails_at_a_frame_is_replaced(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    url = f"{site}?src=camera&workers=1&level=full"  # which no busy machine changes
    tab = open_tab(url, *camera, ALLOW_CAMERA, script=NO_SUCH_LEVEL)
    tab.wait_for("ready")
    tab.page.evaluate("level[0] = 99")
    assert "tracking goes on" in tab.passing_fault("worker-died")
    tab.wait_for_more()
    assert not tab.page.is_visible("#fault")
    assert ["IndexError" in text for text in tab.complaints] == [True]


STREAMS = """const openCamera = navigator.mediaDevices.getUserMedia;
navigator.mediaDevices.getUserMedia = async function (...how) {
    if (globalThis.unplugged) throw new DOMException('no device', 'NotFoundError');
    return (globalThis.stream = await openCamera.apply(this, how));
};"""


def test_a_camera_that_comes_back_goes_on(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    tab = open_tab(f"{site}?src=camera", *camera, ALLOW_CAMERA, script=STREAMS)
    tab.wait_for("landmarks", 3)
    tab.page.evaluate("unplugged = true; stream.getVideoTracks()[0].stop()")
    assert "Connect it again" in tab.fault("camera-lost")
    changed = "navigator.mediaDevices.dispatchEvent(new Event('devicechange'))"
    tab.page.evaluate(changed)  # another device came
    assert "No camera" in tab.fault("no-camera")
    tab.page.evaluate(f"unplugged = false; {changed}")
    tab.wait_for_more()
    assert not tab.page.is_visible("#fault")
    assert tab.complaints == []


def test_a_hidden_tab_goes_on_when_it_is_shown_and_in_a_window_of_another_size(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    tab = open_tab(f"{site}?src=camera", *camera, ALLOW_CAMERA)
    tab.wait_for("landmarks", 3)
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    tab.page.wait_for_timeout(500)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    tab.wait_for_more()
    tab.page.set_viewport_size({"width": 500, "height": 900})
    tab.wait_for_more()
    box = tab.page.locator("#tracker").bounding_box()
    assert 0 < box["width"] <= 500
    assert tab.complaints == []


def test_a_video_of_no_length_is_named(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, url = own_site
    clip = CLIP.read_bytes()
    first_frames = clip.index(bytes.fromhex("1f43b675"))
    size = clip.index(bytes.fromhex("18538067")) + 4  # the Segment's, in 8 bytes
    whole = (0x01 << 56 | first_frames - size - 8).to_bytes(8, "big")
    (folder / "empty.mkv").write_bytes(clip[:size] + whole + clip[size + 8 : first_frames])
    assert "empty.mkv" in open_tab(f"{url}?src=empty.mkv").fault("bad-file")


def test_a_video_that_has_nothing_to_show_for_a_moment_goes_on(
    open_tab: Callable[..., Tab], site: str
) -> None:
    tab = open_tab(
        site,
        script="""const { prototype } = HTMLMediaElement;
        const ready = Object.getOwnPropertyDescriptor(prototype, 'readyState');
        globalThis.unready = 0;
        Object.defineProperty(prototype, 'readyState', {get() {
            if (this.currentTime < 1 || unready) return ready.get.call(this);
            unready++;
            return HTMLMediaElement.HAVE_METADATA;
        }});""",
    )
    tab.choose_file(HANDS_CLIP)
    tab.wait_for_state("ended")
    tab.wait("seen.landmarks.at(-1)?.timestamp > 1600")  # of 1667 ms
    assert tab.page.evaluate("unready") == 1


def test_a_frame_whose_pixels_cannot_be_had_is_told_and_closed(
    open_tab: Callable[..., Tab], site: str, picture: Path
) -> None:
    script = "VideoFrame.prototype.copyTo = () => Promise.reject(new Error('no pixels today'));"
    tab = open_tab(f"{site}?src=sample.webm", script=FRAMES + script)
    assert "no pixels today" in tab.fault("bad-file")
    tab.choose_file(picture)
    tab.wait_for("landmarks")
    assert tab.page.evaluate("unclosed()") == 0


def test_frames_before_one_that_fails_are_not_lost(open_tab: Callable[..., Tab], site: str) -> None:
    script = """let copies = 0;
        const { copyTo } = VideoFrame.prototype;
        VideoFrame.prototype.copyTo = function (...how) {
            if (++copies > 6) return Promise.reject(new Error('no pixels today'));
            return copyTo.apply(this, how);
        };"""
    tab = open_tab(f"{site}?src=sample.webm&still=0", script=script)
    assert "no pixels today" in tab.fault("bad-file")
    assert tab.seen("landmarks")[-1]["frame"] == 6


def test_a_picture_of_a_hundred_megapixels_is_made_smaller(
    open_tab: Callable[..., Tab], site: str, picture: Path, tmp_path: Path
) -> None:
    import cv2

    huge = tmp_path / "huge.jpg"
    cv2.imwrite(str(huge), cv2.resize(cv2.imread(str(picture)), (11600, 8700)))
    tab = open_tab(site)
    tab.choose_file(huge)
    (result,) = tab.wait_for("landmarks")
    assert (result["width"], result["height"]) == (11600, 8700)
    assert result["people"][0]["face"]
    assert tab.complaints == []


FULL = """const Plain = SharedArrayBuffer;
globalThis.SharedArrayBuffer = class extends Plain {
    constructor(size) {
        const refused = globalThis.full && size > 1e5;
        globalThis.full &&= !(refused && globalThis.once);
        if (refused) throw new RangeError('allocation failed');
        super(size);
    }
};
globalThis.full = true;"""


def test_refused_memory_is_told_and_can_be_had_later(
    open_tab: Callable[..., Tab], site: str, picture: Path
) -> None:
    tab = open_tab(site, script=FULL)
    tab.choose_file(picture)
    assert "Close other tabs" in tab.fault("no-frame-memory")
    assert not tab.page.is_visible("#retry"), "loading the tracker again does not help"
    tab.page.evaluate("full = false")
    tab.choose_file(picture)
    tab.wait_for("landmarks")
    assert not tab.page.is_visible("#fault")
    assert tab.page.evaluate("tracker.fault") is None


def test_what_is_said_of_a_source_stays_when_the_last_workers_are_ready(
    open_tab: Callable[..., Tab], serve: Callable[..., str], hold: Hold, picture: Path
) -> None:
    held, others_come = hold(Handler, "palm_detector")  # which the first worker does without
    tab = open_tab(serve(SITE, held), script=FULL)
    tab.choose_file(picture)
    assert "Close other tabs" in tab.fault("no-frame-memory")
    others_come.set()
    tab.wait_for("ready")
    tab.wait("document.getElementById('mode').value.includes('workers')")
    assert tab.page.is_visible("#fault")
    assert tab.page.evaluate("tracker.fault.code") == "no-frame-memory"
    assert [fault["code"] for fault in tab.seen("error")] == ["no-frame-memory"]


def test_what_is_said_of_a_source_is_over_when_it_gives_a_frame(
    open_tab: Callable[..., Tab], site: str, camera: tuple[str, str]
) -> None:
    tab = open_tab(f"{site}?src=camera", *camera, ALLOW_CAMERA, script=FULL + "full = false;")
    tab.wait_for("ready")
    tab.wait_for("landmarks")
    tab.page.evaluate("once = full = true; tracker.people = 16")
    tab.wait("seen.error.length")
    tab.wait_for_more()
    assert [fault["code"] for fault in tab.seen("error")] == ["no-frame-memory"]
    assert tab.page.evaluate("[tracker.state, tracker.fault]") == ["running", None]


def test_memory_refused_to_a_worker_is_told_and_can_be_had_later(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str]
) -> None:
    folder, url = own_site
    worker = folder / "worker" / "worker.js"
    whole = worker.read_bytes()
    refuse = (
        b"WebAssembly.Memory = class { constructor() { throw new RangeError('allocation'); } };"
    )
    damage(worker, refuse + whole)
    tab = open_tab(url)
    assert "Close other tabs" in tab.fault("out-of-memory")
    worker.write_bytes(whole)
    tab.page.click("#retry")
    tab.wait_for("ready")


def let_workers_hang(folder: Path) -> None:
    """Workers hang when they are told to, and the pool looks for such ones every second."""
    worker, modules = folder / "worker" / "worker.js", folder / "tag" / "modules.json"
    damage(worker, worker.read_bytes() + b"inbox.hang = () => { for (;;); };")
    often = modules.read_bytes().replace(rb"ROUND = 5000\n", rb"ROUND = 1000\n")
    assert often != modules.read_bytes()
    damage(modules, often)


def test_a_worker_that_hangs_is_replaced(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str], camera: tuple[str, str]
) -> None:
    folder, url = own_site
    let_workers_hang(folder)
    tab = open_tab(f"{url}?src=camera&workers=2", *camera, ALLOW_CAMERA)
    tab.wait_for("ready")
    tab.page.evaluate("workers[1].postMessage({type: 'hang'})")
    tab.page.evaluate("document.querySelector('holistic-tracking').level = 'lite'")  # it looks up
    assert "tracking goes on" in tab.passing_fault("worker-stuck")
    tab.wait_for_more()
    assert not tab.page.is_visible("#fault")


def test_a_picture_outlives_a_worker_that_hangs(
    open_tab: Callable[..., Tab], own_site: tuple[Path, str], picture: Path
) -> None:
    folder, url = own_site
    (folder / picture.name).write_bytes(picture.read_bytes())
    let_workers_hang(folder)
    tab = open_tab(f"{url}?workers=1")
    tab.wait_for("ready")
    tab.page.evaluate("workers[0].postMessage({type: 'hang'})")
    found = tab.page.evaluate(
        f"document.querySelector('holistic-tracking').detect('{picture.name}')"
        ".then(({people}) => people.length, ({code}) => code)"
    )
    assert found == 1
    assert [error["code"] for error in tab.seen("error")] == ["worker-stuck"]
