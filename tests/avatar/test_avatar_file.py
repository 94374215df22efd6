"""The avatar's file: a VRM 1.0 model that other programs can open."""

from pathlib import Path
from typing import Any

import numpy as np
import pygltflib
import pytest

from avatar import body, face, vrm
from avatar.meshes import Mesh, ellipsoid, normals, tube
from holistic.shared.blendshapes import NAMES
from holistic.shared.bones import BONES

SHOWN = set(NAMES) - {"_neutral"}
PARTS = vrm.parts()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> pygltflib.GLTF2:
    """The file as pygltflib reads it."""
    path = tmp_path_factory.mktemp("avatar") / "holistic.glb"
    path.write_bytes(vrm.content())
    return pygltflib.GLTF2().load_binary(str(path))


def array(file: pygltflib.GLTF2, number: int) -> np.ndarray:
    """The numbers of an accessor, (count, values)."""
    accessor = file.accessors[number]
    view = file.bufferViews[accessor.bufferView]
    kind = {5121: np.uint8, 5123: np.uint16, 5126: np.float32}[accessor.componentType]
    content = file.binary_blob()[view.byteOffset : view.byteOffset + view.byteLength]
    return np.frombuffer(content, kind).reshape(accessor.count, -1)


def outward(mesh: Mesh, centre: np.ndarray) -> np.ndarray:
    """(m,) how far each triangle faces away from a centre, nothing for those without an area."""
    corners = mesh.positions[mesh.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    size = np.linalg.norm(across, axis=1)
    found = (across * (corners.mean(axis=1) - centre)).sum(axis=1)
    return np.asarray(found[size > 1e-9])


def test_its_skeleton_has_all_bones(file: pygltflib.GLTF2) -> None:
    bones = file.extensions["VRMC_vrm"]["humanoid"]["humanBones"]
    assert set(bones) == set(BONES)
    assert [file.nodes[bones[bone]["node"]].name for bone in BONES] == list(BONES)
    (skin,) = file.skins
    assert skin.joints == list(range(len(BONES)))
    assert len(array(file, skin.inverseBindMatrices)) == len(BONES)


def test_it_has_the_expressions_of_arkit_and_of_vrm(file: pygltflib.GLTF2) -> None:
    expressions = file.extensions["VRMC_vrm"]["expressions"]
    assert set(expressions["custom"]) == SHOWN
    assert set(expressions["preset"]) == set(vrm.PRESETS)
    for name, expression in expressions["custom"].items():
        for bind in expression.get("morphTargetBinds", []):
            mesh = file.meshes[file.nodes[bind["node"]].mesh]
            assert mesh.extras["targetNames"][bind["index"]] == name


def test_everything_that_a_face_can_show_moves_something() -> None:
    for name in SHOWN:
        moved = [part.mesh.morphs[name] for part in PARTS if name in part.mesh.morphs]
        gaze = name.startswith(("eyeLookIn", "eyeLookOut"))  # the eyes' bones do that
        assert gaze or max(np.abs(each).max() for each in moved) > 1e-3, name


def test_left_and_right_are_the_person_s_own() -> None:
    for part in PARTS:
        for name, moved in part.mesh.morphs.items():
            x = (part.mesh.positions[:, 0] * np.abs(moved).sum(axis=1)).sum()
            if name.endswith("Left") and name != "mouthLeft":
                assert x >= 0, (part.name, name)
            if name.endswith("Right") and name != "mouthRight":
                assert x <= 0, (part.name, name)


def test_weights_of_bones_add_up_to_one(file: pygltflib.GLTF2) -> None:
    for mesh in file.meshes:
        attributes = mesh.primitives[0].attributes
        assert array(file, attributes.WEIGHTS_0).sum(axis=1) == pytest.approx(1, abs=1e-6)
        assert array(file, attributes.JOINTS_0).max() < len(BONES)


def test_every_triangle_has_points(file: pygltflib.GLTF2) -> None:
    for mesh in file.meshes:
        (primitive,) = mesh.primitives
        points = array(file, primitive.attributes.POSITION)
        assert np.isfinite(points).all()
        assert array(file, primitive.indices).max() < len(points)


def test_convex_parts_face_outwards() -> None:
    ball = ellipsoid(np.array((1, 2, 3.0)), (0.1, 0.2, 0.3))
    assert (outward(ball, np.array((1, 2, 3.0))) > 0).all()
    points, radii = np.array([(0, 0, 0), (0, 1, 0.0)]), np.full((2, 2), 0.1)
    assert (outward(tube(points, [0], radii, 1), points.mean(axis=0)) > 0).all()
    assert (outward(face.hair(), face.CENTRE) > 0).all()


def test_normals_of_a_ball_point_away_from_its_middle() -> None:
    ball = ellipsoid(np.zeros(3), (1, 1, 1))
    used = np.unique(ball.triangles)
    pointing = (normals(ball.positions, ball.triangles) * ball.positions).sum(axis=1)[used]
    assert np.median(pointing) > 0.95


def test_it_stands_on_the_floor_and_is_as_tall_as_an_adult() -> None:
    positions = np.concatenate([part.mesh.positions for part in PARTS])
    assert abs(positions[:, 1].min()) < 0.02
    assert 1.5 < positions[:, 1].max() < 1.9
    assert positions[:, 0].max() == pytest.approx(-positions[:, 0].min(), abs=1e-6)


def test_fingers_hang_on_their_own_bones() -> None:
    skin = body.skin()
    for bone in BONES:
        if bone.endswith(("Proximal", "Intermediate", "Distal")):
            own = skin.weights[:, BONES.index(bone)] > 0.9
            assert own.any(), bone


def test_its_bytes_are_always_the_same() -> None:
    assert vrm.content() == vrm.content()


def test_the_command_writes_it(tmp_path: Path, monkeypatch: Any) -> None:
    import runpy
    import sys

    monkeypatch.setattr(sys, "argv", ["avatar", str(tmp_path / "me.vrm")])
    runpy.run_module("avatar", run_name="__main__")
    assert (tmp_path / "me.vrm").read_bytes() == vrm.content()
