"""The avatar as a VRM 1.0 file: meshes on a skin, and what its expressions are made of.

Sources: glTF 2.0 and VRMC_vrm 1.0, https://github.com/vrm-c/vrm-specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from avatar import body, face
from avatar.meshes import Mesh, normals
from holistic.interchange.gltf import Buffer, glb
from holistic.shared.blendshapes import NAMES
from holistic.shared.bones import BONES, PARENTS

_ARRAY, _ELEMENTS = 34962, 34963  # glTF's numbers of what arrays are for


class Part(NamedTuple):
    """A mesh with its name, its colour (red, green, blue; 0 to 1) and its roughness.

    One that is ``open`` is seen from inside too; the others are painted from outside alone.
    """

    name: str
    mesh: Mesh
    colour: tuple[float, float, float]
    roughness: float = 0.9
    open: bool = False


def parts() -> list[Part]:
    """All parts of the avatar."""
    skin, hair = (0.86, 0.56, 0.42), (0.09, 0.05, 0.035)
    return [
        Part("shirt", body.shirt(), (0.05, 0.32, 0.48)),
        Part("trousers", body.trousers(), (0.06, 0.08, 0.17)),
        Part("shoes", body.shoes(), (0.85, 0.85, 0.82)),
        Part("skin", body.skin(), skin, 0.7),
        Part("head", face.head(), skin, 0.7),
        Part("hair", face.hair(), hair, 0.6, open=True),
        Part("eyeballs", face.eyeballs(), (0.97, 0.97, 0.97), 0.2),
        Part("irises", face.irises(), (0.12, 0.3, 0.33), 0.2),
        Part("pupils", face.pupils(), (0.01, 0.01, 0.01), 0.2),
        Part("lids", face.lids(), (0.82, 0.52, 0.4), 0.7, open=True),
        Part("lashes", face.lashes(), hair, open=True),
        Part("brows", face.brows(), hair),
        Part("lips", face.lips(), (0.66, 0.24, 0.22), 0.5),
        Part("mouth", face.cavity(), (0.13, 0.02, 0.03), open=True),
        Part("teeth", face.teeth(), (0.92, 0.9, 0.86), 0.3, open=True),
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
        "POSITION": _add_vectors(mesh.positions, buffer),
        "NORMAL": _add_vectors(outward, buffer),
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
            {"POSITION": _add_vectors(moved, buffer)} for moved in mesh.morphs.values()
        ]
        found["extras"] = {"targetNames": list(mesh.morphs)}
    return found


def _add_vectors(vectors: np.ndarray, buffer: Buffer) -> int:
    return buffer.add(vectors.astype(np.float32), "VEC3", _ARRAY, bounds=True)


def _material(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "doubleSided": part.open,
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
