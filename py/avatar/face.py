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

CENTRE = joint("head") + (0, 0.085, 0.012)
RADII = np.array((0.076, 0.112, 0.094))

_EYEBALL = 0.0165
_LID = 0.0182  # radius of the lids around the eyeball
_MOUTH = np.array((0.0, -0.062))  # from the head's centre
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
    inside = np.maximum(0, 1 - (x / RADII[0]) ** 2 - (y / RADII[1]) ** 2)
    return np.asarray(RADII[2] * np.sqrt(inside))


def head() -> Mesh:
    """Head, ears and nose, with cheeks that puff and a nose that sneers."""
    skull = ellipsoid(CENTRE, RADII.tolist(), 24, 32)
    nose = ellipsoid(CENTRE + (0, -0.022, RADII[2] + 0.001), (0.011, 0.02, 0.014))
    ears = [
        ellipsoid(CENTRE + (s * RADII[0], -0.01, -0.005), (0.01, 0.026, 0.016)) for s in (1, -1)
    ]
    mesh = joined([skull, nose, *ears])
    offsets = mesh.positions - CENTRE
    puff = sum(_bump(offsets, (s * 0.045, -0.045, 0.065), 0.03) for s in (1, -1))
    out = offsets / np.linalg.norm(offsets, axis=1, keepdims=True)
    morphs = {"cheekPuff": 0.014 * puff[:, None] * out}
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
    cap = ellipsoid(CENTRE + (0, 0.004, -0.006), (RADII + 0.008).tolist(), 24, 32)
    x, y, z = (cap.positions - CENTRE).T
    hairline = np.where(z > 0, 0.058 - 0.25 * np.abs(x), -0.05)
    kept = (y > hairline)[cap.triangles].any(axis=1)
    return _hung(cap._replace(triangles=cap.triangles[kept]), "head")


def eyeballs() -> Mesh:
    """The white of the eyes."""
    return joined([_eye(side, _EYEBALL, 0.0) for side in ("left", "right")])


def irises() -> Mesh:
    """Irises, which stand out of the eyeballs a little."""
    return joined([_eye(side, 0.0085, 0.0095) for side in ("left", "right")])


def _eye(side: str, radius: float, forward: float) -> Mesh:
    bone = f"{side}Eye"
    return _hung(ellipsoid(joint(bone) + (0, 0, forward), (radius,) * 3, 12, 16), bone)


def lids() -> Mesh:
    """Upper and lower lids, of which each edge has a height in degrees."""
    found = []
    for side, sign in _SIDES.items():
        centre = joint(f"{side.lower()}Eye")
        upper = {"Blink": -18.0, "Wide": 52.0, "Squint": 22.0, "LookDown": 12.0, "LookUp": 46.0}
        lower = {"Blink": -20.0, "Wide": -46.0, "Squint": -26.0, "LookDown": -44.0}
        for rest, pole, edges in ((36.0, 90.0, upper), (-40.0, -90.0, lower)):
            shapes = {f"eye{name}{side}": {"edge": edge} for name, edge in edges.items()}

            def shape(
                edge: float = rest, pole: float = pole, centre: np.ndarray = centre
            ) -> np.ndarray:
                return _lid(centre, pole, edge)

            triangles = grid(6, _COLUMNS, closed=False)
            found.append(_shaped(shape, triangles if pole < 0 else triangles[:, ::-1], shapes))
        del sign
    return joined(found)


def _lid(centre: np.ndarray, pole: float, edge: float) -> np.ndarray:
    """(n, 3): a piece of a ball from its pole to a height, both in degrees."""
    rise = np.radians(pole + np.linspace(0, 1, 6) * (edge - pole))
    turn = np.radians(np.linspace(-95, 95, _COLUMNS))
    rise, turn = np.meshgrid(rise, turn, indexing="ij")
    points = np.stack((np.cos(rise) * np.sin(turn), np.sin(rise), np.cos(rise) * np.cos(turn)), -1)
    return np.asarray(centre + _LID * points.reshape(-1, 3))


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
    height = 0.022 + 0.006 * np.sin(np.pi * share) + inner * (1 - share) + outer * share
    z = _surface(x, height) + 0.003
    thick = 0.0042 * np.sqrt(np.maximum(0.02, 1 - (2 * share - 0.8) ** 2 / 1.5))
    turn = np.arange(6) * np.pi / 3
    ring = np.stack((np.zeros(6), np.sin(turn), np.cos(turn)), -1)
    middle = np.stack((x, height, z), -1)
    points = middle[:, None] + ring * thick[:, None, None]
    return np.asarray(CENTRE + points.reshape(-1, 3))


_MOUTH_SHAPES: dict[str, Numbers] = {
    "jawOpen": {"lower": -0.032, "width": -0.003},
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
    y = 0.0012 * sine + get("upper", 0) * upper + get("lower", 0) * lower
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
    rim = np.arange(_AROUND)
    triangles = np.stack((np.full(_AROUND, _AROUND), rim, (rim + 1) % _AROUND), -1)

    def shape(**numbers: float) -> np.ndarray:
        edge = _edge(numbers) + (0, 0, 0.0012)
        return np.asarray(CENTRE + np.concatenate((edge, edge.mean(axis=0, keepdims=True))))

    return _shaped(shape, triangles, _mouth_shapes())
