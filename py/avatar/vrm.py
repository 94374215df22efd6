"""The avatar as a VRM 1.0 file: meshes on a skin, and what its expressions are made of.

Sources: glTF 2.0 and VRMC_vrm 1.0, https://github.com/vrm-c/vrm-specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from avatar import body, face
from avatar.meshes import Mesh, normals
from holistic.interchange.gltf import glb
from holistic.shared.blendshapes import NAMES
from holistic.shared.bones import BONES, PARENTS

_FLOAT, _SHORT, _BYTE = 5126, 5123, 5121  # glTF's numbers of types
_ARRAY, _ELEMENTS = 34962, 34963  # and of buffers


class Part(NamedTuple):
    """A mesh with its name, its colour (red, green, blue; 0 to 1) and its roughness."""

    name: str
    mesh: Mesh
    colour: tuple[float, float, float]
    roughness: float = 0.9


def parts() -> list[Part]:
    """All parts of the avatar."""
    skin, hair = (0.93, 0.69, 0.55), (0.16, 0.1, 0.08)
    return [
        Part("shirt", body.shirt(), (0.12, 0.42, 0.55)),
        Part("trousers", body.trousers(), (0.13, 0.16, 0.26)),
        Part("shoes", body.shoes(), (0.85, 0.85, 0.82)),
        Part("skin", body.skin(), skin, 0.7),
        Part("head", face.head(), skin, 0.7),
        Part("hair", face.hair(), hair, 0.6),
        Part("eyeballs", face.eyeballs(), (0.97, 0.97, 0.97), 0.2),
        Part("irises", face.irises(), (0.1, 0.2, 0.16), 0.2),
        Part("lids", face.lids(), (0.88, 0.62, 0.49), 0.7),
        Part("brows", face.brows(), hair),
        Part("lips", face.lips(), (0.75, 0.35, 0.33), 0.5),
        Part("mouth", face.cavity(), (0.22, 0.04, 0.05)),
    ]


Shapes = Mapping[str, float]

PRESETS: Mapping[str, Shapes] = {
    "aa": {"jawOpen": 0.8},
    "ih": {"mouthStretchLeft": 0.7, "mouthStretchRight": 0.7, "jawOpen": 0.2},
    "ou": {"mouthPucker": 0.9, "jawOpen": 0.12},
    "ee": {
        "mouthStretchLeft": 0.8,
        "mouthStretchRight": 0.8,
        "mouthLowerDownLeft": 0.4,
        "mouthLowerDownRight": 0.4,
        "mouthUpperUpLeft": 0.3,
        "mouthUpperUpRight": 0.3,
    },
    "oh": {"mouthFunnel": 0.8, "jawOpen": 0.4},
    "blink": {"eyeBlinkLeft": 1, "eyeBlinkRight": 1},
    "blinkLeft": {"eyeBlinkLeft": 1},
    "blinkRight": {"eyeBlinkRight": 1},
    "happy": {
        "mouthSmileLeft": 1,
        "mouthSmileRight": 1,
        "cheekSquintLeft": 0.7,
        "cheekSquintRight": 0.7,
    },
    "angry": {"browDownLeft": 1, "browDownRight": 1, "mouthFrownLeft": 0.4, "mouthFrownRight": 0.4},
    "sad": {"browInnerUp": 0.9, "mouthFrownLeft": 0.9, "mouthFrownRight": 0.9},
    "relaxed": {
        "mouthSmileLeft": 0.4,
        "mouthSmileRight": 0.4,
        "eyeSquintLeft": 0.5,
        "eyeSquintRight": 0.5,
    },
    "surprised": {
        "eyeWideLeft": 1,
        "eyeWideRight": 1,
        "browInnerUp": 0.8,
        "browOuterUpLeft": 0.8,
        "browOuterUpRight": 0.8,
        "jawOpen": 0.4,
    },
    "neutral": {},
}
"""VRM's preset expressions, of blendshapes; those that look are the eyes' bones."""


class Buffer:
    """The bytes of a file's arrays, and their descriptions."""

    def __init__(self) -> None:
        self.views: list[dict[str, int]] = []
        self.accessors: list[dict[str, Any]] = []
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def content(self) -> bytes:
        """All bytes."""
        return b"".join(self._pieces)

    def add(self, array: np.ndarray, kind: str, target: int | None = None) -> int:
        """The number of an array's accessor."""
        number = {"f": _FLOAT, "H": _SHORT, "B": _BYTE}[array.dtype.char]
        content = array.tobytes()
        view = {"buffer": 0, "byteOffset": self._size, "byteLength": len(content)}
        self.views.append(view | ({"target": target} if target else {}))
        accessor = {
            "bufferView": len(self.views) - 1,
            "componentType": number,
            "count": len(array),
            "type": kind,
        }
        if kind == "VEC3":
            accessor |= {"min": array.min(0).tolist(), "max": array.max(0).tolist()}
        self.accessors.append(accessor)
        padded = content + bytes(-len(content) % 4)
        self._pieces.append(padded)
        self._size += len(padded)
        return len(self.accessors) - 1


def content() -> bytes:
    """The file."""
    buffer = Buffer()
    made = parts()
    meshes = [_mesh(part, number, buffer) for number, part in enumerate(made)]
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(BONES), 1, 1))
    inverse[:, 3, :3] = -body.JOINTS  # column by column
    skin = buffer.add(inverse.reshape(-1, 16), "MAT4")
    first = len(BONES)
    document = {
        "asset": {"version": "2.0", "generator": "Holistic Tracking"},
        "extensionsUsed": ["VRMC_vrm"],
        "extensions": {"VRMC_vrm": _vrm(made, first)},
        "scene": 0,
        "scenes": [{"nodes": [0, *range(first, first + len(made))]}],
        "nodes": [
            *(_bone(bone) for bone in BONES),
            *({"name": p.name, "mesh": row, "skin": 0} for row, p in enumerate(made)),
        ],
        "meshes": meshes,
        "skins": [{"skeleton": 0, "joints": list(range(len(BONES))), "inverseBindMatrices": skin}],
        "materials": [_material(part) for part in made],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": len(buffer.content)}],
    }
    return glb(document, buffer.content)


def _bone(bone: str) -> dict[str, Any]:
    parent = PARENTS[bone]
    start = body.joint(parent) if parent else np.zeros(3)
    place = [round(float(value), 6) for value in body.joint(bone) - start]
    children = [row for row, each in enumerate(BONES) if PARENTS[each] == bone]
    return {"name": bone, "translation": place} | ({"children": children} if children else {})


def _mesh(part: Part, material: int, buffer: Buffer) -> dict[str, Any]:
    mesh = part.mesh
    joints = np.argsort(-mesh.weights, axis=1)[:, :4]
    weights = np.take_along_axis(mesh.weights, joints, axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    outward = normals(mesh.positions, mesh.triangles)
    attributes = {
        "POSITION": buffer.add(mesh.positions.astype(np.float32), "VEC3", _ARRAY),
        "NORMAL": buffer.add(outward.astype(np.float32), "VEC3", _ARRAY),
        "JOINTS_0": buffer.add(joints.astype(np.uint8), "VEC4", _ARRAY),
        "WEIGHTS_0": buffer.add(weights.astype(np.float32), "VEC4", _ARRAY),
    }
    primitive: dict[str, Any] = {
        "attributes": attributes,
        "indices": buffer.add(mesh.triangles.astype(np.uint16).ravel(), "SCALAR", _ELEMENTS),
        "material": material,
    }
    found: dict[str, Any] = {"name": part.name, "primitives": [primitive]}
    if mesh.morphs:
        primitive["targets"] = [
            {"POSITION": buffer.add(moved.astype(np.float32), "VEC3", _ARRAY)}
            for moved in mesh.morphs.values()
        ]
        found["extras"] = {"targetNames": list(mesh.morphs)}
    return found


def _material(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "doubleSided": True,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*part.colour, 1],
            "metallicFactor": 0,
            "roughnessFactor": part.roughness,
        },
    }


def _vrm(made: list[Part], first: int) -> dict[str, Any]:
    bones = {bone: {"node": row} for row, bone in enumerate(BONES)}
    gaze = {"inputMaxValue": 90, "outputScale": 10}
    ways = ("HorizontalInner", "HorizontalOuter", "VerticalDown", "VerticalUp")
    shown = [name for name in NAMES if name != "_neutral"]
    return {
        "specVersion": "1.0",
        "meta": {
            "name": "Holistic",
            "version": "1",
            "authors": ["the Holistic Tracking authors"],
            "licenseUrl": "https://vrm.dev/licenses/1.0/",
            "otherLicenseUrl": "https://www.apache.org/licenses/LICENSE-2.0",
            "avatarPermission": "everyone",
            "commercialUsage": "corporation",
            "creditNotation": "unnecessary",
            "allowRedistribution": True,
            "modification": "allowModificationRedistribution",
        },
        "humanoid": {"humanBones": bones},
        "lookAt": {
            "type": "bone",
            "offsetFromHeadBone": [0, 0.06, 0],
            **{f"rangeMap{way}": gaze for way in ways},
        },
        "expressions": {
            "preset": {name: _expression(made, first, shapes) for name, shapes in PRESETS.items()},
            "custom": {name: _expression(made, first, {name: 1}) for name in shown},
        },
    }


def _expression(made: list[Part], first: int, shapes: Shapes) -> dict[str, Any]:
    binds = [
        {"node": first + row, "index": list(part.mesh.morphs).index(name), "weight": weight}
        for name, weight in shapes.items()
        for row, part in enumerate(made)
        if name in part.mesh.morphs
    ]
    return {"morphTargetBinds": binds} if binds else {}
