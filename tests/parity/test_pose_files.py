"""pose-format's own command makes the same .pose file on our solutions as on MediaPipe."""

import pytest

from builder import ROOT
from evaluate import reference_environment
from holistic.inference import model_files

pytest.importorskip("pose_format")
import pose_files

CLIP = ROOT / "tests" / "media" / "intel__milk.mkv"

pytestmark = pytest.mark.skipif(
    not model_files.find("pose_landmarks_heavy").exists(),
    reason="the float models are not there: run `python build.py models`",
)
needs_mediapipe = pytest.mark.skipif(
    not (reference_environment.FOLDER / "bin" / "video_to_pose").exists(),
    reason="MediaPipe is not there: run `python tests/parity/pose_files.py`, which installs it",
)


@pytest.fixture(scope="module", params=pose_files.COMPLEXITIES)
def complexity(request):
    return request.param


@pytest.fixture(scope="module")
def ours(complexity, tmp_path_factory):
    path = tmp_path_factory.mktemp("ours") / "clip.pose"
    pose_files.ours(CLIP, complexity, path)
    return pose_files.read(path)


def test_the_command_finds_all_parts_on_our_solutions(ours):
    assert ours.body.data.shape == (51, 1, 33 + 478 + 21 + 21 + 33, 3)
    seen = {name: (sure[:, 0] > 0).sum() for name, _, sure in pose_files.components(ours)}
    assert seen["POSE_LANDMARKS"] == seen["FACE_LANDMARKS"] == seen["LEFT_HAND_LANDMARKS"] == 51
    assert seen["RIGHT_HAND_LANDMARKS"] > 35


@needs_mediapipe
def test_the_file_is_mediapipes(ours, complexity, tmp_path):
    pose_files.theirs(CLIP, complexity, tmp_path / "theirs.pose")
    theirs = pose_files.read(tmp_path / "theirs.pose")
    assert ours.body.data.shape == theirs.body.data.shape
    assert ours.body.fps == theirs.body.fps
    assert vars(ours.header.dimensions) == vars(theirs.header.dimensions)
    for one, other in zip(ours.header.components, theirs.header.components, strict=True):
        assert (one.name, one.points) == (other.name, other.points)
    for name, found in pose_files.apart(ours, theirs).items():
        assert found.pixels < 0.5, name
        assert found.one <= 2, name
