"""Expressions of faces: what the tracker gives when it is asked for blendshapes."""

import cv2
import numpy as np
import pytest
from mouths import closed_and_open

from builder import ROOT
from holistic import Options, Tracker
from holistic.inference import model_files
from holistic.shared.landmarks import FACE_REGIONS
from holistic.shared.model_sets import BLENDSHAPES

TESTS = ROOT / "tests"
RATE = 30

pytestmark = pytest.mark.skipif(
    not model_files.find(BLENDSHAPES).exists(),
    reason="the float models are not there: run `python build.py models`",
)


@pytest.fixture(scope="module")
def recorded():
    """MediaPipe's FaceLandmarker, in the picture and the first frames of a clip."""
    with np.load(TESTS / "parity" / "recordings" / "expressions.npz") as arrays:
        return dict(arrays)


def frames(name, count, first=0):
    video = cv2.VideoCapture(str(TESTS / "media" / name))
    video.set(cv2.CAP_PROP_POS_FRAMES, first)
    return [cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB) for _ in range(count)]


def without(picture, outline):
    """The picture with what is around in the place of what is inside the (n, 2) outline."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255)
    return cv2.inpaint(picture, cv2.dilate(mask, np.ones((5, 5))), 5, cv2.INPAINT_TELEA)


def expressions(pictures, **options):
    """The blendshapes in each frame of a clip."""
    with Tracker(blendshapes=True, variant="float", **options) as tracker:
        return [
            tracker.process(frame, int(number * 1000 / RATE)).blendshapes
            for number, frame in enumerate(pictures)
        ]


@pytest.mark.parametrize("parts", [("face",), ("pose", "face")], ids=["face", "pose"])
def test_a_clip_gives_mediapipes_blendshapes(recorded, parts):
    found = np.stack(expressions(frames("intel__milk.mkv", 20), parts=parts))
    begun = 15  # by then smoothing has forgotten that a body's face begins in another region
    assert np.abs(found[begun:] - recorded["clip"][begun:]).mean() < 0.004


def test_a_picture_gives_mediapipes_blendshapes(picture, recorded):
    with Tracker(blendshapes=True, parts=("face",), mode="picture", variant="float") as tracker:
        found = tracker.process(picture).blendshapes
    assert found == pytest.approx(recorded["picture"], abs=0.01)


def test_approximate_ones_need_no_network_besides_the_mesh_and_say_what_they_are(picture):
    with Tracker(blendshapes="approximate", parts=("face",), mode="picture") as tracker:
        person = tracker.process(picture).person
        assert tracker.submodels == {"face_detector", "face_landmarks"}
    assert person.face.shape == (468, 3)
    assert person.blendshapes_approximate
    assert person.blendshapes.any()
    with Tracker(blendshapes=True, parts=("face",), mode="picture") as tracker:
        assert not tracker.process(picture).person.blendshapes_approximate


def test_approximate_ones_follow_a_smile():
    clip = frames("intel__book.mkv", 97)
    exact = expressions(clip, parts=("pose", "face"))
    with Tracker(blendshapes="approximate", parts=("pose", "face")) as tracker:
        rough = [
            tracker.process(frame, int(number * 1000 / RATE)).blendshapes
            for number, frame in enumerate(clip)
        ]
    smiles = "mouthSmileLeft", "mouthSmileRight"
    assert rough[95][smiles].min() > rough[60][smiles].max() + 0.1
    pairs = [(a[smiles].mean(), b[smiles].mean()) for a, b in zip(exact, rough, strict=True)]
    assert np.corrcoef(np.transpose(pairs))[0, 1] > 0.85


@pytest.mark.parametrize("asked", [True, "approximate"])
def test_an_open_mouth_is_told_from_a_closed_one(asked):
    with Tracker(blendshapes=asked, parts=("pose", "face"), mode="picture") as tracker:
        closed, opened = (tracker.process(each).blendshapes for each in closed_and_open())
    assert closed["jawOpen"] < 0.05
    assert opened["jawOpen"] > 0.2


def test_with_irises_they_are_exact(picture):
    asked = {"refine_face": True, "parts": ("face",), "mode": "picture"}
    with Tracker(blendshapes="approximate", **asked) as tracker:
        person = tracker.process(picture).person
    assert person.face.shape == (478, 3)
    assert not person.blendshapes_approximate


@pytest.mark.parametrize("asked", ["rough", 2, None])
def test_another_word_is_refused(asked):
    with pytest.raises(ValueError, match='blendshapes must be True, False or "approximate"'):
        Options(blendshapes=asked)


def test_smiles_and_closed_eyes_are_told_from_their_absence():
    clip = frames("intel__book.mkv", 97)
    found = expressions(clip, parts=("pose", "face"))
    serious, smiling = found[60], found[95]
    open_eyes, closed_eyes = found[0], found[22]
    for side in ("Left", "Right"):
        assert serious[f"mouthSmile{side}"] < 0.2
        assert smiling[f"mouthSmile{side}"] > 0.5
        assert open_eyes[f"eyeBlink{side}"] < 0.25
        assert closed_eyes[f"eyeBlink{side}"] > 0.4


def test_left_is_the_persons_left_and_a_mirrored_picture_swaps_the_sides():
    (frame,) = frames("intel__book.mkv", 1)
    with Tracker(blendshapes=True, mode="picture", variant="float") as tracker:
        result = tracker.process(frame)
        eye = result.pixels(result.face)[list(FACE_REGIONS["left_eye_contour"]), :2]
        winking = without(frame, eye)
        plain = tracker.process(winking).blendshapes
        mirrored = tracker.process(np.ascontiguousarray(winking[:, ::-1])).blendshapes
    assert plain["eyeBlinkLeft"] > plain["eyeBlinkRight"] + 0.1
    assert mirrored["eyeBlinkRight"] > mirrored["eyeBlinkLeft"] + 0.1


def test_a_face_with_blendshapes_has_irises_and_models_are_those_that_are_needed(picture):
    with Tracker(blendshapes=True, parts=("face",), variant="float") as tracker:
        assert tracker.process(picture, 0).face.shape == (478, 3)
        assert tracker.submodels == {"face_detector", "face_landmarks_v2", BLENDSHAPES}


def test_without_a_face_there_are_none(picture):
    with Tracker(blendshapes=True, parts=("pose", "face"), mode="picture") as tracker:
        headless = picture.copy()
        headless[:170] = 128
        result = tracker.process(headless)
        assert result.face is None
        assert result.blendshapes is None
        assert tracker.process(np.full_like(picture, 128)).blendshapes is None


def test_who_does_not_ask_gets_none_and_loads_nothing(picture):
    with Tracker(refine_face=True, parts=("face",), variant="float") as tracker:
        assert tracker.process(picture, 0).blendshapes is None
        assert BLENDSHAPES not in tracker.submodels


def test_they_stay_at_the_least_effort(picture):
    with Tracker(0, blendshapes=True, level="simple", variant="float") as tracker:
        assert all(tracker.process(picture, time).blendshapes is not None for time in (0, 33))


def test_the_attention_mesh_has_none():
    with pytest.raises(ValueError, match="blendshapes need the face network V2"):
        Options(blendshapes=True, attention_mesh=True)
