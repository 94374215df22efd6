"""A face by iFacialMocap's text."""

import re
import socket

import numpy as np
import pytest

from holistic.live.ifacialmocap import FacialMocapSender, text
from holistic.results.angles import HeadPose
from holistic.results.blendshapes import Blendshapes
from holistic.shared.blendshapes import NAMES


def face(**shown):
    return Blendshapes.of(dict.fromkeys(NAMES, 0.0) | shown)


def test_blendshapes_come_in_percent_with_its_names():
    shapes = text(face(mouthSmileRight=0.5, jawLeft=1.0), HeadPose(0, 0, 0)).split("=")[0]
    found = dict(re.findall(r"(\w+)-(\d+)\|", shapes))
    assert len(found) == 51
    assert (found["mouthSmile_R"], found["jawLeft"], found["eyeBlink_L"]) == ("50", "100", "0")


def test_head_and_eyes_come_in_degrees():
    looks = face(eyeLookOutLeft=0.5, eyeLookInRight=0.5)
    turned = dict(re.findall(r"(\w+)#([-\d.,]+)\|", text(looks, HeadPose(10, 20, 30))))
    assert [float(number) for number in turned["head"].split(",")] == [-20, 10, 30, 0, 0, 0]
    left, right = (np.array(turned[eye].split(","), float) for eye in ("leftEye", "rightEye"))
    np.testing.assert_allclose(left, right)
    assert left[1] > 0, "to the person's left"


def test_a_receiver_gets_one_datagram_a_frame():
    from holistic.results.named_points import FacePoints
    from holistic.results.result import Person, Result

    points = FacePoints.of(np.random.default_rng(1).random((478, 3)).astype(np.float32))
    person = Person(0, face=points, blendshapes=face(jawOpen=0.25), scores={"face": 1.0})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(30)
        with FacialMocapSender(f"127.0.0.1:{receiver.getsockname()[1]}") as sender:
            sender.write(Result(0, 640, 480, (person,)))
            assert b"jawOpen-25|" in receiver.recv(4096)


def test_what_is_no_address_is_refused():
    with pytest.raises(ValueError, match="'x:y' is no address"):
        FacialMocapSender("x:y")
