"""Records and results: what stages write is what users read."""

import csv
import io
import json
import pickle

import numpy as np
import pytest

from holistic import Person, Result
from holistic.results import record
from holistic.results.named_points import FacePoints, HandPoints, PosePoints, Rotations
from holistic.results.result import CSV_COLUMNS, SHAPES, people_from_record, person_from_section
from holistic.shared import layout


@pytest.fixture
def values():
    """A person's section: every number is its own position, and all parts are found."""
    return np.arange(1, layout.PERSON_FLOATS + 1, dtype=np.float32)


def test_a_section_is_its_score_and_its_arrays_without_gap_or_overlap(values):
    hands = []
    for side in ("left_hand", "right_hand"):
        start = layout.SECTIONS[side][0]
        hands += [values[start : start + layout.HAND_LANDMARKS]]
        hands += [record.hand_points(values, side), record.hand_world(values, side)]
    pieces = [
        values[layout.POSE : layout.POSE + 1],
        record.pose_points(values),
        record.pose_world(values),
        values[layout.FACE : layout.FACE + 1],
        record.face_and_irises(values),
        record.blendshapes(values),
        *hands,
        values[layout.PERSON_ID :],
    ]
    assert (np.concatenate([piece.ravel() for piece in pieces]) == values).all()


def test_a_person_has_the_records_landmarks(values):
    values[layout.PERSON_ID] = 3
    person = person_from_section(values)
    assert person.id == 3
    assert (person.pose == record.pose_points(values)).all()
    assert (person.right_hand_world == record.hand_world(values, "right_hand")).all()
    assert person.left_handedness == values[layout.LEFT_HAND + layout.HAND_HANDEDNESS]


@pytest.mark.parametrize("part", ["face", "left_hand", "right_hand"])
def test_a_part_that_was_not_found_is_none(values, part):
    record.section(values, part).fill(0)
    person = person_from_section(values)
    assert getattr(person, part) is None
    assert person.to_dict()[part] is None


def test_a_person_may_be_a_face_alone(values):
    for part in ("pose", "left_hand", "right_hand"):
        record.section(values, part).fill(0)
    person = person_from_section(values)
    assert person.pose is None
    assert list(person.scores) == ["face"]
    assert [name for name, _ in person.parts()] == ["face"]


def test_without_any_part_there_is_no_person():
    assert people_from_record(record.empty(2)) == ()


def test_a_record_holds_several_people():
    several = record.empty(3)
    for number, section in enumerate(record.people(several)):
        record.section(section, "pose")[:] = number
        section[layout.PERSON_ID] = 5 + number
    people = people_from_record(several)
    assert [(person.id, person.pose[0, 0]) for person in people] == [(6, 1), (7, 2)]


def test_a_face_has_irises_only_where_it_was_refined(values):
    refined = person_from_section(values).face
    assert refined.shape == (478, 3)
    record.face_and_irises(values)[468:] = 0
    assert (person_from_section(values).face == refined[:468]).all()


def test_json_holds_the_landmarks_as_short_numbers(values):
    person = person_from_section(values / 7)
    content = json.loads(Result(12.3456789, 640, 480, (person,)).to_json())
    assert content["timestamp"] == 12.346
    assert (content["width"], content["height"]) == (640, 480)
    face = content["people"][0]["face"]
    assert face[0] == pytest.approx(person.face[0], abs=1e-4)
    assert len(str(face[5][1]).split(".")[1]) <= 5


def test_rotations_have_the_names_of_bones():
    rotations = Rotations.of(np.arange(54 * 4).reshape(54, 4))
    assert rotations["hips"].tolist() == [0, 1, 2, 3]
    assert rotations["hips", "spine"].shape == (2, 4)
    with pytest.raises(KeyError, match="there is no bone 'leftElbow'; perhaps left"):
        rotations["leftElbow"]


class TestPoints:
    """Landmarks by name."""

    def test_a_name_gives_the_points_row(self, values):
        person = person_from_section(values)
        assert (person.pose["left_wrist"] == person.pose[15]).all()
        assert (person.pose_world["right_hip"] == person.pose_world[24]).all()
        assert (person.left_hand["index_finger_tip"] == person.left_hand[8]).all()
        assert (person.face["chin"] == person.face[152]).all()

    def test_several_names_give_several_rows(self, values):
        pose = person_from_section(values).pose
        assert (pose["nose", "left_hip"] == pose[[0, 23]]).all()

    def test_a_region_gives_its_points(self, values):
        face = person_from_section(values).face
        assert face["left_eye_contour"].shape == (16, 3)
        assert (face["left_eye_contour"][0] == face[263]).all()

    def test_a_wrong_name_is_answered_with_the_nearest_ones(self, values):
        with pytest.raises(KeyError, match="'left_wirst'; perhaps left_wrist"):
            person_from_section(values).pose["left_wirst"]

    def test_a_face_without_irises_says_how_to_get_them(self, values):
        record.face_and_irises(values)[468:] = 0
        with pytest.raises(KeyError, match="refine_face=True"):
            person_from_section(values).face["left_iris"]
        assert FacePoints.of(np.arange(478 * 3).reshape(478, 3))["left_iris"][0] == 473 * 3

    def test_columns_have_names(self, values):
        pose = person_from_section(values).pose
        assert (pose.xy == pose[:, :2]).all()
        assert (pose.visibility == pose[:, 3]).all()
        assert (pose.presence == pose[:, 4]).all()

    def test_pixels_scale_depth_with_the_width(self):
        points = HandPoints.of(np.full((21, 3), 0.5))
        assert points.pixels(640, 480)[0].tolist() == [320, 240, 320]

    def test_what_is_computed_or_cut_out_is_a_plain_array(self, values):
        pose = person_from_section(values).pose
        for plain in (pose * 2, pose[:3], pose.xy, pose[pose.visibility > 0]):
            assert type(plain) is np.ndarray
        assert isinstance(pose.mean(), np.floating)

    def test_copies_and_pickles_keep_their_names(self, values):
        pose = person_from_section(values).pose
        for again in (pose.copy(), pickle.loads(pickle.dumps(pose))):
            assert isinstance(again, PosePoints)
            assert (again["nose"] == pose[0]).all()

    def test_a_box_encloses_all_points(self):
        hand = HandPoints.of(np.linspace((0.2, 0.9, 0), (0.6, 0.1, 1), 21))
        assert hand.box == pytest.approx((0.2, 0.1, 0.6, 0.9))
        assert (hand.box.width, hand.box.height) == pytest.approx((0.4, 0.8))


class TestPerson:
    """One person's parts together."""

    def test_the_box_holds_all_parts_but_no_invisible_points(self):
        pose = np.zeros((33, 5))
        pose[:, :2] = 0.5
        pose[:, 3] = 1
        pose[31] = (0.5, 3.0, 0, 0.01, 0)
        hand = np.full((21, 3), 0.7)
        person = Person(0, pose=PosePoints.of(pose), right_hand=HandPoints.of(hand))
        assert person.box == pytest.approx((0.5, 0.5, 0.7, 0.7))


@pytest.fixture
def result(values):
    """A person with all parts, and a second one who is a left hand alone."""
    record.face_and_irises(values)[468:] = 0
    record.blendshapes(values)[:] = 0
    hand = values.copy()
    for part in ("pose", "face", "right_hand"):
        record.section(hand, part).fill(0)
    people = []
    for number, section in ((4, values / 7), (9, hand / 7)):
        section[layout.PERSON_ID] = number
        people.append(person_from_section(section))
    return Result(40.0, 640, 480, tuple(people))


class TestResult:
    """A frame's result and its other forms."""

    def test_the_first_persons_parts_are_at_hand(self, result):
        assert result.pose is result.people[0].pose
        assert result.left_hand is result.people[0].left_hand
        assert Result(0, 640, 480, ()).face is None

    def test_csv_is_a_line_a_landmark(self, result):
        lines = list(csv.DictReader(io.StringIO(result.to_csv())))
        assert len(lines) == 33 * 2 + 468 + 21 * 4 + 21 * 2
        wrist = next(line for line in lines if line["name"] == "left_wrist")
        assert wrist["person"] == "4"
        assert wrist["part"] == "pose"
        assert float(wrist["visibility"]) == pytest.approx(result.pose[15, 3], abs=1e-4)
        last = lines[-1]
        assert (last["person"], last["part"], last["name"]) == ("9", "left_hand_world", "pinky_tip")
        assert last["presence"] == ""

    def test_csv_of_several_frames_is_one_table(self, result):
        text = result.to_csv() + result.to_csv(header=False)
        assert text.count(",".join(CSV_COLUMNS)) == 1
        assert len({line.count(",") for line in text.splitlines()}) == 1

    def test_numpy_stacks_the_people(self, result):
        arrays = result.to_numpy()
        assert arrays["id"].tolist() == [4, 9]
        for name, shape in SHAPES.items():
            assert arrays[name].shape == (2, *shape)
        assert (arrays["left_hand"][1] == result.people[1].left_hand).all()
        assert np.isnan(arrays["pose"][1]).all()

    def test_numpy_of_nobody_has_no_rows(self):
        arrays = Result(0, 640, 480, ()).to_numpy()
        assert arrays["pose"].shape == (0, 33, 5)

    def test_numpy_makes_room_for_irises(self):
        refined = Person(0, face=FacePoints.of(np.ones((478, 3))))
        plain = Person(1, face=FacePoints.of(np.ones((468, 3))))
        faces = Result(0, 640, 480, (refined, plain)).to_numpy()["face"]
        assert faces.shape == (2, 478, 3)
        assert np.isnan(faces[1, 468:]).all()
        assert not np.isnan(faces[1, :468]).any()
