"""Motion for avatar programs: what a real OSC receiver gets, through a real socket."""

import contextlib
import json
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from holistic import Tracker, cli
from holistic.live import bridge, vmc
from holistic.motion import BONES, PARENTS
from holistic.motion.expressions import NAMES, vrm_expressions
from holistic.results.blendshapes import Blendshapes
from holistic.results.optional import MissingLibraryError
from holistic.shared.blendshapes import NAMES as ARKIT

pytest.importorskip("pythonosc", reason="python-osc is not installed")
PICTURE = Path(__file__).parents[2] / "media" / "signing.jpg"
IDENTITY = [0.0, 0.0, 0.0, 1.0]


class Receiver:
    """Listens as an avatar program does, and keeps what comes."""

    def __init__(self):
        from pythonosc.dispatcher import Dispatcher
        from pythonosc.osc_server import BlockingOSCUDPServer

        self.heard = []
        self._whole = threading.Event()
        dispatcher = Dispatcher()
        dispatcher.set_default_handler(self._hear)
        self._server = BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher)
        self.place = f"127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _hear(self, address, *arguments):
        self.heard.append((address, arguments))
        if address.endswith("Apply"):
            self._whole.set()

    def frame(self):
        """The messages of the first whole frame."""
        assert self._whole.wait(30)
        first = next(i for i, (address, _) in enumerate(self.heard) if address.endswith("/OK"))
        return self.heard[first : [a for a, _ in self.heard].index("/VMC/Ext/Blend/Apply") + 1]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver():
    with contextlib.closing(Receiver()) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def result():
    with Tracker(mode="picture", rotations=True, blendshapes=True) as tracker:
        return tracker.process(np.asarray(Image.open(PICTURE).convert("RGB")))


def test_a_frame_comes_in_the_protocols_order_with_unitys_names(receiver, result):
    with vmc.VmcSender(receiver.place, rate=30) as sender:
        sender.write(result)
        frame = receiver.frame()
    places = [address for address, _ in frame]
    assert places[:3] == ["/VMC/Ext/OK", "/VMC/Ext/T", "/VMC/Ext/Root/Pos"]
    assert places[3:] == ["/VMC/Ext/Bone/Pos"] * 54 + ["/VMC/Ext/Blend/Val"] * 51 + [places[-1]]
    names = [arguments[0] for address, arguments in frame if address.endswith("Bone/Pos")]
    assert names[:3] == ["Hips", "Spine", "Chest"]
    for name in ("LeftThumbProximal", "LeftThumbIntermediate", "RightLittleDistal", "LeftEye"):
        assert name in names
    assert len(set(names)) == 54
    shapes = {arguments[0]: arguments[1] for address, arguments in frame if "Val" in address}
    assert set(shapes) == set(ARKIT) - {"_neutral"}
    assert shapes["jawOpen"] == pytest.approx(result.people[0].blendshapes["jawOpen"], abs=1e-6)


def test_quaternions_are_those_of_the_bones_with_x_mirrored(receiver, result):
    with vmc.VmcSender(receiver.place) as sender:
        sender.write(result)
        bones = {a[0]: a[1:] for address, a in receiver.frame() if address.endswith("Bone/Pos")}
    x, y, z, w = result.people[0].rotations["leftUpperArm"]
    assert bones["LeftUpperArm"][3:] == pytest.approx((x, -y, -z, w), abs=1e-6)
    assert all(
        np.linalg.norm(numbers[3:]) == pytest.approx(1, abs=1e-4) for numbers in bones.values()
    )
    # Unity's models look along z: their left is at negative x.
    assert bones["LeftUpperLeg"][0] < 0 < bones["RightUpperLeg"][0]


def test_the_hips_go_where_the_person_goes(result):
    pose = vmc.pose_of(result.people[0])
    here, there = (
        next(a[1:4] for address, a in vmc.messages(pose._replace(hips=hips), 0) if a[0] == "Hips")
        for hips in (np.zeros(3), np.array((0.1, 0.2, 0.3)))
    )
    assert np.subtract(there, here) == pytest.approx((-0.1, 0.2, 0.3))  # x is mirrored


def test_what_nobody_listens_to_is_no_error(result):
    with vmc.VmcSender("127.0.0.1:9") as sender:
        for _ in range(3):
            sender.write(result)


def test_vrm_has_names_of_its_own(receiver, result):
    with vmc.VmcSender(receiver.place, expressions="vrm") as sender:
        sender.write(result)
        shapes = [a[0] for address, a in receiver.frame() if "Val" in address]
    assert tuple(shapes) == NAMES


@pytest.mark.parametrize(
    ("shown", "strongest"),
    [
        ({"jawOpen": 0.9}, "aa"),
        ({"mouthPucker": 0.9}, "ou"),
        ({"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9}, "happy"),
        ({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, "blink"),
        ({"eyeBlinkLeft": 1.0}, "blinkLeft"),
        ({"browDownLeft": 0.8, "browDownRight": 0.8}, "angry"),
        ({}, "neutral"),
    ],
)
def test_a_face_shows_the_expression_that_it_makes(shown, strongest):
    face = Blendshapes.of(dict.fromkeys(ARKIT, 0.0) | shown)
    found = vrm_expressions(face)
    assert max(found, key=found.__getitem__) == strongest
    assert all(0 <= value <= 1 for value in found.values())


def test_the_command_sends_a_picture(receiver, tmp_path):
    command = [str(PICTURE), "--out", str(tmp_path / "l.json"), "--vmc", receiver.place]
    assert cli.main(command) == 0
    assert len(receiver.frame()) == 3 + 54 + 51 + 1


def test_the_command_needs_no_file_where_results_go_elsewhere():
    options = cli.arguments([str(PICTURE), "--vmc", "127.0.0.1:39539"])
    ((job,), _) = cli.plan(options)
    assert [output.kind for output in job.outputs] == ["vmc"]
    assert cli.tracker_options(options).rotations
    assert cli.tracker_options(options).blendshapes


def test_the_camera_has_a_name():
    ((job,), _) = cli.plan(cli.arguments(["camera", "--vmc", ":39539"]))
    assert job.source == "0"


@pytest.mark.parametrize("place", ["127.0.0.1:0", "here:there", "127.0.0.1:70000"])
def test_what_is_no_address_is_refused(place, capsys):
    assert cli.main([str(PICTURE), "--vmc", place]) == cli.USAGE
    assert f"{place!r} is no address: give HOST:PORT" in capsys.readouterr().err


def test_without_python_osc_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pythonosc", None)
    with pytest.raises(MissingLibraryError, match=r'pip install "holistic-tracking\[vmc\]"'):
        vmc.VmcSender()


class TestBridge:
    """A page's motion through a WebSocket."""

    @pytest.fixture
    def served(self, receiver):
        pytest.importorskip("websockets")
        with vmc.VmcSender(receiver.place) as sender:
            passing = bridge.Bridge(sender, "arkit", frozenset(["https://Tracker.example/"]))
            with passing.serve("127.0.0.1", 0) as server:
                thread = threading.Thread(target=server.serve_forever, daemon=True)
                thread.start()
                yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
                server.shutdown()
                thread.join()

    def test_a_person_of_an_event_goes_on_to_the_program(self, served, receiver):
        from websockets.sync.client import connect

        bones = dict.fromkeys(BONES, IDENTITY) | {"head": [0.6, 0, 0, 0.8]}
        with connect(served, origin="http://127.0.0.1:8000") as socket:
            socket.send(json.dumps({"bones": bones, "hipsPosition": None, "blendshapes": None}))
            frame = receiver.frame()
        turned = {a[0]: a[4:] for address, a in frame if address.endswith("Bone/Pos")}
        assert turned["Head"] == pytest.approx((0.6, 0, 0, 0.8))
        assert turned["Spine"] == pytest.approx(tuple(IDENTITY))

    @pytest.mark.parametrize("origin", ["https://tracker.example", "http://localhost:8000", None])
    def test_pages_of_this_machine_and_of_named_origins_may_send(self, served, origin):
        from websockets.sync.client import connect

        with connect(served, origin=origin) as socket:
            socket.ping()

    def test_other_pages_are_told_why_not(self, served):
        from websockets.exceptions import InvalidStatus
        from websockets.sync.client import connect

        with pytest.raises(InvalidStatus) as refused:
            connect(served, origin="https://elsewhere.example")
        assert b"start the bridge with --origin" in refused.value.response.body

    @pytest.mark.parametrize(
        "message",
        ["{}", "[]", "no JSON", '{"bones": {"hips": [0, 0, 0, 1]}}', "null", "[" * 60_000],
    )
    def test_what_is_no_person_is_refused_with_a_reason(self, served, message):
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect

        with connect(served) as socket:
            socket.send(message)
            with pytest.raises(ConnectionClosed, match="no person of a landmarks event"):
                socket.recv(timeout=30)

    def test_a_page_that_is_gone_is_no_fault(self):
        exceptions = pytest.importorskip("websockets.exceptions")

        class Gone:
            def __iter__(self):
                raise exceptions.ConnectionClosedError(None, None)

        bridge.Bridge(None, "arkit", frozenset())._receive(Gone())


def test_every_bone_has_the_parent_that_unity_gives_it():
    assert vmc.unity_name(PARENTS["leftThumbProximal"]) == "LeftThumbProximal"
    assert vmc.unity_name("leftThumbMetacarpal") == "LeftThumbProximal"
    assert vmc.unity_name("leftThumbProximal") == "LeftThumbIntermediate"
    assert vmc.unity_name("upperChest") == "UpperChest"
