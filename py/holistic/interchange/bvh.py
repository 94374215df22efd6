"""BVH files, skeletons in motion: text that Blender and most programs of animation read.

One person, in metres, y up, looking along z: what Blender's importer expects unless it is told
otherwise (Forward -Z, Up Y, Scale 1). The frame time is constant. At rest the skeleton is in the
T-pose; bones are called as in VRM 1.0. Rotations are Euler angles in degrees in the order Z, X, Y,
the outermost first, as in the files of Carnegie Mellon University.

Source: Meredith and Maddock, "Motion Capture File Formats Explained" (2001).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from holistic.interchange import tracks
from holistic.interchange.movement import movement, resampled
from holistic.motion import BONES, PARENTS, Skeleton
from holistic.motion.quaternions import matrices
from holistic.results.readers import Recording

_DECIMALS = 6
_TURNS = "Zrotation Xrotation Yrotation"
_CHILDREN = {bone: [each for each in BONES if PARENTS[each] == bone] for bone in BONES}


def write(recording: Recording, path: Path, person: int | None = None) -> None:
    """Write the movement of a person, or of the one person that there is.

    Raises:
        ValueError: see ``movement.movement``.
        OSError: the file cannot be written.
    """
    rate = tracks.rate(recording)
    moving = resampled(movement(recording, person), rate)
    listed, lines = _hierarchy(moving.skeleton)
    degrees = _euler_angles(moving.rotations)[:, [BONES.index(bone) for bone in listed]]
    numbers = np.concatenate((moving.hips, degrees.reshape(len(degrees), -1)), axis=1)
    frames = (_numbers(frame) for frame in numbers)
    head = ("MOTION", f"Frames: {len(numbers)}", f"Frame Time: {1 / rate:.9f}")
    path.write_text("\n".join(("HIERARCHY", *lines, *head, *frames)) + "\n", "utf-8")


def _numbers(values: np.ndarray) -> str:
    return " ".join(f"{value:.{_DECIMALS}f}" for value in values)


def _hierarchy(of: Skeleton) -> tuple[list[str], list[str]]:
    """The bones in the order of the file, and the lines that describe them."""
    listed: list[str] = []

    def described(bone: str, depth: int) -> Iterator[str]:
        listed.append(bone)
        tabs, root = "\t" * depth, depth == 0
        offset = np.zeros(3) if root else of.offsets[BONES.index(bone)]
        yield f"{tabs}{'ROOT' if root else 'JOINT'} {bone}"
        yield f"{tabs}{{"
        yield f"{tabs}\tOFFSET {_numbers(offset)}"
        positions = "6 Xposition Yposition Zposition" if root else "3"
        yield f"{tabs}\tCHANNELS {positions} {_TURNS}"
        for child in _CHILDREN[bone]:
            yield from described(child, depth + 1)
        if not _CHILDREN[bone]:
            yield f"{tabs}\tEnd Site"
            yield f"{tabs}\t{{"
            yield f"{tabs}\t\tOFFSET {_numbers(of.ends[bone])}"
            yield f"{tabs}\t}}"
        yield f"{tabs}}}"

    lines = list(described("hips", 0))
    return listed, lines


def _euler_angles(rotations: np.ndarray) -> np.ndarray:
    """(frames, bones, 3): degrees about z, x and y, of the ways to say them the most even one."""
    turned = matrices(rotations)
    x = np.arcsin(np.clip(turned[..., 2, 1], -1, 1))
    z = np.arctan2(-turned[..., 0, 1], turned[..., 1, 1])
    y = np.arctan2(-turned[..., 2, 0], turned[..., 2, 2])
    ways = np.stack((np.stack((z, x, y), -1), np.stack((z + np.pi, np.pi - x, y + np.pi), -1)))
    found = ways[0]
    for frame in range(1, len(found)):
        before = found[frame - 1]
        near = ways[:, frame] - 2 * np.pi * np.round((ways[:, frame] - before) / (2 * np.pi))
        distances = np.abs(near - before).sum(axis=-1)
        found[frame] = np.where((distances[0] <= distances[1])[:, None], *near)
    return np.asarray(np.degrees(found))
