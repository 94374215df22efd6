"""What the models were made to reach, told from what was measured."""

from typing import Any

import pytest

from compress.measure.frame_cost import DETECTORS, TRACKED, Row
from compress.report.targets import Target, targets
from holistic.shared.model_sets import POSE_MODELS

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
    heap = memory.get("heap", {})
    found = targets(rows, memory.get("native", {}), heap, {"Z80": rows})
    (wanted,) = (target for target in found if target.what == what)
    return wanted


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
    assert found.worst == (4.0, "pruned_int8, Z80")
    assert found.met
    assert the("MB, full pose", rows).worst[0] == pytest.approx(6.0)
    memory = {"pose_landmarks_full float": 100, "pose_landmarks_full int8": 125}
    assert the("memory, of the original's, natively", rows, native=memory).worst[0] == 1.25


def test_of_the_pruned_sets_the_faster_one_counts_on_every_processor() -> None:
    def rows(pruned: float, int8: float) -> list[Row]:
        sets = {"float": 8.0, "pruned": pruned, "pruned_int8": int8}
        return [row(name, each, **timed(ms)) for each, ms in sets.items() for name in NETWORKS]

    processors = {"6502": rows(2.0, 4.0), "Z80": rows(4.0, 1.0)}
    found = [
        target.worst
        for target in targets(processors["Z80"], {}, {}, processors)
        if target.what == "times faster in Chromium, full pose"
    ]
    assert found == [(4.0, "pruned, 6502"), (8.0, "pruned_int8, Z80")]


def test_what_was_not_measured_is_not_told() -> None:
    rows = [row(name, "float") for name in NETWORKS]
    told = {target.what for target in targets(rows, {}, {}, {"Z80": rows})}
    assert told == {"MB, light pose", "MB, full pose"}
