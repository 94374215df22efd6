"""MediaPipe's programs run with another import, and get MediaPipe's values."""

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic.compat import mediapipe as mp
from holistic.compat.mediapipe import solutions as mp_solutions
from holistic.inference import model_files

TESTS = ROOT / "tests"
PICTURE = str(TESTS / "media" / "signing.jpg")
CLIP = str(TESTS / "media" / "intel__milk.mkv")
FRAMES = 10

needs_models = pytest.mark.skipif(
    not model_files.find("face_refinement").exists(),
    reason="the float models are not there: run `python build.py models`",
)


@pytest.fixture(scope="module")
def recorded():
    with np.load(TESTS / "parity" / "recordings" / "solutions.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def frames():
    video = cv2.VideoCapture(CLIP)
    return [cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB) for _ in range(FRAMES)]


def points(landmarks, scale=(640, 480, 640)):
    return np.array([(p.x, p.y, p.z) for p in landmarks.landmark]) * scale


def apart(landmarks, expected, *rows):
    """Mean distance in the plane from the recorded points, in pixels."""
    difference = points(landmarks) - expected
    return float(np.hypot(*difference[slice(*rows) if rows else ..., :2].T).mean())


@needs_models
class TestPublishedExamples:
    """The examples of MediaPipe's documentation of Holistic, in their own steps."""

    def test_static_images(self, tmp_path):
        mp_drawing = mp.solutions.drawing_utils
        mp_drawing_styles = mp.solutions.drawing_styles
        mp_holistic = mp.solutions.holistic

        with mp_holistic.Holistic(
            static_image_mode=True,
            model_complexity=1,
            enable_segmentation=True,
            refine_face_landmarks=True,
        ) as holistic:
            image = cv2.imread(PICTURE)
            image_height, image_width, _ = image.shape
            results = holistic.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))

            nose = results.pose_landmarks.landmark[mp_holistic.PoseLandmark.NOSE]
            assert nose.x * image_width == pytest.approx(317, abs=10)
            assert nose.y * image_height == pytest.approx(90, abs=10)

            annotated_image = image.copy()
            condition = np.stack((results.segmentation_mask,) * 3, axis=-1) > 0.1
            bg_image = np.zeros(image.shape, dtype=np.uint8)
            bg_image[:] = (192, 192, 192)
            annotated_image = np.where(condition, annotated_image, bg_image)
            mp_drawing.draw_landmarks(
                annotated_image,
                results.face_landmarks,
                mp_holistic.FACEMESH_TESSELATION,
                landmark_drawing_spec=None,
                connection_drawing_spec=(
                    mp_drawing_styles.get_default_face_mesh_tesselation_style()
                ),
            )
            mp_drawing.draw_landmarks(
                annotated_image,
                results.pose_landmarks,
                mp_holistic.POSE_CONNECTIONS,
                landmark_drawing_spec=mp_drawing_styles.get_default_pose_landmarks_style(),
            )
            assert cv2.imwrite(str(tmp_path / "annotated_image.png"), annotated_image)
        assert (annotated_image[5, 635] == 192).all()  # the wall is gone
        face = annotated_image[60:140, 280:350]
        assert (face != image[60:140, 280:350]).any(axis=2).mean() > 0.1

    def test_webcam_input(self):
        mp_drawing = mp.solutions.drawing_utils
        mp_drawing_styles = mp.solutions.drawing_styles
        mp_holistic = mp.solutions.holistic

        cap = cv2.VideoCapture(CLIP)
        shown = 0
        with mp_holistic.Holistic(
            min_detection_confidence=0.5, min_tracking_confidence=0.5
        ) as holistic:
            while cap.isOpened() and shown < 3:
                success, image = cap.read()
                assert success
                image.flags.writeable = False
                image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
                results = holistic.process(image)

                image.flags.writeable = True
                image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
                before = image.copy()
                mp_drawing.draw_landmarks(
                    image,
                    results.face_landmarks,
                    mp_holistic.FACEMESH_CONTOURS,
                    landmark_drawing_spec=None,
                    connection_drawing_spec=(
                        mp_drawing_styles.get_default_face_mesh_contours_style()
                    ),
                )
                mp_drawing.draw_landmarks(
                    image,
                    results.pose_landmarks,
                    mp_holistic.POSE_CONNECTIONS,
                    landmark_drawing_spec=(mp_drawing_styles.get_default_pose_landmarks_style()),
                )
                assert (image != before).any()
                shown += 1
        cap.release()


@needs_models
class TestValues:
    """Recorded values of MediaPipe 0.10.21, see ``record_solutions``; pixels at 640 x 480."""

    def test_holistic_on_a_picture(self, picture, recorded):
        with mp_solutions.Holistic(
            static_image_mode=True, refine_face_landmarks=True, enable_segmentation=True
        ) as holistic:
            results = holistic.process(picture)
        for name, limit in {
            "pose_landmarks": 0.5,
            "face_landmarks": 0.5,
            "left_hand_landmarks": 0.5,
            "right_hand_landmarks": 0.5,
        }.items():
            assert apart(getattr(results, name), recorded[f"picture_holistic_{name}"]) < limit, name
        world = points(results.pose_world_landmarks, (1, 1, 1))
        assert np.abs(world - recorded["picture_holistic_pose_world_landmarks"]).mean() < 0.005
        mask = recorded["picture_holistic_segmentation_mask"] / 255
        assert np.abs(results.segmentation_mask - mask).mean() < 0.005

    def test_pose_on_a_clip(self, frames, recorded):
        with mp_solutions.Pose(enable_segmentation=True) as pose:
            for frame, expected in zip(frames, recorded["clip_pose_pose_landmarks"], strict=True):
                results = pose.process(frame)
                assert apart(results.pose_landmarks, expected, 0, 17) < 1.5  # down to the wrists
        mask = recorded["clip_pose_segmentation_mask"][0] / 255
        assert np.abs(results.segmentation_mask - mask).mean() < 0.005

    def test_face_mesh_on_a_clip(self, frames, recorded):
        series = recorded["clip_face_mesh_multi_face_landmarks"][:, 0]
        with mp_solutions.FaceMesh(refine_landmarks=True) as face_mesh:
            for frame, expected in zip(frames, series, strict=True):
                (face,) = face_mesh.process(frame).multi_face_landmarks
                assert len(face.landmark) == 478
                assert apart(face, expected) < 0.5

    @pytest.mark.parametrize(
        ("static", "limit"),
        [(False, 0.1), (True, 2.5)],  # a still picture is searched more closely than there
    )
    def test_hands_on_a_picture(self, picture, recorded, static, limit):
        with mp_solutions.Hands(static_image_mode=static) as hands:
            results = hands.process(picture)
        labels = recorded["picture_hands_multi_handedness"].tolist()
        found = [label.classification[0] for label in results.multi_handedness]
        assert [named.label for named in found] == labels, "the order is MediaPipe's"
        assert all(named.score > 0.9 for named in found)
        assert [("Left", "Right")[named.index] for named in found] == labels
        assert len(results.multi_hand_world_landmarks) == len(labels) == 2
        expected = recorded["picture_hands_multi_hand_landmarks"]
        for landmarks, there in zip(results.multi_hand_landmarks, expected, strict=True):
            assert apart(landmarks, there) < limit

    def test_the_hands_of_a_clip_come_and_go_in_mediapipes_order(self, recorded):
        video = cv2.VideoCapture(str(TESTS / "media" / "intel__book.mkv"))
        expected = recorded["book_hands"].tolist()
        assert {"RL", "RR"} < set(expected)
        found = []
        with mp_solutions.Hands() as hands:
            for _ in expected:
                results = hands.process(cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB))
                sides = [each.classification[0].label for each in results.multi_handedness or ()]
                found.append("".join(label[0] for label in sides))
        assert found == expected


@needs_models
class TestSolutions:
    """How all solutions behave."""

    def test_what_is_not_there_is_none(self):
        wall = np.full((240, 320, 3), 90, np.uint8)
        for solution in (mp_solutions.Holistic, mp_solutions.FaceMesh, mp_solutions.Hands):
            with solution() as running:
                assert set(running.process(wall)) == {None}

    def test_only_what_was_asked_for(self, picture):
        with mp_solutions.Pose(static_image_mode=True) as pose:
            results = pose.process(picture)
        assert results.segmentation_mask is None
        assert results._fields == ("pose_landmarks", "pose_world_landmarks", "segmentation_mask")

    def test_no_more_hands_than_asked_for(self, picture):
        with mp_solutions.Hands(static_image_mode=True, max_num_hands=1) as hands:
            assert len(hands.process(picture).multi_hand_landmarks) == 1

    def test_other_pictures_are_refused_as_in_mediapipe(self):
        with mp_solutions.Pose() as pose, pytest.raises(ValueError, match="three channel rgb"):
            pose.process(np.zeros((8, 8), np.uint8))

    def test_other_complexities_are_refused(self):
        with pytest.raises(ValueError, match="0, 1 or 2, not 3"):
            mp_solutions.Holistic(model_complexity=3)

    def test_the_heavy_model_finds_what_the_full_one_finds(self, picture):
        found = []
        for complexity in (1, 2):
            with mp_solutions.Pose(True, complexity, enable_segmentation=True) as pose:
                results = pose.process(picture)
                found.append(points(results.pose_landmarks))
                assert results.segmentation_mask.max() > 0.9
        apart = np.hypot(*(found[0] - found[1])[:17, :2].T)
        assert 0.1 < apart.mean() < 10

    @pytest.mark.parametrize("solution", ["Holistic", "Pose", "FaceMesh", "Hands"])
    @pytest.mark.parametrize("name", ["min_detection_confidence", "min_tracking_confidence"])
    def test_thresholds_that_nothing_reaches_find_nothing(self, picture, solution, name):
        with getattr(mp_solutions, solution)(**{name: 1.0}) as running:
            assert set(running.process(picture)) == {None}

    def test_low_thresholds_find_what_is_there(self, picture):
        with mp_solutions.FaceMesh(
            min_detection_confidence=0.0, min_tracking_confidence=0.1
        ) as face_mesh:
            assert len(face_mesh.process(picture).multi_face_landmarks) == 1

    def test_a_threshold_is_a_probability(self):
        with pytest.raises(ValueError, match="min_tracking must be from 0 to 1, not 50"):
            mp_solutions.Pose(min_tracking_confidence=50)


class TestNames:
    """Enums and connections."""

    def test_enums_number_the_landmarks(self):
        assert mp_solutions.pose.PoseLandmark.LEFT_WRIST == 15
        assert mp_solutions.pose.PoseLandmark(24).name == "RIGHT_HIP"
        assert mp_solutions.hands.HandLandmark.INDEX_FINGER_TIP == 8
        assert len(mp_solutions.holistic.PoseLandmark) == 33

    @pytest.mark.parametrize(
        ("name", "lines"),
        [
            ("LIPS", 40),
            ("LEFT_EYE", 16),
            ("LEFT_EYEBROW", 8),
            ("FACE_OVAL", 36),
            ("CONTOURS", 124),
            ("IRISES", 8),
            ("TESSELATION", 1322),
        ],
    )
    def test_connections_of_the_face(self, name, lines):
        assert len(getattr(mp_solutions.face_mesh, f"FACEMESH_{name}")) == lines

    def test_connections_of_body_and_hand(self):
        assert len(mp_solutions.pose.POSE_CONNECTIONS) == 35
        assert len(mp_solutions.hands.HAND_CONNECTIONS) == 21
        assert (11, 13) in mp_solutions.pose.POSE_CONNECTIONS

    def test_lines_begin_and_end_where_mediapipes_do(self):
        assert {(0, 4), (11, 12), (12, 24)} < mp_solutions.pose.POSE_CONNECTIONS
        assert {(61, 146), (61, 185), (37, 0), (13, 312)} < mp_solutions.face_mesh.FACEMESH_LIPS
        assert {(263, 249), (263, 466)} < mp_solutions.face_mesh.FACEMESH_LEFT_EYE

    def test_every_line_and_point_has_a_style(self):
        styles = mp_solutions.drawing_styles
        hand = styles.get_default_hand_connections_style()
        assert set(hand) == mp_solutions.hands.HAND_CONNECTIONS
        assert set(styles.get_default_hand_landmarks_style()) == set(range(21))
        assert set(styles.get_default_pose_landmarks_style()) == set(range(33))
        contours = styles.get_default_face_mesh_contours_style()
        assert set(contours) == mp_solutions.face_mesh.FACEMESH_CONTOURS
        assert mp.solutions.holistic.FACE_CONNECTIONS == mp_solutions.face_mesh.FACE_CONNECTIONS
        assert set(contours) == mp_solutions.face_mesh.FACE_CONNECTIONS
        irises = styles.get_default_face_mesh_iris_connections_style()
        assert set(irises) == mp_solutions.face_mesh.FACEMESH_IRISES
