"""The order in which MediaPipe lists hands: that of its regions, followed and detected.

The tracker gives each hand a person of its own (``Options.max_hands``): hands that come in one
frame are in the order of their detections' scores.

Sources: MediaPipe's ``AssociationNormRectCalculator`` in its hand_landmark_tracking graph, and
``HandAssociationCalculator`` in its HandLandmarker.
"""

from __future__ import annotations

from typing import Any

from holistic.results.result import HANDEDNESS, Person, Result
from holistic.shared import layout


def one_a_person(most: int) -> dict[str, Any]:
    """The options of a tracker of ``most`` hands and no bodies: a hand a person, if they fit."""
    fit = most <= layout.MAX_PEOPLE
    people = most if fit else (most + 1) // 2
    return {"parts": tuple(HANDEDNESS), "max_people": people, "max_hands": most}


class HandOrder:
    """Lists the hands of one frame after the other.

    ``newcomers_first`` says on which side of the hands that are followed newcomers stand: before
    them in MediaPipe's solutions, behind them in its tasks.
    """

    def __init__(self, newcomers_first: bool) -> None:
        self._newcomers_first = newcomers_first
        self.reset()

    def reset(self) -> None:
        """The next frame is the first one."""
        self._before: list[tuple[int, str]] = []

    def __call__(self, result: Result) -> list[tuple[Person, str]]:
        """The people's hands, each "left_hand" or "right_hand" of a person."""
        hands = {
            (person.id, hand): (person, hand)
            for person in result.people
            for hand in HANDEDNESS
            if getattr(person, hand) is not None
        }
        followed = [key for key in self._before if key in hands]
        new = [key for key in hands if key not in followed]
        self._before = new + followed if self._newcomers_first else followed + new
        return [hands[key] for key in self._before]
