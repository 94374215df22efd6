"""A face's expression: how much of each blendshape it shows.

    person.blendshapes["jawOpen"]                           # 0 to 1
    person.blendshapes["mouthSmileLeft", "mouthSmileRight"] # (2,)
    person.blendshapes.as_dict()                            # {"browDownLeft": 0.02, ...}

What is computed from them is a plain array.
"""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np

from holistic.shared.blendshapes import NAMES

_ROWS = {name: row for row, name in enumerate(NAMES)}


class Blendshapes(np.ndarray):
    """An array (52,) of numbers from 0 to 1, in the order of ``shared.blendshapes.NAMES``."""

    names = NAMES

    @classmethod
    def of(cls, values: Any) -> Blendshapes:
        """The 52 numbers as blendshapes, without a copy of an array of float32.

        ``values`` is a sequence of them, or a mapping by their names.

        Raises:
            ValueError: they are not 52 numbers, or a name is unknown or missing.
        """
        if isinstance(values, dict):
            if values.keys() != _ROWS.keys():
                wrong = sorted(values.keys() ^ _ROWS.keys())
                raise ValueError(f"blendshapes have other names, or lack some: {', '.join(wrong)}")
            values = [values[name] for name in NAMES]
        array = np.asarray(values, np.float32)
        if array.shape != (len(NAMES),):
            raise ValueError(f"blendshapes have the shape {array.shape}, not {(len(NAMES),)}")
        return array.view(cls)

    def __getitem__(self, key: Any) -> Any:
        """The number of a name, those of a tuple of names; anything else as for every array."""
        if isinstance(key, str):
            return float(np.asarray(self)[_row(key)])
        if isinstance(key, tuple) and key and all(isinstance(each, str) for each in key):
            key = [_row(each) for each in key]
        return np.asarray(self)[key]

    def __array_wrap__(self, array: np.ndarray, *context: Any, **options: Any) -> Any:
        """What is computed from blendshapes has no names."""
        return array[()] if array.ndim == 0 else np.asarray(array)

    def as_dict(self) -> dict[str, float]:
        """The numbers by their names."""
        return dict(zip(NAMES, np.asarray(self).tolist(), strict=True))


def _row(name: str) -> int:
    if name not in _ROWS:
        close = difflib.get_close_matches(name, NAMES, 3, cutoff=0)
        raise KeyError(f"there is no blendshape {name!r}; perhaps {', '.join(close)}?")
    return _ROWS[name]
