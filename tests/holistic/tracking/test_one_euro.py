"""Smoothing over time."""

import numpy as np
import pytest

from holistic.tracking.one_euro import LowPass, OneEuro

FRAME = 1000 / 30


def run(smooth, values, step=FRAME):
    """The filter's output for each of a series of numbers."""
    return [float(smooth(np.array([v]), i * step)[0]) for i, v in enumerate(values)]


def test_low_pass_starts_at_the_first_value_and_moves_by_its_weight():
    smooth = LowPass(0.1)
    assert [float(smooth(np.array([v]))[0]) for v in (0.0, 1.0, 1.0)] == pytest.approx(
        [0.0, 0.1, 0.19]
    )


def test_reset_makes_the_next_value_the_first_one():
    low, euro = LowPass(0.1), OneEuro(0.05, 80)
    for smooth in (low, lambda v: euro(v, 0.0)):
        smooth(np.array([5.0]))
    low.reset()
    euro.reset()
    assert low(np.array([1.0]))[0] == 1
    assert euro(np.array([1.0]), 1.0)[0] == 1


def test_one_euro_of_a_constant_is_that_constant():
    assert run(OneEuro(0.05, 80), [3.5] * 10) == [3.5] * 10


def test_one_euro_follows_the_published_recurrence():
    smooth, cutoff, beta, rate = OneEuro(0.5, 2.0), 0.5, 2.0, 30.0

    def weight(frequency):
        return 1 / (1 + rate / (2 * np.pi * frequency))

    speed = weight(1.0) * (1.0 - 0.0) * rate
    expected = weight(cutoff + beta * abs(speed)) * 1.0
    assert run(smooth, [0.0, 1.0])[1] == pytest.approx(expected)


def test_one_euro_steadies_noise_but_follows_motion():
    random = np.random.default_rng(7)
    noise = random.normal(0, 0.001, 300)
    still = run(OneEuro(0.05, 80), noise)
    moving = run(OneEuro(0.05, 80), np.arange(300) * 0.05)
    assert np.std(still[100:]) < 0.5 * np.std(noise[100:])
    assert abs(moving[-1] - 299 * 0.05) < 0.05


def test_one_euro_measures_speed_in_the_given_scale():
    near, far = OneEuro(0.05, 80), OneEuro(0.05, 80)
    for i, value in enumerate((0.0, 4.0, 9.0)):
        large = near(np.array([value * 10]), i * FRAME, scale=1 / 1000)
        small = far(np.array([value]), i * FRAME, scale=1 / 100)
        assert large == pytest.approx(small * 10)


def test_one_euro_filters_each_value_on_its_own():
    together, alone = OneEuro(0.05, 80), OneEuro(0.05, 80)
    for i, value in enumerate((0.0, 0.3, 0.1)):
        both = together(np.array([value, 7.0]), i * FRAME)
        assert both == pytest.approx([alone(np.array([value]), i * FRAME)[0], 7.0])


def test_a_time_stamp_that_does_not_advance_leaves_values_as_they_are():
    smooth = OneEuro(0.05, 80)
    run(smooth, [0.0, 1.0])
    assert smooth(np.array([5.0]), FRAME)[0] == 5
