"""cvzone 1.6.1, a library on mp.solutions, runs whole on ours."""

import cv2
import pytest

from builder import ROOT
from holistic.compat.mediapipe import import_hook
from holistic.inference import model_files

pytest.importorskip("cvzone", reason="cvzone is not there: run `python build.py test`")
pytestmark = pytest.mark.skipif(
    not model_files.find("face_detector_full_range").exists(),
    reason="the float models are not there: run `python build.py models`",
)


@pytest.fixture(autouse=True)
def hooked():
    """``import mediapipe`` is ours."""
    import_hook.install()
    yield
    import_hook.uninstall()


@pytest.fixture
def picture():
    """A signer: the right hand is raised, the left one lies at the lower border."""
    return cv2.imread(str(ROOT / "tests" / "media" / "signing.jpg"))


def test_hands(picture):
    from cvzone.HandTrackingModule import HandDetector

    detector = HandDetector(staticMode=True)
    hands, drawn = detector.findHands(picture.copy())
    kinds = {hand["type"]: hand for hand in hands}
    assert set(kinds) == {"Left", "Right"}
    assert kinds["Right"]["center"] == pytest.approx((207, 193), abs=8)
    assert detector.fingersUp(kinds["Right"]) == [1, 0, 0, 0, 0]
    assert len(kinds["Left"]["lmList"]) == 21
    assert (drawn != picture).any()


def test_pose(picture):
    from cvzone.PoseModule import PoseDetector

    detector = PoseDetector(staticMode=True, modelComplexity=2, enableSegmentation=True)
    drawn = detector.findPose(picture.copy())
    points, box = detector.findPosition(drawn)
    assert len(points) == 33
    assert box["center"][0] == pytest.approx(320, abs=20)
    angle, _ = detector.findAngle(points[11][:2], points[13][:2], points[15][:2])
    assert 0 < angle < 360
    assert (drawn != picture).any()


def test_face_mesh(picture):
    from cvzone.FaceMeshModule import FaceMeshDetector

    drawn, (face,) = FaceMeshDetector(staticMode=True).findFaceMesh(picture.copy())
    assert len(face) == 468
    assert face[1] == pytest.approx([310, 101], abs=8)
    assert (drawn != picture).any()


@pytest.mark.parametrize("model", [0, 1])
def test_faces(picture, model):
    from cvzone.FaceDetectionModule import FaceDetector

    drawn, (face,) = FaceDetector(modelSelection=model).findFaces(picture.copy())
    assert face["center"] == pytest.approx((313, 102), abs=8)
    assert face["score"][0] > 0.5
    assert (drawn != picture).any()


@pytest.mark.parametrize("model", [0, 1])
def test_background(picture, model):
    from cvzone.SelfiSegmentationModule import SelfiSegmentation

    magenta = (255, 0, 255)
    without = SelfiSegmentation(model).removeBG(picture, imgBg=magenta, cutThreshold=0.5)
    assert without[5, 635].tolist() == list(magenta)
    assert without[300, 320].tolist() == picture[300, 320].tolist()
