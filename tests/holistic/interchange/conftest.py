"""Recordings to write: of one person, and of two who come and go."""

import pytest
from recordings import person, recorded

from holistic.results.result import SHAPES


@pytest.fixture
def alone():
    """One person, number 3: whole; absent; without hands."""
    return recorded((person(3, *SHAPES),), (), (person(3, "pose", "pose_world", "face"),))


@pytest.fixture
def pair():
    """Two people, 1 and 4, of whom 4 has irises; nobody; only 4, by a hand."""
    return recorded(
        (person(1, *SHAPES), person(4, *SHAPES, irises=True)), (), (person(4, "left_hand"),)
    )
