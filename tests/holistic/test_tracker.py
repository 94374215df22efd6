"""The tracker as its users see it, on a real picture."""

import cv2
import numpy as np
import pytest

from holistic import ModelError, Tracker
from holistic.inference import arithmetic, model_files, runtime
from holistic.results import record
from holistic.shared import layout
from holistic.tracking.stages import stage, stages

needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)


@pytest.fixture
def tracker():
    with Tracker(complexity=0, variant="float") as tracker:
        yield tracker


@needs_models
class TestResults:
    """What is found."""

    @pytest.mark.parametrize("complexity", [0, 1])
    def test_a_picture_of_a_person_gives_all_543_landmarks(self, picture, complexity):
        with Tracker(complexity, variant="float") as tracker:
            result = tracker.process(picture, 0)
        (person,) = result.people
        assert (result.width, result.height) == (640, 480)
        assert person.pose.shape == (33, 5)
        assert person.pose_world.shape == (33, 3)
        assert person.face.shape == (468, 3)
        assert person.left_hand.shape == person.right_hand.shape == (21, 3)
        assert person.left_hand_world.shape == person.right_hand_world.shape == (21, 3)

    def test_the_parts_are_where_they_are_in_the_picture(self, tracker, picture):
        (person,) = tracker.process(picture, 0).people
        pixels = (640, 480)
        assert person.pose[0, :2] * pixels == pytest.approx((317, 90), abs=10)  # nose
        assert person.face[1, :2] * pixels == pytest.approx((314, 97), abs=10)  # its tip
        assert person.left_hand[0, :2] * pixels == pytest.approx((428, 430), abs=15)
        assert person.right_hand[0, :2] * pixels == pytest.approx((192, 218), abs=15)

    def test_handedness_says_how_likely_a_left_hand_it_is(self, tracker, picture):
        (person,) = tracker.process(picture, 0).people
        assert person.left_handedness > 0.8
        assert person.right_handedness < 0.2

    def test_a_hand_measures_about_twenty_centimetres_in_world_landmarks(self, tracker, picture):
        (person,) = tracker.process(picture, 0).people
        extent = np.ptp(person.left_hand_world, axis=0)
        assert 0.08 < np.linalg.norm(extent) < 0.3

    def test_an_empty_room_has_no_people(self, tracker):
        assert tracker.process(np.full((480, 640, 3), 90, np.uint8), 0).people == ()

    def test_a_turned_person_is_found_all_the_same(self, picture):
        with Tracker(variant="float") as tracker:
            upright = tracker.process(picture, 0).people[0].pose[:25, :2] * (640, 480)
            tracker.reset()
            turned = tracker.process(np.rot90(picture), 0).people[0].pose[:25, :2] * (480, 640)
        back = np.stack((640 - turned[:, 1], turned[:, 0]), axis=1)
        assert np.median(np.hypot(*(back - upright).T)) < 12

    def test_results_are_copies_that_later_frames_leave_alone(self, tracker, picture):
        first = tracker.process(picture, 0).people[0].pose
        before = first.copy()
        tracker.process(np.roll(picture, 30, axis=1), 33)
        assert (first == before).all()


@needs_models
class TestInput:
    """What can be given."""

    def test_rgba_and_views_give_what_rgb_gives(self, tracker, picture):
        expected = tracker.process(picture, 0).people[0].pose
        rgba = np.dstack((picture, np.full((480, 640), 7, np.uint8)))
        for frame in (rgba, np.asfortranarray(picture)):
            tracker.reset()
            assert (tracker.process(frame, 0).people[0].pose == expected).all()

    @pytest.mark.parametrize("shape", [(480, 640), (480, 640, 1)])
    def test_grey_pictures_are_accepted(self, tracker, picture, shape):
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).reshape(shape)
        assert len(tracker.process(grey, 0).people) == 1

    @pytest.mark.parametrize(
        ("frame", "error", "message"),
        [
            ([[1, 2], [3, 4]], TypeError, "NumPy array, not list"),
            (np.zeros((4, 4, 3)), TypeError, "uint8 .* not float64"),
            (np.zeros((4, 4, 2), np.uint8), ValueError, r"shape .* not \(4, 4, 2\)"),
            (np.zeros((2, 4, 4, 3), np.uint8), ValueError, "one frame at a time"),
            (np.zeros((0, 4, 3), np.uint8), ValueError, "empty"),
        ],
    )
    def test_what_is_not_a_picture_is_refused_by_name(self, tracker, frame, error, message):
        with pytest.raises(error, match=message):
            tracker.process(frame, 0)

    @pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (4320, 7680, 3)])
    def test_tiny_and_huge_frames_may_hold_no_people(self, tracker, shape):
        assert tracker.process(np.zeros(shape, np.uint8), 0).people == ()

    def test_a_huge_frame_has_who_a_small_one_has(self, tracker, picture):
        (small,) = tracker.process(picture, 0).people
        (huge,) = tracker.process(cv2.resize(picture, (7680, 5760)), 33).people
        assert abs(huge.pose[:, :2] - small.pose[:, :2]).max() < 0.05

    @pytest.mark.parametrize("later", [100.0, 99.0, float("nan")])
    def test_time_stamps_must_rise(self, tracker, picture, later):
        tracker.process(picture, 100.0)
        with pytest.raises(ValueError, match="time stamps must rise"):
            tracker.process(picture, later)

    def test_reset_begins_a_new_source(self, tracker, picture):
        first = tracker.process(picture, 100.0)
        tracker.process(np.roll(picture, 30, axis=1), 133.0)
        tracker.reset()
        again = tracker.process(picture, 0.0)
        assert (again.people[0].pose == first.people[0].pose).all()

    def test_a_closed_tracker_says_so(self, picture):
        tracker = Tracker(complexity=0, variant="float")
        tracker.close()
        with pytest.raises(RuntimeError, match="closed"):
            tracker.process(picture, 0)

    def test_other_complexities_are_refused(self):
        with pytest.raises(ValueError, match="0, 1 or 2, not 3"):
            Tracker(complexity=3)

    @pytest.mark.parametrize("threads", [0, 1.5, True])
    def test_other_numbers_of_threads_are_refused(self, threads):
        with pytest.raises(ValueError, match=f"a whole number from 1, not {threads}"):
            Tracker(threads=threads)


@needs_models
class TestThreads:
    """Networks may use several cores."""

    @pytest.fixture
    def asked(self, monkeypatch):
        """How many threads each interpreter got."""
        asked, interpreter = [], runtime.interpreter

        def noting(content, threads=1):
            asked.append(threads)
            return interpreter(content, threads)

        monkeypatch.setattr(runtime, "interpreter", noting)
        return asked

    def test_every_network_gets_them(self, asked, picture):
        with Tracker(refine_face=True, attention_mesh=True, threads=3, variant="float") as tracker:
            tracker.process(picture, 0)
            assert asked == [3] * (len(tracker.submodels) + 1)  # the refined face has two

    def test_by_default_they_are_the_cores_that_may_be_used(self, asked, monkeypatch):
        monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 2, 3}, raising=False)
        with Tracker(parts=("face",), variant="float"):
            assert set(asked) == {3}

    def test_of_many_cores_four_are_used(self, monkeypatch):
        monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)), raising=False)
        assert runtime.useful_threads() == 4

    @pytest.mark.parametrize("variant", ["float", "auto"])
    def test_they_change_no_number(self, picture, variant):
        frames = [np.roll(picture, shift, axis=1) for shift in range(0, 40, 8)]
        with (
            Tracker(variant=variant, threads=1) as one,
            Tracker(variant=variant, threads=4) as four,
        ):
            for time, frame in enumerate(frames):
                (alone,), (together,) = (each.process(frame, time).people for each in (one, four))
                for part in layout.PARTS:
                    assert np.array_equal(getattr(alone, part), getattr(together, part))


@needs_models
class TestVariants:
    """Which sets of models there are is in test_model_files.py."""

    @pytest.mark.parametrize(("fastest", "folder"), [("auto", "pruned_int8"), ("pruned", "pruned")])
    def test_by_default_it_takes_what_is_fastest_here(self, monkeypatch, fastest, folder):
        asked = []
        monkeypatch.setattr(arithmetic, "fastest", lambda threads: fastest)
        monkeypatch.setattr(
            "holistic.tracker.load",
            lambda name, **chosen: (
                asked.append(model_files.find(name, **chosen)) or model_files.load(name)
            ),
        )
        with Tracker(complexity=0, parts=("pose",)):
            folders = {path.name.partition(".")[0]: path.parent.name for path in asked}
            assert folders["pose_landmarks_lite"] == folder

    @pytest.mark.parametrize("complexity", [0, 1])
    def test_the_pruned_networks_find_the_same_in_float_and_in_bytes(self, picture, complexity):
        people = []
        for variant in ("pruned", "pruned-int8"):
            with Tracker(complexity, variant=variant) as tracker:
                people += tracker.process(picture, 0).people
        for part in ("pose", "face", "left_hand", "right_hand"):
            ours, theirs = (getattr(person, part) for person in people)
            seen = theirs[:, 3] > 0.5 if part == "pose" else slice(None)
            offsets = (ours - theirs)[seen, :2] * picture.shape[1::-1]
            assert 0 < np.linalg.norm(offsets, axis=1).mean() < 3


@needs_models
class TestStages:
    """The parts one by one, as the workers run them."""

    def test_stages_one_after_the_other_are_the_tracker(self, tracker, picture):
        values = record.empty()
        for part in layout.PARTS:
            stage(part, model_files.load, complexity=0)(picture, 0.0, values)
        (person,) = tracker.process(picture, 0.0).people
        (section,) = record.people(values)
        assert (record.pose_points(section) == person.pose).all()
        assert (record.face_points(section) == person.face).all()
        assert (record.hand_world(section, "right_hand") == person.right_hand_world).all()

    def test_a_stage_writes_its_own_section_and_times_and_nothing_else(self, picture):
        values = np.full(layout.record_floats(2), 7, np.float32)
        others = np.ones(len(values), bool)
        for person, other in zip(record.people(values), record.people(others), strict=True):
            record.section(person, "pose").fill(0)  # there are no people
            record.section(other, "pose").fill(False)
            record.section(other, "face").fill(False)
        record.times(others, "face").fill(False)
        stage("face", model_files.load, max_people=2)(np.zeros_like(picture), 0.0, values)
        assert not any(record.section(person, "face").any() for person in record.people(values))
        assert record.times(values, "face")[0] != 7
        assert (values[others] == 7).all()

    def test_both_hands_share_their_networks(self):
        asked = []

        def load(name):
            asked.append(name)
            return model_files.load(name)

        stages(("left_hand", "right_hand"), load)
        assert asked == ["hand_recrop", "hand_landmarks", "palm_detector"]

    def test_unknown_parts_are_refused(self):
        with pytest.raises(ValueError, match="unknown part 'feet'"):
            stage("feet", model_files.load)


class TestModels:
    """Models that are missing or damaged."""

    def test_a_model_that_a_named_folder_lacks_is_named_with_what_to_do(self, tmp_path):
        with pytest.raises(ModelError, match=r"pose_detector\.tflite.*: put it there"):
            Tracker(models=tmp_path)

    def test_a_missing_model_of_the_checkout_is_named_with_the_way_to_make_it(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(model_files, "_installed", lambda _: None)
        monkeypatch.setattr(model_files, "CHECKOUT_FOLDER", tmp_path)
        with pytest.raises(ModelError, match=r"pose_detector\.tflite.*python build\.py models"):
            model_files.load("pose_detector")

    def test_the_installed_package_comes_before_the_checkout(self, tmp_path, monkeypatch):
        monkeypatch.delenv(model_files.VARIABLE, raising=False)
        monkeypatch.setattr(model_files, "_installed", lambda _: tmp_path)
        assert model_files.folder() == tmp_path
        monkeypatch.setenv(model_files.VARIABLE, str(tmp_path / "named"))
        assert model_files.folder() == tmp_path / "named"

    def test_the_environment_can_name_the_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv(model_files.VARIABLE, str(tmp_path))
        with pytest.raises(ModelError, match=str(tmp_path)):
            model_files.load("pose_detector")

    def test_a_file_that_is_no_model_is_named(self, tmp_path):
        (tmp_path / "pose_detector.tflite").write_bytes(b"not a model")
        with pytest.raises(ModelError, match="damaged"):
            model_files.load("pose_detector", tmp_path)

    @needs_models
    @pytest.mark.parametrize("kept", [100, 20_000])
    def test_a_truncated_model_is_named(self, kept):
        def truncated(name):
            return model_files.load(name)[:kept]

        with pytest.raises(ModelError, match=r"hand_recrop.*damaged"):
            stage("left_hand", truncated)

    @needs_models
    def test_another_model_under_the_name_is_noticed(self):
        with pytest.raises(ModelError, match="no output of 4 numbers"):
            stage("left_hand", lambda name: model_files.load("face_landmarks"))
