"""A body's points, moved to where their heat maps are hot."""

import numpy as np
import pytest

from holistic.inference.landmarkers import refine

SIDE, POINTS, REACH = 64, 5, 4
COLD = -20.0


def heat_maps():
    """(SIDE, SIDE, POINTS and one that nobody asks for), all cold."""
    return np.full((SIDE, SIDE, POINTS + 1), COLD, np.float32)


def points_at(x, y):
    """Points, the first of which is in the middle of the cell in column x and row y."""
    points = np.full((POINTS, 3), 0.5)
    points[0, :2] = (np.array((x, y)) + 0.5) / SIDE
    return points


def test_a_point_moves_to_the_one_hot_cell_of_its_window():
    heat, points = heat_maps(), points_at(20, 30)
    heat[32, 17, 0] = 20.0
    refine(points, heat, REACH)
    assert points[0] == pytest.approx([17 / SIDE, 32 / SIDE, 0.5])


def test_what_is_hot_pulls_by_its_weight():
    heat, points = heat_maps(), points_at(20, 30)
    heat[30, 18, 0] = heat[30, 22, 0] = heat[32, 22, 0] = 20.0
    refine(points, heat, REACH)
    assert points[0, :2] * SIDE == pytest.approx([62 / 3, 92 / 3])


def test_each_point_has_a_map_of_its_own():
    heat, points = heat_maps(), points_at(20, 30)
    heat[30, 21, 1] = 20.0
    before = points.copy()
    refine(points, heat, REACH)
    assert (points == before).all()


@pytest.mark.parametrize("column", [20 - REACH - 1, 20 + REACH + 1])
def test_what_is_hot_beside_the_window_does_not_count(column):
    heat, points = heat_maps(), points_at(20, 30)
    heat[30, column, 0] = 20.0
    before = points.copy()
    refine(points, heat, REACH)
    assert (points == before).all()


@pytest.mark.parametrize(("x", "y"), [(0, 0), (SIDE - 1, 30), (20, SIDE - 1), (1, SIDE - 2)])
def test_at_the_edge_the_window_ends_with_the_map(x, y):
    heat, points = heat_maps(), points_at(x, y)
    heat[:, :, 0] = 20.0
    refine(points, heat, REACH)
    across, down = (
        np.arange(max(cell - REACH, 0), min(cell + REACH + 1, SIDE)).mean() for cell in (x, y)
    )
    assert points[0, :2] * SIDE == pytest.approx([across, down])


@pytest.mark.parametrize(
    ("x", "y", "moves"),
    [(-3, 30, False), (SIDE + 1, 30, False), (30, -3, False), (30, SIDE + 1, True)],
)
def test_of_the_points_outside_those_below_are_drawn_back(x, y, moves):
    heat, points = heat_maps(), points_at(x, y)
    heat[:, :, 0] = 20.0
    before = points.copy()
    refine(points, heat, REACH)
    assert (points[0] != before[0]).any() == moves
