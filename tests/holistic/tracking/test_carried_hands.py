"""Hands that are lost for a moment: they go on with the wrist, and say that they were not found."""

import io
import json

import numpy as np
import pytest
from hands import hand_at
from PIL import Image

from builder import ROOT
from holistic import Tracker, recording
from holistic.inference import model_files
from holistic.options import CARRY_MS, Options
from holistic.results import record as records
from holistic.results.result import Result, people_from_record
from holistic.results.writers import Head, JsonWriter
from holistic.shared import layout
from holistic.tracking.stages.hand_writer import HandWriter

FRAME = np.zeros((480, 640, 3), np.uint8)
MEDIA = ROOT / "tests" / "media"
LEFT_WRIST = 15

needs_models = pytest.mark.skipif(
    not model_files.find("palm_detector").exists(),
    reason="the float models are not there: run `python build.py models`",
)


def pose(wrist):
    """A body whose left wrist is there."""
    points = np.full((33, 5), 0.9)
    points[LEFT_WRIST, :2] = wrist
    return points


class Written:
    """A writer of left hands, and the people in the record that it writes frame by frame."""

    def __init__(self, **options):
        self._writer = HandWriter("left_hand", Options(smoothing={"left_hand": None}, **options))

    def __call__(self, timestamp, hand, wrist=(450.0, 300.0)):
        record = records.empty()
        (person,) = records.people(record)
        records.section(person, "pose")[records.SCORE] = 0.9
        body = None if wrist is None else pose(wrist)
        self._writer.write(FRAME, timestamp, 0, person, body, hand)
        self._writer.end_frame([0])
        return people_from_record(record)[0]


def test_a_lost_hand_goes_on_with_its_wrist_for_a_while():
    write = Written(carry_hands=True)
    found = write(0, hand_at((450.0, 300.0)))
    assert found.predicted == ()

    carried = write(CARRY_MS, None, wrist=(460.0, 290.0))
    moved = (carried.left_hand - found.left_hand) * (640, 480, 640)
    np.testing.assert_allclose(moved, np.broadcast_to((10, -10, 0), (21, 3)), atol=1e-3)
    np.testing.assert_array_equal(carried.left_hand_world, found.left_hand_world)

    assert write(CARRY_MS + 1, None).left_hand is None


def test_a_carried_hand_has_the_score_0_and_is_named():
    write = Written(carry_hands=True)
    write(0, hand_at((450.0, 300.0)))
    carried = write(33, None)
    assert carried.scores["left_hand"] == 0
    assert carried.predicted == ("left_hand",)
    assert carried.to_dict()["predicted"] == ["left_hand"]


def test_without_a_body_a_hand_stays_where_it_was():
    write = Written(carry_hands=True)
    found = write(0, hand_at((450.0, 300.0)), wrist=None)
    np.testing.assert_array_equal(write(33, None, wrist=None).left_hand, found.left_hand)


def test_a_hand_that_is_found_again_starts_the_time_anew():
    write = Written(carry_hands=True)
    write(0, hand_at((450.0, 300.0)))
    write(100, hand_at((450.0, 300.0)))
    assert write(200, None).predicted == ("left_hand",)


def test_a_hand_is_carried_on_only_where_that_is_asked_for():
    write = Written()
    write(0, hand_at((450.0, 300.0)))
    assert write(33, None).left_hand is None


def test_a_person_is_not_kept_by_a_carried_hand_alone():
    record = records.empty()
    (person,) = records.people(record)
    records.section(person, "left_hand")[layout.HAND_PREDICTED] = 1
    assert people_from_record(record) == ()


def test_files_keep_what_is_predicted(tmp_path):
    write = Written(carry_hands=True)
    write(0, hand_at((450.0, 300.0)))
    file = io.BytesIO()
    with JsonWriter(file, Head("clip", 640, 480, 30.0)) as writer:
        writer.write(Result(33, 640, 480, (write(33, None),)))
    (tmp_path / "clip.json").write_bytes(file.getvalue())
    assert json.loads(file.getvalue())["frames"][0]["people"][0]["predicted"] == ["left_hand"]
    (result,) = recording.read(tmp_path / "clip.json").results
    assert result.people[0].predicted == ("left_hand",)


@needs_models
def test_the_tracker_carries_a_covered_hand_on_and_then_gives_it_up():
    frame = np.asarray(Image.open(MEDIA / "signing.jpg").convert("RGB"))
    with Tracker(carry_hands=True, variant="float") as tracker:
        before = tracker.process(frame, 0)
        hand = before.people[0].left_hand
        assert hand is not None
        covered = frame.copy()
        x, y, _ = before.pixels(hand).T.round().astype(int)
        covered[max(y.min() - 20, 0) : y.max() + 20, max(x.min() - 20, 0) : x.max() + 20] = 128
        carried = tracker.process(covered, 33).people[0]
        gone = tracker.process(covered, 400).people[0]
    assert carried.predicted == ("left_hand",)
    assert np.abs(carried.left_hand - hand)[:, :2].max() < 0.1
    assert gone.left_hand is None


HANDS = ("left_hand", "right_hand")


@needs_models
@pytest.mark.parametrize("parts", [HANDS, HANDS[:1]])
def test_hands_on_their_own_are_carried_on_too(parts):
    frame = np.asarray(Image.open(MEDIA / "signing.jpg").convert("RGB"))
    nothing = np.full_like(frame, 128)
    with Tracker(carry_hands=True, variant="float", parts=parts) as tracker:
        before = tracker.process(frame, 0).people[0]
        carried = tracker.process(nothing, 33).people[0]
        again = tracker.process(frame, 66).people[0]
        tracker.process(nothing, 100)
        gone = tracker.process(nothing, 100 + CARRY_MS + 1)
    assert carried.predicted == tuple(part for part in parts if part in before.scores)
    np.testing.assert_array_equal(carried.left_hand, before.left_hand)
    assert carried.id == before.id
    assert again.predicted == ()
    assert gone.people == ()


@needs_models
def test_hands_on_their_own_are_carried_on_only_where_that_is_asked_for():
    frame = np.asarray(Image.open(MEDIA / "signing.jpg").convert("RGB"))
    with Tracker(variant="float", parts=HANDS) as tracker:
        assert tracker.process(frame, 0).people
        assert tracker.process(np.full_like(frame, 128), 33).people == ()
