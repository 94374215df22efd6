"""A model told as its difference from another is made again to the last byte."""

import random

import pytest

from builder import deltas
from holistic.inference import model_delta

WEIGHTS = [random.Random(seed).randbytes(4000) for seed in range(3)]


@pytest.mark.parametrize(
    ("target", "base"),
    [
        (WEIGHTS[0] + WEIGHTS[1], WEIGHTS[1] + WEIGHTS[0]),
        (WEIGHTS[0] + b"head" * 30 + WEIGHTS[1], b"another head" + WEIGHTS[2] + WEIGHTS[1]),
        (WEIGHTS[0] + b"odd", WEIGHTS[0]),
        (WEIGHTS[0][:3999], WEIGHTS[0]),
        (bytes(3000) + WEIGHTS[0], WEIGHTS[0] + bytes(2000)),
        (b"nothing in common" * 9, WEIGHTS[0]),
        (b"", WEIGHTS[0]),
        (WEIGHTS[0], b""),
    ],
)
def test_it_is_made_again_to_the_last_byte(target: bytes, base: bytes) -> None:
    assert model_delta.applied(deltas.difference(target, base), base) == target


def test_what_is_in_the_base_is_not_told_again() -> None:
    target = WEIGHTS[0] + b"head" * 8 + WEIGHTS[1]
    assert len(deltas.difference(target, WEIGHTS[1] + WEIGHTS[0] + WEIGHTS[2])) < 200


def test_both_sides_name_bases_alike() -> None:
    assert (deltas.SUFFIX, deltas.BASE) == (model_delta.SUFFIX, model_delta.BASE)
