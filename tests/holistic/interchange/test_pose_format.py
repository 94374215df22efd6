""".pose files are those that pose-format's own command makes with MediaPipe."""

import itertools
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from builder import ROOT
from holistic import Tracker
from holistic.batch.media import Source
from holistic.compat.mediapipe import import_hook
from holistic.compat.mediapipe.results import landmark_list, world_landmark_list
from holistic.compat.mediapipe.solution import INTERVAL
from holistic.inference import model_files
from holistic.interchange import formats, pose_format
from holistic.options import MEDIAPIPE_SMOOTHING
from holistic.results.readers import Recording
from holistic.shared import layout

library = pytest.importorskip("pose_format")


@pytest.fixture
def written(pair, tmp_path):
    pose_format.write(pair, tmp_path / "a.pose")
    return library.Pose.read((tmp_path / "a.pose").read_bytes())


@pytest.fixture
def theirs(monkeypatch):
    """pose-format's module for Holistic, with our ``mediapipe``."""
    import_hook.install()
    monkeypatch.delitem(sys.modules, "pose_format.utils.holistic", raising=False)
    import pose_format.utils.holistic as module

    yield module
    sys.modules.pop("pose_format.utils.holistic", None)
    import_hook.uninstall()


def points(pose, component):
    """(frames, people, points, 3) of a component, unmasked, and its confidences."""
    start = 0
    for each in pose.header.components:
        rows = slice(start, start + len(each.points))
        if each.name == component:
            return np.asarray(pose.body.data.data[:, :, rows]), pose.body.confidence[:, :, rows]
        start = rows.stop
    raise KeyError(component)


def test_the_header_tells_the_frames_size_rate_and_people(written):
    dimensions = written.header.dimensions
    assert (dimensions.width, dimensions.height, dimensions.depth) == (640, 480, 0)
    assert written.body.fps == 25
    assert written.body.data.shape == (3, 2, 33 + 478 + 21 + 21 + 33, 3)


@pytest.mark.parametrize("irises", [False, True])
def test_components_are_those_of_their_command(irises, theirs):
    expected = theirs.holistic_components("XYZC", layout.IRIS_POINTS if irises else 0)
    found = pose_format.components(478 if irises else 468)
    assert [each.name for each in found] == [each.name for each in expected]
    for ours, other in zip(found, expected, strict=True):
        assert list(ours.points) == list(other.points)
        assert {frozenset(line) for line in ours.lines} == {frozenset(x) for x in other.limbs}


def test_points_are_in_pixels_and_depth_is_not(pair, written):
    first = pair.results[0].people[0]
    for component, part in (
        ("POSE_LANDMARKS", "pose"),
        ("LEFT_HAND_LANDMARKS", "left_hand"),
        ("RIGHT_HAND_LANDMARKS", "right_hand"),
        ("POSE_WORLD_LANDMARKS", "pose_world"),  # in "pixels" too: so does their command
    ):
        found, _ = points(written, component)
        expected = getattr(first, part)[:, :3] * (640, 480, 1)
        assert_allclose(found[0, 0], expected, rtol=1e-5)


def test_what_their_command_makes_of_a_result_is_in_the_file(alone, theirs, tmp_path):
    pose_format.write(alone, tmp_path / "a.pose")
    found = library.Pose.read((tmp_path / "a.pose").read_bytes())
    person = alone.results[0].person
    results = SimpleNamespace(
        pose_landmarks=landmark_list(person.pose, person.pose.visibility),
        face_landmarks=landmark_list(person.face),
        left_hand_landmarks=landmark_list(person.left_hand),
        right_hand_landmarks=landmark_list(person.right_hand),
        pose_world_landmarks=world_landmark_list(person.pose_world, person.pose.visibility),
    )
    data, confidence = theirs._extract_frame_data(results, 640, 480, 0)
    assert_allclose(found.body.data.data[0, 0], data, rtol=1e-5)
    assert_allclose(found.body.confidence[0, 0], confidence, rtol=1e-5)


@pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)
def test_a_clip_is_what_their_command_makes_of_it_with_our_mediapipe(theirs, tmp_path):
    source = Source(str(ROOT / "tests" / "media" / "intel__milk.mkv"))
    frames = [frame for _, frame in itertools.islice(source, 8)]
    as_mediapipe = {"second_look": False, "smoothing": MEDIAPIPE_SMOOTHING, "variant": "float"}
    with Tracker(**as_mediapipe) as tracker:
        results = tuple(
            tracker.process(frame, number * INTERVAL) for number, frame in enumerate(frames, 1)
        )
    pose_format.write(Recording(results, 640, 480, fps=30), tmp_path / "a.pose")
    ours = library.Pose.read((tmp_path / "a.pose").read_bytes())
    other = theirs.load_holistic(frames, 30, 640, 480)
    assert ours.body.confidence[:, 0, 0].all()
    assert_allclose(ours.body.confidence, other.body.confidence, atol=1e-6)
    assert_allclose(ours.body.data.data, other.body.data.data, atol=1e-3)


def test_confidence_is_visibility_or_one_and_zero_where_a_part_is_absent(pair, written):
    _, pose = points(written, "POSE_LANDMARKS")
    assert_allclose(pose[0, 1], pair.results[0].people[1].pose.visibility)
    _, hand = points(written, "LEFT_HAND_LANDMARKS")
    assert hand[:, :, 0].tolist() == [[1, 1], [0, 0], [0, 1]]
    assert not points(written, "RIGHT_HAND_LANDMARKS")[1][2].any()


def test_a_face_without_irises_has_none_among_faces_that_have(written):
    _, face = points(written, "FACE_LANDMARKS")
    assert face[0, :, 467:469].tolist() == [[1, 0], [1, 1]]


def test_files_are_read_back(alone, tmp_path):
    pose_format.write(alone, tmp_path / "a.pose")
    found = pose_format.read(tmp_path / "a.pose")
    assert (found.width, found.height, found.fps) == (640, 480, 25)
    assert [result.timestamp for result in found.results] == [0, 40, 80]
    assert [len(result.people) for result in found.results] == [1, 0, 1]
    for part in ("pose_world", "face", "left_hand", "right_hand"):
        expected = getattr(alone.results[0].person, part)
        assert_allclose(getattr(found.results[0].person, part), expected, atol=1e-6)
    assert_allclose(found.results[0].pose[:, :4], alone.results[0].pose[:, :4], atol=1e-6)
    assert found.results[2].left_hand is None


def test_faces_with_and_without_irises_are_read_back(pair, tmp_path):
    pose_format.write(pair, tmp_path / "a.pose")
    people = pose_format.read(tmp_path / "a.pose").results[0].people
    assert [len(person.face) for person in people] == [468, 478]


def test_a_file_that_their_library_writes_is_read(written, tmp_path):
    with (tmp_path / "b.pose").open("wb") as file:
        written.write(file)
    assert len(pose_format.read(tmp_path / "b.pose").results) == 3


@pytest.mark.parametrize("length", [2, 50, 5000, -4])
def test_a_file_that_ends_early_is_refused(alone, tmp_path, length):
    path = tmp_path / "a.pose"
    pose_format.write(alone, path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"a\.pose holds no recording, or is damaged"):
        formats.read(path)
