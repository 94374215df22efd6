"""Programs for MediaPipe's tasks run with another import, and get MediaPipe's values."""

import importlib
import logging
import threading
import warnings
from dataclasses import fields

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic.compat import mediapipe as mp
from holistic.compat.mediapipe.tasks.python.core import base_options
from holistic.compat.mediapipe.tasks.python.vision.core.facial_transformation import (
    facial_transformation_matrix,
)
from holistic.compat.mediapipe.tasks.python.vision.core.live_stream import LiveStream
from holistic.compat.mediapipe.tasks.python.vision.core.quarter_turns import (
    image_points_back,
    turned,
    world_points_back,
)
from holistic.inference import model_files
from holistic.shared.model_sets import POSE_MODELS

TESTS = ROOT / "tests"
PICTURE = str(TESTS / "media" / "signing.jpg")
CLIP = str(TESTS / "media" / "intel__milk.mkv")
WHOLE_BODY = np.s_[:, 160:480]
HEAD = np.s_[:240, 200:440]
INTERVAL = 33
PATIENCE = 60  # seconds until a test stops to wait for another thread

needs_models = pytest.mark.skipif(
    not model_files.find("face_blendshapes").exists(),
    reason="the float models are not there: run `python build.py models`",
)

BaseOptions = mp.tasks.BaseOptions
vision = mp.tasks.vision
Mode = vision.RunningMode
LANDMARKERS = {
    name: (getattr(vision, f"{name}Landmarker"), getattr(vision, f"{name}LandmarkerOptions"))
    for name in ("Pose", "Face", "Hand", "Holistic")
}
every_landmarker = pytest.mark.parametrize("name", LANDMARKERS)


@pytest.fixture(autouse=True)
def no_warning_of_model_files(monkeypatch):
    monkeypatch.setattr(base_options, "_warn_once", lambda: None)


@pytest.fixture(scope="module")
def recorded():
    with np.load(TESTS / "parity" / "recordings" / "tasks.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def picture():
    return mp.Image.create_from_file(PICTURE)


@pytest.fixture(scope="module")
def frames():
    video = cv2.VideoCapture(CLIP)
    frames = [cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB) for _ in range(6)]
    return [mp.Image(image_format=mp.ImageFormat.SRGB, data=frame) for frame in frames]


def make(name, mode=Mode.IMAGE, **options):
    landmarker, options_type = LANDMARKERS[name]
    return landmarker.create_from_options(
        options_type(base_options=BaseOptions(), running_mode=mode, **options)
    )


def blank(height=240, width=320):
    return mp.Image(mp.ImageFormat.SRGB, np.full((height, width, 3), 90, np.uint8))


def points(landmarks, size=(640, 480)):
    """(n, 3) in pixels."""
    width, height = size
    return np.array([(p.x, p.y, p.z) for p in landmarks]) * (width, height, width)


def metres(landmarks):
    return points(landmarks, (1, 1))


def apart(landmarks, expected):
    """Mean distance in the plane, in pixels."""
    return float(np.hypot(*(points(landmarks) - expected)[:, :2].T).mean())


@needs_models
class TestGuides:
    """The steps of MediaPipe's guides for Python, one by one."""

    def test_pose_in_a_picture(self, tmp_path):
        from holistic.compat.mediapipe.tasks import python
        from holistic.compat.mediapipe.tasks.python import vision

        base = python.BaseOptions(model_asset_path="pose_landmarker.task")
        options = vision.PoseLandmarkerOptions(base_options=base, output_segmentation_masks=True)
        detector = vision.PoseLandmarker.create_from_options(options)
        image = mp.Image.create_from_file(PICTURE)
        result = detector.detect(image)

        annotated = np.copy(image.numpy_view())
        style = vision.drawing_styles.get_default_pose_landmarks_style()
        line = vision.drawing_utils.DrawingSpec(color=(0, 255, 0), thickness=2)
        for body in result.pose_landmarks:
            vision.drawing_utils.draw_landmarks(
                image=annotated,
                landmark_list=body,
                connections=vision.PoseLandmarksConnections.POSE_LANDMARKS,
                landmark_drawing_spec=style,
                connection_drawing_spec=line,
            )
        assert (annotated == (0, 255, 0)).all(axis=2).sum() > 500
        nose = result.pose_landmarks[0][vision.PoseLandmark.NOSE]
        assert (nose.x * image.width, nose.y * image.height) == pytest.approx((314, 93), abs=4)

        (mask,) = result.segmentation_masks
        assert mask.image_format == mp.ImageFormat.VEC32F1
        shown = np.repeat(mask.numpy_view(), 3, axis=2) * 255
        assert shown.shape == annotated.shape
        assert shown[240, 320, 0] > 200
        assert shown[5, 635, 0] < 50
        detector.close()

    def test_faces_in_a_picture(self):
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path="face_landmarker_v2_with_blendshapes.task"),
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
            num_faces=1,
        )
        with vision.FaceLandmarker.create_from_options(options) as detector:
            image = mp.Image.create_from_file(PICTURE)
            result = detector.detect(image)

        annotated = image.numpy_view().copy()
        lines, styles = vision.FaceLandmarksConnections, vision.drawing_styles
        for connections, style in (
            (
                lines.FACE_LANDMARKS_TESSELATION,
                styles.get_default_face_mesh_tesselation_style(),
            ),
            (lines.FACE_LANDMARKS_CONTOURS, styles.get_default_face_mesh_contours_style()),
            (lines.FACE_LANDMARKS_LEFT_IRIS, styles.get_default_face_mesh_iris_connections_style()),
        ):
            vision.drawing_utils.draw_landmarks(
                annotated, result.face_landmarks[0], connections, None, style
            )
        face = (slice(60, 140), slice(280, 350))
        assert (annotated[face] != image.numpy_view()[face]).any(axis=2).mean() > 0.1

        (shapes,) = result.face_blendshapes
        names = [shape.category_name for shape in shapes]
        assert names[0] == "_neutral"
        assert names[25] == "jawOpen"
        assert [shape.index for shape in shapes] == list(range(52))
        (matrix,) = result.facial_transformation_matrixes
        assert matrix.shape == (4, 4)

    def test_hands_in_a_picture(self):
        options = vision.HandLandmarkerOptions(base_options=BaseOptions(), num_hands=2)
        with vision.HandLandmarker.create_from_options(options) as detector:
            result = detector.detect(mp.Image.create_from_file(PICTURE))
        assert len(result.hand_landmarks) == len(result.hand_world_landmarks) == 2
        sides = {
            side[0].category_name: hand[vision.hand_landmarker.HandLandmark.WRIST].x
            for side, hand in zip(result.handedness, result.hand_landmarks, strict=True)
        }
        assert sides["Right"] < 0.5 < sides["Left"]  # the person's own

    def test_holistic_in_a_video(self):
        options = vision.HolisticLandmarkerOptions(
            base_options=BaseOptions(model_asset_path="holistic_landmarker.task"),
            running_mode=vision.RunningMode.VIDEO,
        )
        video = cv2.VideoCapture(CLIP)
        with vision.HolisticLandmarker.create_from_options(options) as landmarker:
            for index in range(3):
                frame = cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)
                image = mp.Image(image_format=mp.ImageFormat.SRGB, data=frame)
                result = landmarker.detect_for_video(image, int(index * 1000 / 30))
        assert len(result.pose_landmarks) == len(result.pose_world_landmarks) == 33
        assert len(result.face_landmarks) == 478
        assert len(result.left_hand_landmarks) == 21
        assert result.face_blendshapes is result.segmentation_mask is None

    def test_pose_in_a_live_stream(self, picture):
        seen, got = [], threading.Event()

        def show(result: vision.PoseLandmarkerResult, image: mp.Image, timestamp_ms: int):
            seen.append((len(result.pose_landmarks), image, timestamp_ms))
            got.set()

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(), running_mode=Mode.LIVE_STREAM, result_callback=show
        )
        with vision.PoseLandmarker.create_from_options(options) as landmarker:
            landmarker.detect_async(picture, 40)
            assert got.wait(PATIENCE)
            landmarker.detect_async(picture, 80)
        assert seen == [(1, picture, 40), (1, picture, 80)]


@needs_models
class TestValues:
    """Recorded values of MediaPipe 1.2.3, see ``record_tasks``; pixels at 640 x 480."""

    def test_pose_in_a_picture(self, picture, recorded):
        with make("Pose", output_segmentation_masks=True) as landmarker:
            result = landmarker.detect(picture)
        assert apart(result.pose_landmarks[0], recorded["picture_pose_pose_landmarks"][0]) < 0.05
        world = metres(result.pose_world_landmarks[0])
        assert np.abs(world - recorded["picture_pose_pose_world_landmarks"][0]).mean() < 0.0005
        mask = result.segmentation_masks[0].numpy_view()[..., 0]
        expected = recorded["picture_pose_segmentation_masks"][0] / 255
        assert np.abs(mask - expected).mean() < 0.005

    def test_pose_in_a_clip(self, frames, recorded):
        with make("Pose", Mode.VIDEO) as landmarker:
            results = [
                landmarker.detect_for_video(frame, index * INTERVAL)
                for index, frame in enumerate(frames)
            ]
        for result, expected in zip(results, recorded["clip_pose_pose_landmarks"], strict=True):
            upper = slice(17)  # down to the wrists: the legs are not in the picture
            assert apart(result.pose_landmarks[0][upper], expected[0, upper]) < 1

    @pytest.mark.parametrize(("mode", "name"), [(Mode.IMAGE, "picture"), (Mode.VIDEO, "clip")])
    def test_faces(self, picture, frames, recorded, mode, name):
        asked = {"output_face_blendshapes": True, "output_facial_transformation_matrixes": True}
        with make("Face", mode, **asked) as landmarker:
            if mode is Mode.IMAGE:
                result = landmarker.detect(picture)
            else:
                for index, frame in enumerate(frames):
                    result = landmarker.detect_for_video(frame, index * INTERVAL)
        expected = {
            field: recorded[f"{name}_face_{field}"].reshape(-1, *shape)[-1]
            for field, shape in {
                "face_landmarks": (478, 3),
                "face_blendshapes": (52,),
                "facial_transformation_matrixes": (4, 4),
            }.items()
        }
        assert apart(result.face_landmarks[0], expected["face_landmarks"]) < 0.1
        shapes = np.array([shape.score for shape in result.face_blendshapes[0]])
        assert np.abs(shapes - expected["face_blendshapes"]).max() < 0.03
        matrix = result.facial_transformation_matrixes[0]
        assert matrix.dtype == np.float32
        difference = np.abs(matrix - expected["facial_transformation_matrixes"])
        assert difference[:, :3].max() < 0.01  # a rotation
        assert difference[:, 3].max() < 0.5  # centimetres

    def test_hands_in_a_picture(self, picture, recorded):
        with make("Hand", num_hands=2) as landmarker:
            result = landmarker.detect(picture)
        found = sorted(
            zip(
                result.hand_landmarks,
                result.hand_world_landmarks,
                result.handedness,
                strict=True,
            ),
            key=lambda hand: hand[0][0].x,
        )
        for row, (hand, world, side) in enumerate(found):
            assert apart(hand, recorded["picture_hands_hand_landmarks"][row]) < 0.1
            expected = recorded["picture_hands_hand_world_landmarks"][row]
            assert np.abs(metres(world) - expected).mean() < 0.0005
            left = recorded["picture_hands_handedness"][row, 0]
            assert (side[0].category_name == "Left") == (left > 0.5)
            assert side[0].score == pytest.approx(max(left, 1 - left), abs=0.01)

    @pytest.mark.parametrize("mode", [Mode.IMAGE, Mode.VIDEO])
    def test_one_hand_is_the_same_one(self, picture, recorded, mode):
        with make("Hand", mode) as landmarker:
            result = (
                landmarker.detect(picture)
                if mode is Mode.IMAGE
                else landmarker.detect_for_video(picture, 0)
            )
        (hand,) = result.hand_landmarks
        assert apart(hand, recorded["picture_hand_hand_landmarks"][0]) < 0.1

    @pytest.mark.parametrize(("mode", "name"), [(Mode.IMAGE, "picture"), (Mode.VIDEO, "clip")])
    def test_holistic(self, picture, frames, recorded, mode, name):
        asked = {"output_face_blendshapes": True, "output_pose_segmentation_masks": True}
        with make("Holistic", mode, **asked) as landmarker:
            if mode is Mode.IMAGE:
                result = landmarker.detect(picture)
                mask = recorded["picture_holistic_segmentation_mask"] / 255
                found = result.segmentation_mask.numpy_view()[..., 0]
                assert np.abs(found - mask).mean() < 0.005
            else:
                for index, frame in enumerate(frames):
                    result = landmarker.detect_for_video(frame, index * INTERVAL)
        parts = {"pose": 33, "face": 478, "left_hand": 21}
        parts |= {"right_hand": 21} if mode is Mode.IMAGE else {}
        for part, count in parts.items():
            expected = recorded[f"{name}_holistic_{part}_landmarks"].reshape(-1, count, 3)[-1]
            assert apart(getattr(result, f"{part}_landmarks"), expected) < 0.5, part
        for part in parts.keys() - {"face"}:
            expected = recorded[f"{name}_holistic_{part}_world_landmarks"]
            found = metres(getattr(result, f"{part}_world_landmarks"))
            assert np.abs(found - expected.reshape(-1, *found.shape)[-1]).mean() < 0.003, part
        shapes = np.array([shape.score for shape in result.face_blendshapes])
        expected = recorded[f"{name}_holistic_face_blendshapes"].reshape(-1, 52)[-1]
        assert np.abs(shapes - expected).mean() < 0.03


class TestFacialTransformation:
    """The matrix, from MediaPipe's own landmarks."""

    def test_it_is_mediapipes(self, recorded):
        face = recorded["picture_face_face_landmarks"][0] / (640, 480, 640)
        matrix = facial_transformation_matrix(face, 640, 480)
        expected = recorded["picture_face_facial_transformation_matrixes"][0]
        assert np.abs(matrix - expected).max() < 0.001


@needs_models
class TestResults:
    """What is in a result, and what is not."""

    @every_landmarker
    def test_nothing_found_is_empty(self, name):
        with make(name) as landmarker:
            result = vars(landmarker.detect(blank()))
        optional = {"segmentation_masks", "segmentation_mask"}
        optional |= {"face_blendshapes"} if name == "Holistic" else set()
        assert result == {field: None if field in optional else [] for field in result}

    def test_points_of_a_pose_have_visibility_and_presence_and_others_have_none(self, picture):
        with make("Holistic") as landmarker:
            result = landmarker.detect(picture)
        nose, world = result.pose_landmarks[0], result.pose_world_landmarks[0]
        assert nose.visibility > 0.9 < nose.presence
        assert (world.visibility, world.presence) == (nose.visibility, nose.presence)
        assert result.face_landmarks[0].visibility is result.left_hand_landmarks[0].presence is None

    def test_hands_of_holistic_begin_at_the_wrists_of_the_body(self, picture):
        with make("Holistic") as landmarker:
            result = landmarker.detect(picture)
        wrist = result.pose_world_landmarks[vision.PoseLandmark.LEFT_WRIST]
        hand = result.left_hand_world_landmarks[0]
        assert (hand.x, hand.y, hand.z) == pytest.approx((wrist.x, wrist.y, wrist.z), abs=1e-6)

    @pytest.mark.parametrize("number", [1, 2])
    @pytest.mark.parametrize(
        ("name", "option", "crop"),
        [("Pose", "num_poses", WHOLE_BODY), ("Face", "num_faces", HEAD)],
    )
    def test_as_many_people_as_asked_for(self, picture, number, name, option, crop):
        pixels = picture.numpy_view()[crop]
        two = mp.Image(mp.ImageFormat.SRGB, np.hstack((pixels, pixels)))
        with make(name, **{option: number}) as landmarker:
            result = landmarker.detect(two)
        assert len(getattr(result, f"{name.lower()}_landmarks")) == number

    @pytest.mark.parametrize("number", [1, 2])
    def test_as_many_hands_as_asked_for(self, picture, number):
        with make("Hand", num_hands=number) as landmarker:
            result = landmarker.detect(picture)
        assert [len(each) for each in vars(result).values()] == [number] * 3

    def test_holistic_leaves_out_what_is_not_sure_enough(self, picture):
        with make("Holistic", min_hand_landmarks_confidence=1.0) as landmarker:
            result = landmarker.detect(picture)
        assert result.left_hand_landmarks == result.left_hand_world_landmarks == []
        assert len(result.face_landmarks) == 478

    @pytest.mark.parametrize(
        ("name", "option"),
        [
            ("Pose", "min_pose_detection_confidence"),
            ("Pose", "min_pose_presence_confidence"),
            ("Face", "min_face_presence_confidence"),
            ("Hand", "min_hand_detection_confidence"),
            ("Holistic", "min_pose_detection_confidence"),
        ],
    )
    def test_confidences_that_nothing_reaches_find_nothing(self, picture, name, option):
        with make(name, **{option: 1.0}) as landmarker:
            assert not any(vars(landmarker.detect(picture)).values())

    def test_supervision_reads_poses_faces_and_hands(self, picture):
        supervision = pytest.importorskip("supervision")
        for name, count in {"Pose": 33, "Face": 478, "Hand": 21}.items():
            with make(name) as landmarker:
                result = landmarker.detect(picture)
            found = supervision.KeyPoints.from_mediapipe(result, (640, 480))
            assert found.xy.shape == (1, count, 2)


@needs_models
class TestRotation:
    """Pictures that lie on their side."""

    @pytest.mark.parametrize("degrees", [90, 180, -90, 450])
    def test_what_is_found_is_where_it_is_in_the_picture_as_it_came(self, picture, degrees):
        asked = {"output_pose_segmentation_masks": True}
        pixels = picture.numpy_view()
        lying = np.ascontiguousarray(np.rot90(pixels, degrees // 90))
        options = vision.ImageProcessingOptions(rotation_degrees=degrees)
        with make("Holistic", **asked) as landmarker:
            upright = landmarker.detect(picture)
            found = landmarker.detect(mp.Image(mp.ImageFormat.SRGB, lying), options)
        height, width = lying.shape[:2]
        for part in ("pose", "face", "left_hand"):
            field = f"{part}_landmarks"
            expected = points(getattr(upright, field)) - (320, 240, 0)
            turned = points(getattr(found, field), (width, height)) - (width / 2, height / 2, 0)
            # Against the clock, as the picture was turned.
            angle = -np.radians(degrees)
            back = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
            np.testing.assert_allclose(turned[:, :2], expected[:, :2] @ back, atol=0.01)
            np.testing.assert_allclose(turned[:, 2], expected[:, 2], atol=0.01)
        mask = upright.segmentation_mask.numpy_view()
        np.testing.assert_array_equal(
            found.segmentation_mask.numpy_view(), np.rot90(mask, degrees // 90)
        )
        nose, level = found.pose_world_landmarks[0], upright.pose_world_landmarks[0]
        assert np.hypot(nose.x, nose.y) == pytest.approx(np.hypot(level.x, level.y))

    def test_points_go_back_where_the_pixels_came_from(self):
        pixels = np.zeros((30, 40), np.uint8)
        pixels[5, 10] = 1
        for turns in range(4):
            ((y, x),) = np.argwhere(turned(pixels, turns))
            height, width = turned(pixels, turns).shape
            place = np.array([[(x + 0.5) / width, (y + 0.5) / height, 1.0]])
            back = image_points_back(place, turns, 40, 30)[0]
            assert back.tolist() == pytest.approx([10.5 / 40, 5.5 / 30, width / 40])

    def test_a_quarter_turn_of_what_is_above_was_left(self):
        up = np.array([[0.0, -1.0, 0.5]])
        assert world_points_back(up, 1).tolist() == [[-1.0, 0.0, 0.5]]


CALLS = {
    Mode.IMAGE: lambda landmarker, image: landmarker.detect(image),
    Mode.VIDEO: lambda landmarker, image: landmarker.detect_for_video(image, 0),
    Mode.LIVE_STREAM: lambda landmarker, image: landmarker.detect_async(image, 0),
}


@needs_models
class TestRunningModes:
    """Each call belongs to one mode."""

    @pytest.mark.parametrize("mode", Mode)
    def test_calls_of_other_modes_are_refused(self, mode):
        callback = print if mode is Mode.LIVE_STREAM else None
        with make("Face", mode, result_callback=callback) as landmarker:
            for other in set(Mode) - {mode}:
                with pytest.raises(ValueError, match=f"not initialized with the {other}"):
                    CALLS[other](landmarker, blank())

    @every_landmarker
    def test_a_callback_belongs_to_live_streams(self, name):
        with pytest.raises(ValueError, match="result callback must be provided"):
            make(name, Mode.LIVE_STREAM)
        for mode in (Mode.IMAGE, Mode.VIDEO):
            with pytest.raises(ValueError, match="result callback should not be provided"):
                make(name, mode, result_callback=print)

    def test_time_stamps_rise(self):
        with make("Face", Mode.VIDEO) as landmarker:
            landmarker.detect_for_video(blank(), 10)
            for late in (10, 5):
                with pytest.raises(ValueError, match="must be monotonically increasing") as refused:
                    landmarker.detect_for_video(blank(), late)
                assert refused.value.__notes__ == [f"{late} ms came after 10 ms"]
        with make("Face", Mode.LIVE_STREAM, result_callback=print) as landmarker:
            landmarker.detect_async(blank(), 10)
            with pytest.raises(ValueError, match="monotonically increasing"):
                landmarker.detect_async(blank(), 9)

    def test_a_region_of_interest_is_refused_as_in_mediapipe(self, picture):
        region = mp.tasks.components.containers.RectF(0, 0, 1, 1)
        options = vision.ImageProcessingOptions(region_of_interest=region)
        with make("Hand") as landmarker:
            with pytest.raises(ValueError, match="doesn't support region-of-interest"):
                landmarker.detect(picture, options)
            with pytest.raises(ValueError, match="multiple of 90°, not 45"):
                landmarker.detect(picture, vision.ImageProcessingOptions(rotation_degrees=45))

    def test_pictures_that_cannot_be_seen_are_refused(self):
        with make("Hand") as landmarker:
            with pytest.raises(TypeError, match=r"must be an mp\.Image, not ndarray"):
                landmarker.detect(np.zeros((9, 9, 3), np.uint8))
            deep = mp.Image(mp.ImageFormat.GRAY16, np.zeros((9, 9), np.uint16))
            with pytest.raises(ValueError, match="GRAY16 picture is not seen"):
                landmarker.detect(deep)

    def test_grey_and_transparent_pictures_are_seen(self, picture):
        pixels = picture.numpy_view()[HEAD]
        grey = pixels.mean(axis=2).astype(np.uint8)
        opaque = np.dstack((pixels, np.full(pixels.shape[:2], 255, np.uint8)))
        with make("Face") as landmarker:
            for kind, data in ((mp.ImageFormat.GRAY8, grey), (mp.ImageFormat.SRGBA, opaque)):
                assert len(landmarker.detect(mp.Image(kind, data)).face_landmarks) == 1

    def test_a_closed_landmarker_says_so(self):
        landmarker = make("Face")
        landmarker.close()
        landmarker.close()
        with pytest.raises(RuntimeError, match="FaceLandmarker is closed: make a new one"):
            landmarker.detect(blank())


class TestLiveStream:
    """Pictures that come faster than they are computed."""

    def test_the_newest_waits_and_those_before_it_are_dropped(self):
        started, release, seen = threading.Event(), threading.Event(), []

        def consume(item):
            seen.append(item)
            started.set()
            assert release.wait(PATIENCE)

        stream = LiveStream(consume)
        for item in range(5):
            stream.put(item)
            assert started.wait(PATIENCE)  # the first one has begun
        release.set()
        stream.close()
        assert seen == [0, 4]

    def test_the_first_one_is_not_dropped_before_the_thread_runs(self):
        seen = []
        stream = LiveStream(seen.append)
        for item in range(100):
            stream.put(item)
        stream.close()
        assert seen[0] == 0
        assert seen[-1] == 99

    def test_it_is_consumed_on_another_thread(self):
        threads = []
        stream = LiveStream(lambda _: threads.append(threading.current_thread()))
        stream.put("picture")
        stream.close()
        assert threads != [threading.current_thread()]
        assert not threads[0].is_alive()

    def test_an_error_is_logged_and_the_next_one_follows(self, caplog):
        seen, failed = [], threading.Event()

        def consume(item):
            seen.append(item)
            if item == 1:
                failed.set()
                raise KeyError("mine")

        stream = LiveStream(consume)
        with caplog.at_level(logging.ERROR):
            stream.put(1)
            assert failed.wait(PATIENCE)
            stream.put(2)
            stream.close()
        assert seen == [1, 2]
        assert "mine" in caplog.text

    def test_it_may_be_closed_from_within(self):
        done = threading.Event()

        def consume(_):
            stream.close()
            done.set()

        stream = LiveStream(consume)
        stream.put("picture")
        assert done.wait(PATIENCE)

    def test_without_a_picture_no_thread_is_started(self):
        before = set(threading.enumerate())
        LiveStream(print).close()
        assert set(threading.enumerate()) <= before


SHARED = {"running_mode": Mode.IMAGE, "result_callback": None}
DEFAULTS = {
    "Pose": {
        "num_poses": 1,
        "min_pose_detection_confidence": 0.5,
        "min_pose_presence_confidence": 0.5,
        "min_tracking_confidence": 0.5,
        "output_segmentation_masks": False,
    },
    "Face": {
        "num_faces": 1,
        "min_face_detection_confidence": 0.5,
        "min_face_presence_confidence": 0.5,
        "min_tracking_confidence": 0.5,
        "output_face_blendshapes": False,
        "output_facial_transformation_matrixes": False,
    },
    "Hand": {
        "num_hands": 1,
        "min_hand_detection_confidence": 0.5,
        "min_hand_presence_confidence": 0.5,
        "min_tracking_confidence": 0.5,
    },
    "Holistic": {
        "min_face_detection_confidence": 0.5,
        "min_face_suppression_threshold": 0.3,
        "min_face_presence_confidence": 0.5,
        "min_pose_detection_confidence": 0.5,
        "min_pose_suppression_threshold": 0.3,
        "min_pose_presence_confidence": 0.5,
        "min_hand_landmarks_confidence": 0.5,
        "output_face_blendshapes": False,
        "output_pose_segmentation_masks": False,
    },
}


class TestOptions:
    """Names and defaults are those of MediaPipe 1.2."""

    @every_landmarker
    def test_defaults(self, name):
        _, options_type = LANDMARKERS[name]
        options = options_type(BaseOptions())
        found = {field.name: getattr(options, field.name) for field in fields(options)}
        assert found == {"base_options": BaseOptions(), **DEFAULTS[name], **SHARED}

    @every_landmarker
    def test_confidences_are_from_0_to_1(self, name):
        for option in DEFAULTS[name]:
            if option.startswith("min_"):
                with pytest.raises(ValueError, match=rf"{option} must be in the range .* not 50"):
                    make(name, **{option: 50})

    @pytest.mark.parametrize(
        ("name", "option", "most"),
        [("Pose", "num_poses", 16), ("Face", "num_faces", 16), ("Hand", "num_hands", 32)],
    )
    def test_counts_are_whole_numbers_that_a_record_holds(self, name, option, most):
        for wrong in (0, most + 1, 1.5, True):
            with pytest.raises(ValueError, match=f"{option} must be .* 1 to {most}, not {wrong}"):
                make(name, **{option: wrong})

    def test_older_names_of_holistic(self):
        options = vision.HolisticLandmarkerOptions(
            BaseOptions(),
            min_face_landmarks_confidence=0.7,
            min_pose_landmarks_confidence=0.6,
            output_segmentation_mask=True,
        )
        assert options.min_face_presence_confidence == 0.7
        assert options.min_pose_presence_confidence == 0.6
        assert options.output_pose_segmentation_masks
        options.min_face_landmarks_confidence = 0.4
        assert options.min_face_presence_confidence == 0.4
        assert options.min_face_landmarks_confidence == 0.4
        with pytest.raises(
            ValueError, match=r"either `output_pose_seg.*` or `output_segm.*not both"
        ):
            vision.HolisticLandmarkerOptions(
                BaseOptions(), output_pose_segmentation_masks=True, output_segmentation_mask=True
            )

    @pytest.mark.parametrize(
        ("path", "complexity"),
        [
            ("pose_landmarker_lite.task", 0),
            ("/models/pose_landmarker_full.task", 1),
            ("anything.task", 1),
            (None, 1),
            ("pose_landmarker_heavy.task", min(2, len(POSE_MODELS) - 1)),
        ],
    )
    def test_the_name_of_a_pose_model_says_which_one_runs(self, path, complexity):
        assert BaseOptions(model_asset_path=path).pose_complexity == complexity

    @needs_models
    def test_a_model_file_is_not_used_which_is_said_once(self, monkeypatch):
        monkeypatch.undo()
        base_options._warn_once.cache_clear()
        gpu = BaseOptions(
            model_asset_buffer=b"a model",
            delegate=BaseOptions.Delegate.GPU,
        )
        with pytest.warns(UserWarning, match="model files are not used") as caught:
            vision.FaceLandmarker.create_from_model_path("no/such/file.task").close()
        assert caught[0].filename == __file__
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            vision.FaceLandmarker.create_from_options(vision.FaceLandmarkerOptions(gpu)).close()

    @needs_models
    def test_without_a_model_file_there_is_no_warning(self, monkeypatch):
        monkeypatch.undo()
        base_options._warn_once.cache_clear()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            make("Face").close()


class TestImage:
    """mp.Image."""

    @pytest.mark.parametrize(
        ("kind", "dtype", "channels"),
        [
            ("SRGB", np.uint8, 3),
            ("SRGBA", np.uint8, 4),
            ("GRAY8", np.uint8, 1),
            ("GRAY16", np.uint16, 1),
            ("SRGB48", np.uint16, 3),
            ("VEC32F1", np.float32, 1),
            ("VEC32F2", np.float32, 2),
        ],
    )
    def test_it_holds_what_it_is_made_of(self, kind, dtype, channels):
        pixels = np.arange(6 * channels, dtype=dtype).reshape(2, 3, channels)
        image = mp.Image(image_format=mp.ImageFormat[kind], data=pixels)
        assert (image.width, image.height, image.channels) == (3, 2, channels)
        assert image.image_format == mp.ImageFormat[kind]
        np.testing.assert_array_equal(image.numpy_view(), pixels)
        assert image[1, 2, channels - 1] == pixels[1, 2, -1]

    def test_its_pixels_are_its_own_and_do_not_change(self):
        pixels = np.zeros((2, 3, 3), np.uint8)
        image = mp.Image(mp.ImageFormat.SRGB, pixels)
        pixels[:] = 9
        assert not image.numpy_view().any()
        with pytest.raises(ValueError, match="read-only"):
            image.numpy_view()[0] = 1

    def test_a_grey_picture_may_lack_the_axis_of_channels(self):
        image = mp.Image(mp.ImageFormat.GRAY8, np.array([[1, 2], [3, 4]], np.uint8))
        assert image.numpy_view().shape == (2, 2, 1)
        assert image[1, 0] == 3
        with pytest.raises(ValueError, match="dimension"):
            mp.Image(mp.ImageFormat.SRGB, np.zeros((2, 2, 3), np.uint8))[0, 0]

    @pytest.mark.parametrize(
        ("kind", "shape", "dtype", "problem"),
        [
            ("SRGB", (2, 2, 2), np.uint8, r"too small: 8 \(expected 12\)"),
            ("SRGB", (2, 2, 4), np.uint8, "SRGB has 3 channels, not 4"),
            ("SRGB", (2, 2, 3), np.float32, "SRGB holds uint8, and the data are float32"),
            ("SRGB", (12,), np.uint8, "number of dimensions: 1"),
            ("UNKNOWN", (2, 2, 3), np.uint8, "Unsupported image format: UNKNOWN"),
        ],
    )
    def test_other_arrays_are_refused(self, kind, shape, dtype, problem):
        with pytest.raises(ValueError, match=problem):
            mp.Image(mp.ImageFormat[kind], np.zeros(shape, dtype))

    def test_lists_are_refused(self):
        with pytest.raises(TypeError, match="must be a NumPy array, not list"):
            mp.Image(mp.ImageFormat.SRGB, [[1, 2, 3]])

    def test_rows_are_laid_out_as_in_mediapipe(self):
        narrow = mp.Image(mp.ImageFormat.SRGB, np.zeros((2, 2, 3), np.uint8))
        assert (narrow.step, narrow.is_contiguous()) == (16, False)
        wide = mp.Image(mp.ImageFormat.SRGB, np.zeros((2, 16, 3), np.uint8))
        assert (wide.step, wide.is_contiguous()) == (48, True)
        assert wide.is_aligned(16)
        assert not wide.is_aligned(32)
        assert not wide.is_empty()
        assert not wide.uses_gpu()

    @pytest.mark.parametrize(
        ("mode", "kind"), [("RGB", "SRGB"), ("RGBA", "SRGBA"), ("L", "GRAY8"), ("P", "SRGB")]
    )
    def test_files(self, tmp_path, mode, kind):
        from PIL import Image

        path = tmp_path / "picture.png"
        Image.new(mode, (3, 2)).save(path)
        image = mp.Image.create_from_file(str(path))
        assert image.image_format == mp.ImageFormat[kind]
        assert (image.width, image.height) == (3, 2)

    def test_a_file_is_upright_as_its_exif_says(self, tmp_path):
        from PIL import Image

        picture = Image.new("RGB", (6, 2))
        exif = picture.getexif()
        exif[0x0112] = 6
        picture.save(tmp_path / "phone.jpg", exif=exif)
        image = mp.Image.create_from_file(tmp_path / "phone.jpg")
        assert (image.width, image.height) == (2, 6)

    def test_files_that_are_no_pictures(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"nowhere\.jpg"):
            mp.Image.create_from_file(str(tmp_path / "nowhere.jpg"))
        (tmp_path / "text.jpg").write_text("hello")
        with pytest.raises(RuntimeError, match=r"Failed to load image from file .*text\.jpg"):
            mp.Image.create_from_file(str(tmp_path / "text.jpg"))


class TestNames:
    """Modules, enums and connections where MediaPipe has them."""

    @pytest.mark.parametrize(
        ("module", "name"),
        [
            ("core.base_options", "BaseOptions"),
            ("components.containers", "NormalizedLandmark"),
            ("components.containers.landmark", "Landmark"),
            ("components.containers.category", "Category"),
            ("components.containers.rect", "RectF"),
            ("components.containers.landmark_detection_result", "LandmarksDetectionResult"),
            ("vision", "RunningMode"),
            ("vision.core.image", "Image"),
            ("vision.core.image_processing_options", "ImageProcessingOptions"),
            ("vision.core.vision_task_running_mode", "VisionTaskRunningMode"),
            ("vision.drawing_utils", "DrawingSpec"),
            ("vision.drawing_styles", "get_default_pose_landmarks_style"),
            ("vision.face_landmarker", "Blendshapes"),
            ("vision.hand_landmarker", "HandLandmark"),
            ("vision.holistic_landmarker", "HolisticLandmarkerResult"),
            ("vision.pose_landmarker", "PoseLandmark"),
        ],
    )
    def test_modules(self, module, name):
        found = importlib.import_module(f"holistic.compat.mediapipe.tasks.python.{module}")
        assert hasattr(found, name)

    def test_the_tasks_are_the_same_wherever_they_are_taken_from(self):
        assert mp.tasks.vision is mp.tasks.python.vision
        assert mp.tasks.BaseOptions is mp.tasks.python.BaseOptions

    def test_enums(self):
        assert vision.face_landmarker.Blendshapes.EYE_BLINK_LEFT == 9
        assert vision.face_landmarker.Blendshapes.NEUTRAL == 0
        assert len(vision.face_landmarker.Blendshapes) == 52
        assert vision.PoseLandmark.LEFT_WRIST == 15
        assert vision.hand_landmarker.HandLandmark.PINKY_TIP == 20

    def test_connections_are_lists_with_start_and_end(self):
        first = vision.PoseLandmarksConnections.POSE_LANDMARKS[0]
        assert (first.start, first.end) == (0, 1)
        assert len(vision.PoseLandmarksConnections.POSE_LANDMARKS) == 35
        assert len(vision.HandLandmarksConnections.HAND_CONNECTIONS) == 21
        assert len(vision.FaceLandmarksConnections.FACE_LANDMARKS_CONTOURS) == 124
        assert len(vision.FaceLandmarksConnections.FACE_LANDMARKS_TESSELATION) == 1322


class TestDrawing:
    """drawing_utils."""

    LEFT = mp.tasks.components.containers.NormalizedLandmark(0.2, 0.5, 0.0)
    RIGHT = mp.tasks.components.containers.NormalizedLandmark(0.8, 0.5, 0.0)

    def test_points_and_lines(self):
        image = np.zeros((100, 100, 3), np.uint8)
        line = vision.PoseLandmarksConnections.Connection(0, 1)
        vision.drawing_utils.draw_landmarks(image, [self.LEFT, self.RIGHT], [line])
        assert image[50, 20].tolist() == [0, 0, 255]
        assert image[50, 50].tolist() == [224, 224, 224]

    @pytest.mark.parametrize("hidden", [{"visibility": 0.3}, {"visibility": 1.0, "presence": 0.3}])
    def test_what_is_hardly_there_is_left_out(self, hidden):
        image = np.zeros((100, 100, 3), np.uint8)
        landmark = mp.tasks.components.containers.NormalizedLandmark(0.5, 0.5, 0.0, **hidden)
        vision.drawing_utils.draw_landmarks(image, [landmark])
        assert not image.any()

    def test_nothing_found_is_nothing_drawn(self):
        vision.drawing_utils.draw_landmarks(np.zeros((9, 9), np.uint8), [])
        vision.drawing_utils.plot_landmarks([])

    def test_a_line_needs_its_points(self):
        image = np.zeros((9, 9, 3), np.uint8)
        with pytest.raises(ValueError, match=r"\(0, 7\) does not fit 1"):
            vision.drawing_utils.draw_landmarks(image, [self.LEFT], [(0, 7)])

    def test_axes_of_what_stands_before_the_camera(self):
        image = np.zeros((100, 100, 3), np.uint8)
        vision.drawing_utils.draw_axis(image, np.eye(3), np.array((0, 0, -1.0)), axis_length=0.5)
        assert image[50, 60].tolist() == [0, 0, 255]  # x, to the right
        assert image[40, 50].tolist() == [0, 128, 0]  # y, up
