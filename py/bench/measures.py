"""The statistics of the benchmark: from times and samples to the numbers in the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """The median of the rounds, and the smallest and largest of them."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Median and range of one number over the rounds; raises ValueError without any."""
    if not values:
        raise ValueError("no values to summarise")
    return Spread(float(np.median(values)), float(min(values)), float(max(values)))


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile, interpolated between neighbours; raises ValueError without any values."""
    if len(values) == 0:
        raise ValueError("no values to take a percentile of")
    return float(np.percentile(values, percent))


def rate(times: Sequence[float]) -> float:
    """Events per second from the events' times in milliseconds; 0 for fewer than two.

    Counted between the first and the last event, so that it does not matter where in a frame
    the measurement began and ended.
    """
    if len(times) < 2 or times[-1] <= times[0]:
        return 0.0
    return (len(times) - 1) / (times[-1] - times[0]) * 1000


def paired_ratios(ours: Mapping[int, float], theirs: Mapping[int, float]) -> dict[int, float]:
    """Ours over theirs in each round in which both were measured, by round.

    Both had the same machine at about the same time, so noise that comes and goes over minutes
    cancels; the median of these ratios says more than the ratio of the medians.
    """
    return {
        index: ours[index] / theirs[index]
        for index in sorted(ours.keys() & theirs.keys())
        if theirs[index]
    }


def busy_share(tasks: Sequence[tuple[float, float]], start: float, end: float) -> float:
    """Share of the time from ``start`` to ``end`` that is covered by (start, duration) tasks."""
    covered = sum(
        max(0.0, min(end, begin + duration) - max(start, begin)) for begin, duration in tasks
    )
    return covered / (end - start)


WARM_UP_SHARE = 0.1
"""After this part of a run caches are warm."""


def growth_per_hour(minutes: Sequence[float], megabytes: Sequence[float]) -> float:
    """Slope of the memory once caches are warm, in megabytes an hour."""
    begin = int(len(minutes) * WARM_UP_SHARE)
    return slope(minutes[begin:], megabytes[begin:]) * 60


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Growth of ``values`` per unit of time, by least squares."""
    return float(np.polyfit(times, values, 1)[0])
