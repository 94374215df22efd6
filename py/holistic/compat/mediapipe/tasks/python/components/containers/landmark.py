"""Points in the picture and in metres."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Landmark:
    """A point in metres; visibility and presence, from 0 to 1, are None outside of poses."""

    x: float | None = None
    y: float | None = None
    z: float | None = None
    visibility: float | None = None
    presence: float | None = None
    name: str | None = None


@dataclass
class NormalizedLandmark:
    """A point in the picture: x and y from 0 to 1 across it, z in picture widths.

    Visibility and presence, from 0 to 1, are None outside of poses.
    """

    x: float | None = None
    y: float | None = None
    z: float | None = None
    visibility: float | None = None
    presence: float | None = None
    name: str | None = None
