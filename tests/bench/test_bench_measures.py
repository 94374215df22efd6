"""The benchmark's statistics."""

import pytest

from bench import measures


def test_spread_is_the_median_and_the_range_of_the_rounds():
    assert measures.spread([30.0, 10.0, 20.0]) == measures.Spread(20.0, 10.0, 30.0)


def test_spread_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no values"):
        measures.spread([])


def test_percentile_is_interpolated_between_neighbours():
    assert measures.percentile([0.0, 10.0], 95) == pytest.approx(9.5)


def test_percentile_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no values"):
        measures.percentile([], 50)


def test_rate_counts_intervals_not_events():
    assert measures.rate([1000.0, 1100.0, 1200.0]) == pytest.approx(10.0)


@pytest.mark.parametrize("times", [[], [5.0], [5.0, 5.0]])
def test_rate_of_fewer_than_two_moments_is_zero(times):
    assert measures.rate(times) == 0.0


def test_paired_ratios_take_only_rounds_that_both_have():
    ours = {0: 20.0, 1: 30.0, 3: 1.0}
    theirs = {0: 10.0, 1: 10.0, 2: 10.0, 3: 0.0}
    assert measures.paired_ratios(ours, theirs) == {0: 2.0, 1: 3.0}


def test_busy_share_counts_what_lies_inside_the_span():
    tasks = [(-50.0, 100.0), (100.0, 60.0), (950.0, 100.0), (2000.0, 500.0)]
    assert measures.busy_share(tasks, 0.0, 1000.0) == pytest.approx(0.16)


def test_slope_is_growth_per_unit_of_time():
    assert measures.slope([0.0, 1.0, 2.0], [100.0, 103.0, 106.0]) == pytest.approx(3.0)
