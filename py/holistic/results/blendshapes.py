"""A face's expression: how much of each blendshape it shows.

    person.blendshapes["jawOpen"]                           # 0 to 1
    person.blendshapes["mouthSmileLeft", "mouthSmileRight"] # (2,)
    person.blendshapes.as_dict()                            # {"browDownLeft": 0.02, ...}

What is computed from them is a plain array.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from holistic.results.named_points import NamedRows
from holistic.shared.blendshapes import NAMES


class Blendshapes(NamedRows):
    """An array (52,) of numbers from 0 to 1, in the order of ``shared.blendshapes.NAMES``."""

    names: ClassVar = {name: row for row, name in enumerate(NAMES)}
    row_is = "blendshape"

    @classmethod
    def of(cls, values: Any) -> Self:
        """The 52 numbers as blendshapes, without a copy of an array of float32.

        ``values`` is a sequence of them, or a mapping by their names.

        Raises:
            ValueError: they are not 52 numbers, or a name is unknown or missing.
        """
        if isinstance(values, dict):
            if values.keys() != cls.names.keys():
                wrong = sorted(values.keys() ^ cls.names.keys())
                raise ValueError(f"blendshapes have other names, or lack some: {', '.join(wrong)}")
            values = [values[name] for name in NAMES]
        array = np.asarray(values, np.float32)
        if array.shape != (len(NAMES),):
            raise ValueError(f"blendshapes have the shape {array.shape}, not {(len(NAMES),)}")
        return super().of(array)

    def __getitem__(self, key: Any) -> Any:
        """The number of a name, those of a tuple of names; anything else as for every array."""
        found = super().__getitem__(key)
        return float(found) if isinstance(key, str) else found

    def as_dict(self) -> dict[str, float]:
        """The numbers by their names."""
        return dict(zip(NAMES, np.asarray(self).tolist(), strict=True))
