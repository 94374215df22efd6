"""Smoothing over time: the One Euro filter and the plain low pass.

The One Euro filter (Casiez, Roussel and Vogel, CHI 2012) is a low pass whose cutoff rises with
speed: still points are held steady, moving ones hardly lag. Both filters work on whole arrays,
each value on its own. Constants and the order of operations follow MediaPipe's
``one_euro_filter.cc`` and ``landmarks_smoothing_calculator``.
"""

from __future__ import annotations

from math import pi

import numpy as np


def smoothing_factor(cutoff: float | np.ndarray, rate: float) -> float | np.ndarray:
    """Weight of the new value in a low pass with ``cutoff`` Hz at ``rate`` values a second."""
    return cutoff / (cutoff + rate / (2 * pi))


class LowPass:
    """Exponential smoothing with a fixed weight of the new value."""

    def __init__(self, alpha: float) -> None:
        self.alpha = alpha
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next value passes unchanged."""
        self._last: np.ndarray | None = None

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """The smoothed ``values``."""
        if self._last is not None:
            values = self._last + self.alpha * (values - self._last)
        self._last = values
        return values


class OneEuro:
    """The One Euro filter.

    ``min_cutoff`` (Hz) is the cutoff at rest, ``beta`` its growth with speed, and
    ``derivative_cutoff`` (Hz) smooths the speed itself.
    """

    def __init__(self, min_cutoff: float, beta: float, derivative_cutoff: float = 1.0) -> None:
        self.min_cutoff = min_cutoff
        self.beta = beta
        self.derivative_cutoff = derivative_cutoff
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next values pass unchanged."""
        self._time: float | None = None
        self._raw: np.ndarray | None = None
        self._speed: np.ndarray | float = 0.0
        self._smooth: np.ndarray | None = None

    def __call__(self, values: np.ndarray, timestamp: float, scale: float = 1.0) -> np.ndarray:
        """The smoothed ``values`` at ``timestamp`` (ms).

        Speed is measured in ``scale`` units a second; landmarks in pixels give the inverse of
        the object's size, so that a near person is smoothed like a distant one. A time stamp
        that does not advance returns the values as they are.
        """
        if self._time is None or self._raw is None or self._smooth is None:
            self._time, self._raw, self._smooth = timestamp, values, values
            return values
        if timestamp <= self._time:
            return values
        rate = 1000 / (timestamp - self._time)
        alpha = smoothing_factor(self.derivative_cutoff, rate)
        speed = (values - self._raw) * (scale * rate)
        self._speed = self._speed + alpha * (speed - self._speed)
        alpha = smoothing_factor(self.min_cutoff + self.beta * np.abs(self._speed), rate)
        self._smooth = self._smooth + alpha * (values - self._smooth)
        self._time, self._raw = timestamp, values
        return self._smooth
