"""The lines that are drawn between landmarks."""

import pytest

from holistic.shared import connections, layout


def lines(flat: list[int]) -> list[tuple[int, int]]:
    return [tuple(sorted(pair)) for pair in zip(flat[::2], flat[1::2], strict=True)]


@pytest.mark.parametrize(
    ("flat", "points", "count"),
    [
        (connections.BODY, layout.POSE_POINTS, 35),
        (connections.HAND, layout.HAND_POINTS, 21),
        (connections.FACE, layout.FACE_POINTS, 1322),
    ],
)
def test_lines_join_two_points_of_the_model_once(flat: list[int], points: int, count: int) -> None:
    assert len(lines(flat)) == len(set(lines(flat))) == count
    assert set(flat) <= set(range(points))
    assert all(first != second for first, second in lines(flat))


def test_the_face_is_a_mesh_of_triangles_with_holes_for_eyes_and_mouth() -> None:
    joined = set(lines(connections.FACE))
    neighbours: dict[int, set[int]] = {point: set() for point in range(layout.FACE_POINTS)}
    for first, second in joined:
        neighbours[first].add(second)
        neighbours[second].add(first)
    assert set(connections.FACE) == set(range(layout.FACE_POINTS)), "no point is alone"
    for first, second in joined:
        assert neighbours[first] & neighbours[second], "every line is the side of a triangle"
