"""What the models were made to reach, told from what was measured."""

from typing import Any

import pytest

from compress.frames import DETECTORS, TRACKED, Row
from compress.targets import Target, targets
from holistic.selection import POSE_MODELS

NETWORKS = (*POSE_MODELS, "hand_landmarks", *TRACKED, *DETECTORS)


def row(model: str, variant: str, **figures: Any) -> Row:
    """A row of a file of a megabyte."""
    sizes = {"bytes": 1_000_000, "unpacked": 1_000_000, "macs": 1}
    return {"model": model, "variant": variant, **sizes, **figures}


def timed(milliseconds: float) -> Row:
    return {"browser": {"best": milliseconds}}


def truth(error: float) -> Row:
    return {"truth": {"truth": {"mean": error}}}


def the(what: str, rows: list[Row], **memory: dict[str, int]) -> Target:
    """The one target that is called so."""
    (found,) = (
        target
        for target in targets(rows, memory.get("native", {}), memory.get("heap", {}))
        if target.what == what
    )
    return found


def test_the_worst_of_all_pictures_counts() -> None:
    crops = {"eval": {"pixels": 0.5}, "research": {"pixels": 1.75}}
    rows = [
        row("hand_landmarks", "int8", crops=crops),
        row("face_landmarks", "int8", crops={"eval": {"pixels": 1.25}}),
        row("pose_landmarks_lite", "int8", crops={"eval": {"pixels": 9.0}}),
    ]
    found = the("px to the original, int8 hands and faces", rows)
    assert found.worst == (1.75, "hand_landmarks int8, research")
    assert not found.met


def test_of_correlations_the_lowest_counts() -> None:
    clip = {"book": {"right eye": 0.99, "left eye": 0.985, "mouth": 0.999}}
    found = the("correlation of openings", [row("face_landmarks", "int8", clip=clip)])
    assert found.worst == (0.985, "face_landmarks int8, book")
    assert found.met


def test_an_error_is_compared_with_that_of_the_float_model_that_was_replaced() -> None:
    rows = [
        row("hand_landmarks", "float", **truth(6.0)),
        row("hand_landmarks", "int8", **truth(6.25)),
        row("hand_landmarks_lite", "pruned_int8", **truth(6.5)),  # there is no such float model
    ]
    found = the("px to ground truth, beyond the original's", rows)
    assert found.worst == (0.5, "hand_landmarks_lite pruned_int8")


def test_a_frame_is_compared_with_the_float_originals() -> None:
    rows = [row(name, "float", **timed(8.0)) for name in NETWORKS]
    rows += [row(name, "pruned_int8", **timed(2.0)) for name in NETWORKS]
    found = the("times faster in Chromium, light pose", rows)
    assert found.worst == (4.0, "pose_landmarks_lite pruned_int8")
    assert found.met
    assert the("MB, full pose", rows).worst[0] == pytest.approx(6.0)
    memory = {"pose_landmarks_full float": 100, "pose_landmarks_full int8": 125}
    assert the("memory, of the original's, natively", rows, native=memory).worst[0] == 1.25


def test_what_was_not_measured_is_not_told() -> None:
    rows = [row(name, "float") for name in NETWORKS]
    assert {target.what for target in targets(rows, {}, {})} == {"MB, light pose", "MB, full pose"}
