"""Sentences that the report computes from its figures."""

from typing import Any

from compress.measure.frame_cost import Row
from compress.report import verdicts
from compress.report.figures import Figures
from compress.report.targets import Target


def row(model: str, variant: str, *pixels: float, **more: Any) -> Row:
    """A row of a model that is so far from its original on each set."""
    crops = {f"set {n}": {"pixels": one} for n, one in enumerate(pixels)}
    path = f"{variant}/{model}.tflite"
    return {"model": model, "variant": variant, "path": path, "crops": crops, **more}


def tried(recipe: str, *pixels: float, **setting: float) -> Row:
    """A point of the curve."""
    model, _, variant = recipe.partition(".")
    return row(model, variant, *pixels, recipe=recipe, **setting)


def test_met_targets_are_counted() -> None:
    missed, met = (Target("MB", bound, [(4.0, "here")]) for bound in (3.0, 5.0))
    assert verdicts.met([missed, met, met]) == "2 of 3 targets are met."


def test_the_speed_of_int8_is_told_of_each_processor_and_clock() -> None:
    models = [
        row(model, variant)
        for model in ("pose_landmarks_full", "hand_landmarks", "face_landmarks")
        for variant in ("float", "int8")
    ]
    native = {each["path"]: {"best": 2.0} for each in models}
    native["int8/hand_landmarks.tflite"] = {"best": 4.0}
    native["int8/face_landmarks.tflite"] = {"best": 9.0}  # only its weights are int8
    figures = Figures(models, processors={"Z80": {"native": native, "load": 0.0}})
    assert verdicts.int8_speed(figures) == [
        "Compared with their float originals on Z80, static int8 networks are 0.50 to 1.00 times "
        "as fast natively."
    ]


def test_the_least_pruning_that_was_tried_is_told_of_each_recipe() -> None:
    curve = [
        tried("hand.pruned", 3.0, removed=0.4),
        tried("hand.pruned", 1.0, 2.0, removed=0.15),
        tried("hand.pruned", 2.0, removed=0.3),
        tried("hand.int8", 0.5, bits=4.0),
    ]
    assert verdicts.pruned(curve) == [
        "Without 15% of its work, fitted by least squares, hand is 1.00 and 2.00 px from its "
        "original."
    ]


def test_a_student_is_compared_with_what_became_of_it() -> None:
    figures = Figures([row("hand", "pruned_int8", 2.5)], curve=[tried("hand.student", 2.25)])
    assert verdicts.students(figures) == [
        "As MediaPipe publishes it, hand is 2.25 px from the full network; the pruned_int8 "
        "variant is 2.50 px from it."
    ]


def test_dynamic_range_is_compared_with_weight_only_int8() -> None:
    times = {"milliseconds": {"best": 3.0}, "weight_only": {"best": 2.0}}
    figures = Figures([row("face", "int8", 1.0)], [row("face", "dynamic", 1.25, **times)])
    assert verdicts.dynamic_range(figures) == (
        "Dynamic range takes 1.50 times as long as weight-only int8 and its results are 0.25 px "
        "farther from the original's."
    )


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert verdicts.evidence(Figures([row("face", "int8", 1.0)])) == ""
