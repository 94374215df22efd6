"""Rotations as quaternions, against matrices and against one another."""

import numpy as np
import pytest

from holistic.motion.quaternions import (
    about,
    angle,
    between,
    cross,
    frame,
    from_axes,
    inverse,
    matrices,
    multiply,
    rotate,
    slerp,
    twist,
    unit,
)

RANDOM = np.random.default_rng(0)
A, B = unit(RANDOM.normal(size=(2, 50, 4)))
V, W = RANDOM.normal(size=(2, 50, 3))


def test_products_and_rotations_are_those_of_matrices():
    assert matrices(multiply(A, B)) == pytest.approx(matrices(A) @ matrices(B))
    assert rotate(A, V) == pytest.approx(np.einsum("nij,nj->ni", matrices(A), V))
    assert rotate(inverse(A), rotate(A, V)) == pytest.approx(V)
    assert cross(V, W) == pytest.approx(np.cross(V, W))


def test_a_quarter_turn_about_up_turns_front_to_left():
    turn = about(np.array((0, 1.0, 0)), np.pi / 2)
    assert rotate(turn, np.array((0, 0, 1.0))) == pytest.approx((1, 0, 0))
    assert angle(turn) == pytest.approx(np.pi / 2)


def test_axes_give_their_rotation_back():
    axes = matrices(A)
    again = from_axes(axes[..., 0], axes[..., 1], axes[..., 2])
    assert np.abs(np.einsum("ni,ni->n", A, again)) == pytest.approx(1)


def test_a_frame_has_its_first_axis_exactly():
    turn = frame(V, W)
    assert rotate(turn, np.array((1.0, 0, 0))) == pytest.approx(unit(V))
    assert np.einsum("ni,ni->n", rotate(turn, np.array((0, 1.0, 0))), W).min() > 0


def test_the_shortest_rotation_between_two_directions():
    turn = between(V, W)
    assert unit(rotate(turn, V)) == pytest.approx(unit(W))
    opposite = between(V, -V)
    assert unit(rotate(opposite, V)) == pytest.approx(-unit(V))


def test_twist_is_the_turn_about_an_axis():
    axis = np.array((1.0, 0, 0))
    swing = between(axis, V[:10])
    for turned in (-2.5, 0.3, 3):
        assert twist(multiply(swing, about(axis, turned)), axis) == pytest.approx(turned)


def test_slerp_goes_the_shortest_way_at_a_constant_pace():
    assert np.abs(np.einsum("ni,ni->n", slerp(A, B, 0), A)) == pytest.approx(1)
    assert np.abs(np.einsum("ni,ni->n", slerp(A, B, 1), B)) == pytest.approx(1)
    whole = angle(multiply(inverse(A), B))
    assert angle(multiply(inverse(A), slerp(A, -B, 0.25))) == pytest.approx(whole / 4)
