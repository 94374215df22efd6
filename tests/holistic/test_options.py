"""What a tracker can be asked for."""

import inspect
import pickle
from dataclasses import fields, replace

import pytest

from holistic import Options, Smoothing, Tracker
from holistic.options import FACE_V2_SMOOTHING, PART_SMOOTHING
from holistic.shared import layout


def test_the_tracker_takes_every_option_and_nothing_else():
    taken = inspect.signature(Tracker).parameters
    assert list(taken.items()) == list(inspect.signature(Options).parameters.items())
    assert list(taken) == [field.name for field in fields(Options)]
    with pytest.raises(TypeError, match="'people'"):
        Tracker(people=2)


def test_complexity_and_models_may_go_without_their_names_and_all_else_has_one():
    assert Options(0, "folder") == Options(complexity=0, models="folder")
    with pytest.raises(TypeError, match="positional"):
        Options(0, "folder", "auto")


def test_approximate_blendshapes_are_exact_where_v2_finds_the_face_anyway():
    assert Options(blendshapes="approximate", refine_face=True).has_exact_blendshapes
    assert not Options(blendshapes="approximate").has_exact_blendshapes


def test_each_face_network_has_its_smoothing_unless_another_is_asked_for():
    own = Smoothing(min_cutoff=1.0, beta=2.0)
    assert Options().smoothing_of("face") == PART_SMOOTHING
    assert Options(refine_face=True).smoothing_of("face") == FACE_V2_SMOOTHING
    assert Options(refine_face=True, attention_mesh=True).smoothing_of("face") == PART_SMOOTHING
    assert Options(refine_face=True, smoothing={"face": own}).smoothing_of("face") == own


@pytest.mark.parametrize(
    ("option", "error", "message"),
    [
        ({"complexity": 3}, ValueError, "complexity must be 0, 1 or 2, not 3"),
        ({"complexity": 1.0}, ValueError, "complexity must be 0, 1 or 2, not 1.0"),
        ({"variant": "int4"}, ValueError, "variant must be one of float, .*, not 'int4'"),
        ({"max_people": 2.0}, TypeError, "max_people must be a whole number, not 2.0"),
        ({"max_people": 17}, ValueError, "the number of people must be 1 to 16, not 17"),
        ({"max_hands": 0}, ValueError, "max_hands must be a whole number from 1, not 0"),
        ({"mode": "film"}, ValueError, "mode must be one of .*, not 'film'"),
        ({"level": "half"}, ValueError, "level must be 'auto' or one of .*, not 'half'"),
        ({"face_range": "far"}, ValueError, 'face_range must be "short" or "full", not \'far\''),
        ({"min_detection": 1.5}, ValueError, "min_detection must be from 0 to 1, not 1.5"),
        ({"min_tracking": -1}, ValueError, "min_tracking must be from 0 to 1, not -1"),
        ({"redetect_interval": 0}, ValueError, "redetect_interval must be a whole number from 1"),
        ({"budget_ms": float("nan")}, ValueError, "budget_ms must be 0 or more, not nan"),
        ({"cache_bytes": -1}, ValueError, "cache_bytes must be 0 or more, not -1"),
        ({"threads": 0}, ValueError, "threads must be a whole number from 1, not 0"),
        ({"parts": "face"}, TypeError, r"several names, such as \('face',\), not one string"),
        ({"parts": ("feet",)}, ValueError, "unknown part 'feet'"),
        ({"parts": ()}, ValueError, "there are no parts"),
        ({"smoothing": {"feet": None}}, ValueError, "unknown part 'feet'"),
    ],
    ids=str,
)
def test_other_values_are_refused_by_name(option, error, message):
    with pytest.raises(error, match=message):
        Options(**option)


def test_parts_come_once_and_in_order():
    assert Options(parts=("face", "pose", "face")).parts == ("pose", "face")
    assert Options(parts=iter(layout.PARTS)) == Options()


def test_without_a_pose_both_hands_are_one_stage():
    assert Options().tasks == (("pose",), ("face",), ("left_hand",), ("right_hand",))
    assert Options(parts=layout.PARTS[1:]).tasks == (("face",), ("left_hand", "right_hand"))


@pytest.mark.parametrize(
    ("options", "interval"),
    [
        (Options(variant="float"), 1),
        (Options(), 6),
        (Options(variant="auto", redetect_interval=2), 2),
    ],
)
def test_parts_are_redetected_as_often_as_the_variant_asks_unless_told_otherwise(options, interval):
    assert options.check_interval == interval


def test_stages_stay_where_only_the_parts_change_and_the_pose_stays_on_or_off():
    options = Options(parts=("pose", "face"))
    assert replace(options, parts=("pose",)).makes_same_stages(options)
    assert not replace(options, parts=("face",)).makes_same_stages(options)
    assert not replace(options, complexity=0).makes_same_stages(options)


def test_they_can_be_sent_to_other_processes():
    options = Options(0, parts=("face",), smoothing={"face": None})
    assert pickle.loads(pickle.dumps(options)) == options
