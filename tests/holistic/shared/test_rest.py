"""Which frames are computed where nothing moves."""

from holistic.shared.stillness import LONGEST, SEARCHING, SETTLING, Rest


def run(rest: Rest, moves: list[bool], everything: bool = True) -> list[bool]:
    """Whether each frame repeats the one before; those that do not are computed at once."""
    repeated = []
    for moved in moves:
        repeats = rest.repeats(moved)
        if not repeats:
            rest.note_computed(everything)
        repeated.append(repeats)
    return repeated


def test_after_a_motion_a_few_frames_more_are_computed() -> None:
    assert run(Rest(), [True, False, False, False]) == [False] * SETTLING + [True, True]


def test_where_something_is_not_found_it_is_looked_for_longer() -> None:
    repeated = run(Rest(), [True] + [False] * 8, everything=False)
    assert repeated.index(True) == SEARCHING


def test_a_motion_is_computed_in_its_own_frame() -> None:
    rest = Rest()
    assert run(rest, [True] + [False] * 9)[-1]
    assert run(rest, [True]) == [False]


def test_now_and_then_a_frame_is_computed_however_long_nothing_moves() -> None:
    repeated = run(Rest(), [True] + [False] * 300)
    assert repeated.count(False) < len(repeated) / 10
    longest = max(map(len, "".join(".X"[each] for each in repeated).split(".")))
    assert longest == LONGEST
