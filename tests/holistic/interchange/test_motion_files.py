"""BVH and glTF, read again by the libraries that people use: the joints are where they were."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from builder import ROOT
from holistic.interchange import bvh, formats, gltf
from holistic.interchange.collected import WRITERS
from holistic.interchange.movement import longest, movement, resampled
from holistic.motion import BONES, posed
from holistic.motion.body import AXES
from holistic.motion.solver import INDEX
from holistic.results.readers import Recording
from holistic.results.result import Result
from holistic.results.writers import Head
from holistic.shared import landmarks

sys.path.append(str(Path(__file__).parents[1] / "motion"))
from bodies import HEIGHT, STANDARD, WIDTH, person_of, sequence

NEAR = 0.001  # metres
FPS = 30.0
LANDMARKS = {
    "leftUpperArm": "left_shoulder",
    "rightLowerArm": "right_elbow",
    "leftHand": "left_wrist",
    "rightLowerLeg": "right_knee",
    "leftFoot": "left_ankle",
}


@pytest.fixture(scope="module")
def recording():
    """Somebody who moves at 30 frames a second, a few of which are lost."""
    people = [person_of(STANDARD, each) for each in sequence(7, poses=3, frames=30)]
    results = [
        Result(1000 * frame / FPS, WIDTH, HEIGHT, (person,))
        for frame, person in enumerate(people)
        if frame % 11 != 5
    ]
    return Recording(tuple(results), WIDTH, HEIGHT, "dance.mp4", FPS)


@pytest.fixture(scope="module")
def joints(recording):
    """(frames, 54, 3): where the bones begin, thirty times a second."""
    moving = resampled(movement(recording), FPS)
    return posed(moving.skeleton, moving.rotations, moving.hips).joints


def three(path, times):
    """What three's loaders read."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "three").is_dir():
        pytest.skip("Node.js, or three.js in node_modules, is missing: build.py test brings it")
    script = Path(__file__).with_name("read_motion.mjs")
    command = ["node", str(script), str(path), json.dumps(list(times))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class TestMovement:
    """The movement that the files hold."""

    def test_it_has_its_joints_where_the_landmarks_are(self, recording):
        moving = movement(recording)
        joints = posed(moving.skeleton, moving.rotations, moving.hips).joints
        still = [0, len(recording.results) - 1]  # smoothing lags behind what moves
        for frame in still:
            world = recording.results[frame].person.pose_world
            for bone, landmark in LANDMARKS.items():
                point = world[landmarks.POSE.index(landmark)] * AXES
                found = joints[frame, INDEX[bone]] - joints[frame, INDEX["hips"]]
                assert found == pytest.approx(point, abs=0.03), bone

    def test_it_stands_on_the_floor(self, recording):
        moving = movement(recording)
        rest = posed(moving.skeleton, np.tile((0, 0, 0, 1.0), (54, 1))).joints
        assert rest[:, 1].min() == pytest.approx(0, abs=0.01)

    def test_neighbouring_quaternions_are_near_one_another(self, recording):
        rotations = movement(recording).rotations
        assert np.linalg.norm(np.diff(rotations, axis=0), axis=-1).max() < 0.5

    def test_of_the_two_quaternions_of_a_rotation_the_nearer_one_is_taken(self, recording):
        moving = movement(recording)
        signs = np.where(np.arange(len(moving.times)) % 2, -1, 1)[:, None, None]
        again = resampled(moving._replace(rotations=signs * moving.rotations), FPS).rotations
        assert np.linalg.norm(np.diff(again, axis=0), axis=-1).max() < 0.5

    def test_equal_steps_are_between_the_frames(self, recording):
        moving = movement(recording)
        again = resampled(moving, FPS)
        assert np.diff(again.times) == pytest.approx(1 / FPS)
        assert (again.times[0], again.times[-1]) == pytest.approx((0, moving.times[-1]))
        kept = np.round(moving.times * FPS).astype(int)
        assert again.rotations[kept] == pytest.approx(moving.rotations, abs=1e-6)
        assert again.hips[kept] == pytest.approx(moving.hips, abs=1e-6)

    def test_a_picture_is_one_frame(self, recording):
        one = Recording(recording.results[:1], WIDTH, HEIGHT)
        assert resampled(movement(one), 1).rotations.shape == (1, 54, 4)

    def test_whoever_is_absent_is_held(self, recording):
        nobody = Result(5000.0, WIDTH, HEIGHT, ())
        gone = Recording((*recording.results, nobody), WIDTH, HEIGHT)
        moving = movement(gone)
        assert len(moving.times) == len(recording.results) + 1
        assert np.isfinite(moving.rotations).all()

    def test_the_longest_is_whoever_is_in_most_frames(self, pair, recording):
        assert longest(pair) == 4
        assert longest(Recording((), WIDTH, HEIGHT)) is None


@pytest.fixture(scope="module")
def path(recording, tmp_path_factory):
    """A BVH file."""
    path = tmp_path_factory.mktemp("bvh") / "a.bvh"
    bvh.write(recording, path)
    return path


class TestBvh:
    """Text with a constant frame time."""

    def test_bvhio_has_the_joints_where_they_were(self, path, joints):
        bvhio = pytest.importorskip("bvhio")
        root = bvhio.readAsHierarchy(str(path))
        for frame in (0, 17, len(joints) - 1):
            root.loadPose(frame)
            for joint, _, _ in root.layout():
                place = np.array(tuple(joint.PositionWorld))
                assert place == pytest.approx(joints[frame, INDEX[joint.Name]], abs=NEAR)

    def test_three_has_the_joints_where_they_were(self, path, joints):
        frames = [0, 17, len(joints) - 1]
        found = three(path, [frame / FPS for frame in frames])
        assert found["clip"]["duration"] == pytest.approx((len(joints) - 1) / FPS, abs=1e-3)
        for bone in BONES:
            assert np.array(found["joints"][bone]) == pytest.approx(
                joints[frames, INDEX[bone]], abs=NEAR
            )

    def test_the_frame_time_is_constant_though_frames_were_lost(self, path, joints):
        lines = path.read_text().splitlines()
        start = lines.index("MOTION")
        assert lines[start + 1] == f"Frames: {len(joints)}"
        assert float(lines[start + 2].removeprefix("Frame Time: ")) == pytest.approx(1 / FPS)
        assert len(lines) == start + 3 + len(joints)

    def test_angles_do_not_jump_by_whole_turns(self, path):
        lines = path.read_text().splitlines()
        numbers = np.array([line.split() for line in lines[lines.index("MOTION") + 3 :]], float)
        assert np.abs(np.diff(numbers[:, 3:], axis=0)).max() < 180


class TestGltf:
    """Binary glTF with the time stamps that there were."""

    @pytest.mark.parametrize("ending", [".glb", ".vrma"])
    def test_three_has_the_joints_where_they_were(self, ending, recording, tmp_path):
        path = tmp_path / f"a{ending}"
        formats.write(recording, path)
        moving = movement(recording)
        frames = [0, 20, len(moving.times) - 1]
        expected = posed(moving.skeleton, moving.rotations, moving.hips).joints[frames]
        found = three(path, moving.times[frames])
        assert found["clip"]["duration"] == pytest.approx(moving.times[-1], abs=1e-4)
        assert set(found["joints"]) == set(BONES)
        for bone in BONES:
            assert np.array(found["joints"][bone]) == pytest.approx(
                expected[:, INDEX[bone]], abs=NEAR
            )

    def test_pygltflib_reads_every_rotation(self, recording, tmp_path):
        pygltflib = pytest.importorskip("pygltflib")
        gltf.write(recording, tmp_path / "a.glb")
        document = pygltflib.GLTF2().load(str(tmp_path / "a.glb"))
        assert [node.name for node in document.nodes] == list(BONES)
        assert document.skins[0].joints == list(range(54))
        moving = movement(recording)
        blob = document.binary_blob()
        (animation,) = document.animations
        for channel in animation.channels:
            sampler = animation.samplers[channel.sampler]
            values = {}
            for name in ("input", "output"):
                accessor = document.accessors[getattr(sampler, name)]
                view = document.bufferViews[accessor.bufferView]
                end = view.byteOffset + view.byteLength
                values[name] = np.frombuffer(blob[view.byteOffset : end], "<f4")
                assert accessor.count == len(moving.times)
            assert values["input"] == pytest.approx(moving.times, abs=1e-5)
            if channel.target.path == "rotation":
                expected = moving.rotations[:, channel.target.node]
                assert values["output"].reshape(-1, 4) == pytest.approx(expected, abs=1e-6)

    def test_vrma_says_which_node_is_which_bone(self, recording, tmp_path):
        formats.write(recording, tmp_path / "a.vrma")
        vrm = three(tmp_path / "a.vrma", [0])["vrm"]
        assert set(vrm["rotations"]) == set(BONES) - {"leftEye", "rightEye"}
        assert vrm["translations"] == ["hips"]
        assert vrm["looks"] == len(recording.results)
        assert 0.7 < vrm["hips"][1] < 1.2


@pytest.mark.parametrize("form", ["bvh", "glb", "vrma"])
def test_frame_by_frame_whoever_is_there_most_is_written(form, recording, tmp_path):
    file = io.BytesIO()
    with WRITERS[form](file, Head("dance.mp4", WIDTH, HEIGHT, FPS)) as writer:
        for result in recording.results:
            writer.write(result)
    formats.write(recording, tmp_path / f"a.{form}")
    assert file.getvalue() == (tmp_path / f"a.{form}").read_bytes()
