"""The avatar's head: what is on it, and what each of the 52 blendshapes does to it.

All of it hangs on the bone ``head``, and the eyes on their own bones. A part's shape is a function
of some numbers; a blendshape changes these, and its morph is the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from avatar.body import joint
from avatar.meshes import Mesh, ellipsoid, grid, joined
from holistic.motion.solver import INDEX
from holistic.shared.bones import BONES

CENTRE = joint("head") + (0, 0.072, 0.013)
RADII = np.array((0.076, 0.112, 0.092))

_JAW = 2.8  # below its middle the head is fuller than an ellipsoid, for which this would be 2
_EYEBALL = 0.0165
_LID = 0.0182  # radius of the lids around the eyeball
_LASHES = 7.0  # degrees of their height
_MOUTH = np.array((0.0, -0.061))  # from the head's centre
_SIDES = {"Left": 1, "Right": -1}
_COLUMNS = 13

Numbers = Mapping[str, float]


def _hung(mesh: Mesh, bone: str) -> Mesh:
    """The mesh, moved by one bone alone."""
    weights = np.zeros((len(mesh.positions), len(BONES)))
    weights[:, INDEX[bone]] = 1
    return mesh._replace(weights=weights)


def _shaped(
    shape: Callable[..., np.ndarray], triangles: np.ndarray, shapes: Mapping[str, Numbers]
) -> Mesh:
    """The mesh of ``shape()`` with a morph for each of ``shapes``, by what it changes."""
    rest = shape()
    morphs = {name: shape(**numbers) - rest for name, numbers in shapes.items()}
    return _hung(Mesh(rest, triangles, np.zeros((len(rest), 0)), morphs), "head")


def _surface(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """z of the head's surface at x and y from its centre."""
    inside = np.maximum(0, _breadth(y) ** 2 - (x / RADII[0]) ** 2)
    return np.asarray(RADII[2] * np.sqrt(inside))


def _breadth(y: np.ndarray) -> np.ndarray:
    """How broad the head is at y from its centre, 1 in its middle."""
    power = np.where(y < 0, _JAW, 2.0)
    return np.asarray(np.sqrt(np.maximum(0, 1 - np.abs(y / RADII[1]) ** power)))


def _skull(heights: np.ndarray, thick: np.ndarray | float = 0.0) -> np.ndarray:
    """(rows * columns, 3): the head's surface at heights (rows, columns), from its back around.

    ``thick`` is how far out of the surface the points are.
    """
    turn = np.arange(heights.shape[1]) * 2 * np.pi / heights.shape[1]
    breadth = _breadth(heights)
    points = np.stack((breadth * np.sin(turn), heights / RADII[1], breadth * np.cos(turn)), -1)
    return np.asarray(CENTRE + (points * (RADII + np.asarray(thick)[..., None])).reshape(-1, 3))


_SOCKET = np.array((0, 0, 0.006))
"""How deep the sockets of the eyes are, in metres."""

_NOSE = (  # y and z from the head's centre, and radii
    ((-0.013, 0.086), (0.0105, 0.028, 0.01)),
    ((-0.031, 0.094), (0.013, 0.01, 0.0115)),
)


def head() -> Mesh:
    """Head, ears and nose, with cheeks that puff and a nose that sneers."""
    rows, columns = 24, 30
    heights = RADII[1] * np.sin(np.linspace(-np.pi / 2, np.pi / 2, rows))
    points = _skull(np.repeat(heights[:, None], columns, axis=1))
    for sign in _SIDES.values():  # sockets, lest the eyes seem to squint
        points -= _bump(points - CENTRE, (sign * 0.025, -0.012, 0.085), 0.015)[:, None] * _SOCKET
    skull = Mesh(points, grid(rows, columns), np.zeros((len(points), 0)), {})
    nose = [ellipsoid(CENTRE + (0, *place), radii, 7, 10) for place, radii in _NOSE]
    ears = [
        ellipsoid(CENTRE + (s * RADII[0], -0.01, -0.005), (0.01, 0.026, 0.016), 7, 8)
        for s in (1, -1)
    ]
    mesh = joined([skull, *nose, *ears])
    offsets = mesh.positions - CENTRE
    left, right = (_bump(offsets, (s * 0.045, -0.045, 0.065), 0.03) for s in (1, -1))
    out = offsets / np.linalg.norm(offsets, axis=1, keepdims=True)
    morphs = {"cheekPuff": 0.014 * (left + right)[:, None] * out}
    for side, sign in _SIDES.items():
        squint = _bump(offsets, (sign * 0.04, -0.015, 0.08), 0.02)
        morphs[f"cheekSquint{side}"] = squint[:, None] * (0, 0.004, 0.004)
        sneer = _bump(offsets, (sign * 0.012, -0.02, 0.1), 0.012)
        morphs[f"noseSneer{side}"] = sneer[:, None] * (0, 0.005, 0.001)
    return _hung(mesh._replace(morphs=morphs), "head")


def _bump(offsets: np.ndarray, place: tuple[float, float, float], width: float) -> np.ndarray:
    """(n,) 1 at a place, and less around it."""
    return np.asarray(np.exp(-(((offsets - place) / width) ** 2).sum(axis=1)))


def hair() -> Mesh:
    """A cap of hair above the brow and down to the neck."""
    rows, columns = 10, 30
    turn = np.abs(np.mod(np.arange(columns) * 2 * np.pi / columns + np.pi, 2 * np.pi) - np.pi)
    hairline = np.interp(turn, *np.transpose(_HAIRLINE))
    share = np.linspace(1, 0, rows)[:, None]  # from the hairline up to the crown
    low = np.arcsin(hairline / RADII[1])
    heights = RADII[1] * np.sin(np.pi / 2 + share * (low - np.pi / 2))
    points = _skull(heights, 0.001 + 0.011 * np.sqrt(1 - share**3))
    return _hung(Mesh(points, grid(rows, columns), np.zeros((len(points), 0)), {}), "head")


_HAIRLINE = (  # the angle from the front, and the hairline's height from the head's centre
    (0.0, 0.068),
    (0.4, 0.071),
    (0.8, 0.062),
    (1.1, 0.035),
    (1.3, 0.0),
    (1.45, -0.012),
    (1.65, 0.012),
    (1.9, -0.02),
    (2.2, -0.06),
    (np.pi, -0.072),
)


def eyeballs() -> Mesh:
    """The white of the eyes."""
    return _eyes((_EYEBALL,) * 3, 0.0, 12)


def irises() -> Mesh:
    """Irises: discs on the eyeballs."""
    return _eyes((0.0088, 0.0088, 0.0027), 0.0143)


def pupils() -> Mesh:
    """Pupils: discs on the irises."""
    return _eyes((0.0043, 0.0043, 0.0014), 0.016)


def _eyes(radii: tuple[float, float, float], forward: float, columns: int = 8) -> Mesh:
    """An ellipsoid in either eye; its middle is ``forward`` of the eye's."""
    bones = ("leftEye", "rightEye")
    place = np.array((0, 0, forward))
    return joined([_hung(ellipsoid(joint(each) + place, radii, 9, columns), each) for each in bones])


_UPPER = {"Blink": -22.0, "Wide": 46.0, "Squint": 14.0, "LookDown": 6.0, "LookUp": 36.0}
_LOWER = {"Blink": -20.0, "Wide": -44.0, "Squint": -24.0, "LookDown": -42.0}
"""The heights of the lids' edges in degrees, with each blendshape; ``_UPPER_REST`` without."""
_UPPER_REST, _LOWER_REST = 27.0, -38.0


def lids() -> Mesh:
    """Upper and lower lids."""
    upper = [_lid(side, _UPPER_REST, _UPPER, lambda edge: (90.0, edge)) for side in _SIDES]
    lower = [_lid(side, _LOWER_REST, _LOWER, lambda edge: (-90.0, edge)) for side in _SIDES]
    return joined([*upper, *lower])


def lashes() -> Mesh:
    """A dark line at the edges of the upper lids."""
    return joined(
        [
            _lid(side, _UPPER_REST, _UPPER, lambda edge: (edge + _LASHES, edge), _LID + 0.0007)
            for side in _SIDES
        ]
    )


def _lid(
    side: str,
    rest: float,
    edges: Mapping[str, float],
    span: Callable[[float], tuple[float, float]],
    radius: float = _LID,
) -> Mesh:
    """A piece of a ball around an eye, between the two heights that ``span(edge)`` gives."""
    centre = joint(f"{side.lower()}Eye")

    def shape(edge: float = rest) -> np.ndarray:
        return _ball(centre, radius, *span(edge))

    shapes = {f"eye{name}{side}": {"edge": edge} for name, edge in edges.items()}
    first, last = span(rest)
    triangles = grid(6, _COLUMNS, closed=False)
    return _shaped(shape, triangles if first < last else triangles[:, ::-1], shapes)


def _ball(centre: np.ndarray, radius: float, first: float, last: float) -> np.ndarray:
    """(n, 3): a piece of a ball between two heights in degrees."""
    rise = np.radians(np.linspace(first, last, 6))
    turn = np.radians(np.linspace(-95, 95, _COLUMNS))
    rise, turn = np.meshgrid(rise, turn, indexing="ij")
    points = np.stack((np.cos(rise) * np.sin(turn), np.sin(rise), np.cos(rise) * np.cos(turn)), -1)
    return np.asarray(centre + radius * points.reshape(-1, 3))


def brows() -> Mesh:
    """Brows, which rise and sink at either end."""
    found = []
    for side, sign in _SIDES.items():
        shapes = {
            f"browDown{side}": {"inner": -0.009, "outer": -0.004},
            "browInnerUp": {"inner": 0.01},
            f"browOuterUp{side}": {"outer": 0.01},
        }

        def shape(inner: float = 0.0, outer: float = 0.0, sign: int = sign) -> np.ndarray:
            return _brow(sign, inner, outer)

        triangles = grid(9, 6)
        found.append(_shaped(shape, triangles[:, ::-1] if sign > 0 else triangles, shapes))
    return joined(found)


def _brow(sign: int, inner: float, outer: float) -> np.ndarray:
    """(n, 3): a bow of nine rings, from the nose outwards."""
    share = np.linspace(0, 1, 9)
    x = sign * (0.013 + 0.04 * share)
    height = 0.024 + 0.006 * np.sin(np.pi * share) + inner * (1 - share) + outer * share
    z = _surface(x, height) + 0.003
    thick = 0.0042 * np.sqrt(np.maximum(0.02, 1 - (2 * share - 0.8) ** 2 / 1.5))
    turn = np.arange(6) * np.pi / 3
    ring = np.stack((np.zeros(6), np.sin(turn), np.cos(turn)), -1)
    middle = np.stack((x, height, z), -1)
    points = middle[:, None] + ring * thick[:, None, None]
    return np.asarray(CENTRE + points.reshape(-1, 3))


_MOUTH_SHAPES: dict[str, Numbers] = {
    "jawOpen": {"lower": -0.026, "width": -0.003},
    "jawForward": {"lower_z": 0.006},
    "jawLeft": {"lower_x": 0.008},
    "jawRight": {"lower_x": -0.008},
    "mouthClose": {"lower": 0.012},
    "mouthFunnel": {"width": -0.01, "upper": 0.006, "lower": -0.009, "forward": 0.007},
    "mouthPucker": {"width": -0.014, "upper": 0.002, "lower": -0.002, "forward": 0.01},
    "mouthLeft": {"shift": 0.01},
    "mouthRight": {"shift": -0.01},
    "mouthRollLower": {"lower": 0.003, "lower_z": -0.005},
    "mouthRollUpper": {"upper": -0.003, "upper_z": -0.005},
    "mouthShrugLower": {"lower": 0.004, "lower_z": 0.003},
    "mouthShrugUpper": {"upper": 0.004, "upper_z": 0.003},
}
_CORNER_SHAPES = {  # of the corner: outwards and up; of its half of the lips: up
    "Smile": (0.008, 0.011, 0.0, 0.0),
    "Frown": (0.001, -0.01, 0.0, 0.0),
    "Dimple": (0.005, 0.002, 0.0, 0.0),
    "Stretch": (0.01, -0.003, 0.0, 0.0),
    "Press": (0.002, 0.0, -0.002, 0.002),
    "LowerDown": (0.0, 0.0, 0.0, -0.009),
    "UpperUp": (0.0, 0.0, 0.009, 0.0),
}


def _mouth_shapes() -> dict[str, Numbers]:
    found = dict(_MOUTH_SHAPES)
    for name, (out, up, upper, lower) in _CORNER_SHAPES.items():
        for side in _SIDES:
            found[f"mouth{name}{side}"] = {
                f"corner_x_{side}": out,
                f"corner_y_{side}": up,
                f"upper_{side}": upper,
                f"lower_{side}": lower,
            }
    return found


_AROUND = 28
"""Points along the lips."""


def _edge(numbers: Numbers) -> np.ndarray:
    """(_AROUND, 3) the line between the lips, from the left corner upwards."""
    turn = np.arange(_AROUND) * 2 * np.pi / _AROUND
    cosine, sine = np.cos(turn), np.sin(turn)
    upper, lower = np.maximum(sine, 0), np.maximum(-sine, 0)
    get = numbers.get
    x = (0.026 + get("width", 0)) * cosine + get("shift", 0) + get("lower_x", 0) * lower
    y = 0.0003 * sine + get("upper", 0) * upper + get("lower", 0) * lower
    forward = get("forward", 0) + get("upper_z", 0) * upper + get("lower_z", 0) * lower
    for side, sign in _SIDES.items():
        half = np.maximum(sign * cosine, 0)
        x = x + sign * get(f"corner_x_{side}", 0) * half**2
        y = y + get(f"corner_y_{side}", 0) * half**2
        y = y + (get(f"upper_{side}", 0) * upper + get(f"lower_{side}", 0) * lower) * np.sqrt(half)
    x, y = x + _MOUTH[0], y + _MOUTH[1]
    return np.stack((x, y, _surface(x, y) + forward + 0.001), -1)


def lips() -> Mesh:
    """A tube around the line between the lips."""
    sides = 8
    turn = np.arange(sides) * 2 * np.pi / sides

    def shape(**numbers: float) -> np.ndarray:
        edge = _edge(numbers)
        around = np.arange(_AROUND) * 2 * np.pi / _AROUND
        outward = np.stack((0.2 * np.cos(around), np.sin(around), np.zeros(_AROUND)), -1)
        thick = 0.0015 + 0.0035 * np.abs(np.sin(around))[:, None, None]
        ring = (
            outward[:, None] * np.cos(turn)[:, None] + np.array((0, 0, 1.0)) * np.sin(turn)[:, None]
        )
        points = edge[:, None] + thick * (ring + outward[:, None])
        closed = np.concatenate((points, points[:1]))
        return np.asarray(CENTRE + closed.reshape(-1, 3))

    return _shaped(shape, grid(_AROUND + 1, sides), _mouth_shapes())


def cavity() -> Mesh:
    """The dark of the mouth, between the lips."""
    rings = 5

    def shape(**numbers: float) -> np.ndarray:
        edge = _edge(numbers)
        share = np.linspace(0, 1, rings)[:, None, None]  # from the lips to the middle
        points = edge + share * (edge.mean(axis=0) - edge)
        points[..., 2] += _surface(points[..., 0], points[..., 1]) - _between(
            _surface(edge[:, 0], edge[:, 1]), share[..., 0]
        )
        return np.asarray(CENTRE + points.reshape(-1, 3) + (0, 0, 0.0006))

    return _shaped(shape, grid(rings, _AROUND), _mouth_shapes())


def _between(values: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(rings, n) from values (n) to their mean."""
    return np.asarray(values + share * (values.mean() - values))


_TOOTH, _TIGHT = 0.0075, 0.003
"""How far teeth show below the upper lip, and how far the mouth opens without showing any."""


def teeth() -> Mesh:
    """The upper teeth, as much of them as the mouth's opening shows."""
    columns = _AROUND // 2 - 3

    def shape(**numbers: float) -> np.ndarray:
        edge = _edge(numbers)
        above, below = edge[2 : 2 + columns], edge[-2 : -2 - columns : -1]
        gap = np.maximum(0, above[:, 1] - below[:, 1] - _TIGHT)
        reach = np.minimum(0.55 * gap, _TOOTH) / np.maximum(gap, 1e-9)
        share = np.linspace(0, 1, 3)[:, None, None] * reach[:, None]
        points = above + share * (below - above)
        points[..., 2] = (
            _surface(points[..., 0], points[..., 1])
            + np.linspace(above[:, 2], below[:, 2], 3)
            - np.linspace(_surface(above[:, 0], above[:, 1]), _surface(below[:, 0], below[:, 1]), 3)
        )
        return np.asarray(CENTRE + points.reshape(-1, 3) + (0, 0, 0.0009))

    return _shaped(shape, grid(3, columns, closed=False), _mouth_shapes())
