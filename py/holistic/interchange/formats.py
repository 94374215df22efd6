"""All formats by the endings of their names: what each holds, and who writes and reads it."""

from __future__ import annotations

import inspect
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from holistic.interchange import (
    bvh,
    c3d,
    coco_wholebody,
    deeplabcut,
    gltf,
    keypoints,
    markers,
    movement,
    openpose,
    parquet,
    pose_format,
    sleap,
    slp,
    tracks,
    trc,
)
from holistic.results import readers, writers
from holistic.results.readers import Recording
from holistic.results.result import SHAPES
from holistic.results.tables import BLENDSHAPES

_IMAGE = ("pose", "face", "left_hand", "right_hand")


class FormatError(ValueError):
    """A name is of no known format, or a format cannot do what is asked for."""


class Format(NamedTuple):
    """A format of files.

    Attributes:
        title: its name in sentences.
        ending: what the names of its files end in; empty for a folder.
        holds: the parts of a person that it keeps, and "blendshapes", "rotations" and "mask" if it
            keeps them.
        write: writes a recording to a path, and takes a ``person`` where it holds only one.
        read: reads one back; None where too little is in the file.
    """

    title: str
    ending: str
    holds: tuple[str, ...]
    write: Callable[..., None]
    read: Callable[[Path], Recording] | None = None

    @property
    def holds_one_person(self) -> bool:
        """Whether a file is of one person."""
        return "person" in inspect.signature(self.write).parameters


def _own(form: str) -> Callable[[Recording, Path], None]:
    """The function that writes one of the tracker's own formats."""

    def write(recording: Recording, path: Path) -> None:
        head = tracks.head(recording)._replace(source=recording.source or path.stem)
        writers.write_file(writers.WRITERS[form], head, recording.results, path)

    return write


MASK, ROTATIONS = "mask", "rotations"
_ALL = (*SHAPES, BLENDSHAPES)
FORMATS = (
    Format("JSON", ".json", (*_ALL, ROTATIONS), _own("json"), readers.read),
    Format("CSV", ".csv", _ALL, _own("csv"), readers.read),
    Format("NPZ", ".npz", (*_ALL, ROTATIONS, MASK), _own("npz"), readers.read),
    Format("Parquet", ".parquet", _ALL, parquet.write, parquet.read),
    Format(".pose", ".pose", ("pose_world", *_IMAGE), pose_format.write, pose_format.read),
    Format("TRC", ".trc", markers.PARTS, trc.write, trc.read),
    Format("C3D", ".c3d", markers.PARTS, c3d.write, c3d.read),
    Format("BVH", ".bvh", (*movement.PARTS, ROTATIONS), bvh.write),
    Format("glTF", ".glb", (*movement.PARTS, ROTATIONS), gltf.write),
    Format("VRM animation", ".vrma", (*movement.PARTS, ROTATIONS), gltf.write_vrma),
    Format("OpenPose JSON", "", _IMAGE, openpose.write),
    Format("COCO-WholeBody JSON", ".coco.json", _IMAGE, coco_wholebody.write),
    Format("DeepLabCut CSV", ".dlc.csv", keypoints.PARTS, deeplabcut.write_csv),
    Format("DeepLabCut HDF5", ".dlc.h5", keypoints.PARTS, deeplabcut.write_h5),
    Format("SLEAP analysis HDF5", ".analysis.h5", keypoints.PARTS, sleap.write),
    Format("SLEAP", ".slp", keypoints.PARTS, slp.write),
)
"""All formats, the tracker's own first."""


def format_of(path: Path) -> Format:
    """The format that a name ends in: the longest ending that fits; none is a folder's.

    Raises:
        FormatError: no format's files end so.
    """
    name = path.name.lower()
    fitting = [each for each in FORMATS if each.ending and name.endswith(each.ending)]
    if fitting:
        return max(fitting, key=lambda each: len(each.ending))
    if path.suffix and not path.is_dir():
        endings = ", ".join(each.ending for each in FORMATS if each.ending)
        raise FormatError(
            f"{path.name} is of no known format: a name ends in {endings}, "
            "or has no ending and is a folder for OpenPose's files"
        )
    return next(each for each in FORMATS if not each.ending)


def left_out(recording: Recording, form: Format) -> list[str]:
    """The parts, rotations and masks that a recording has and a format does not hold."""
    people = [person for result in recording.results for person in result.people]
    return [
        part
        for part in (*_ALL, ROTATIONS, MASK)
        if part not in form.holds and any(getattr(each, part) is not None for each in people)
    ]


def read(path: Path, size: tuple[int, int] | None = None) -> Recording:
    """The recording in a file of any format that can be read back.

    ``size``, (width, height) in pixels, is for the formats that do not tell the frames' size.

    Raises:
        FormatError: the name is of no known format, or of one that holds too little.
        MissingLibraryError: a library is not installed.
        ValueError: the file is damaged or another one; or ``size`` is missing.
        OSError: it cannot be read.
    """
    form = format_of(path)
    if form.read is None:
        raise FormatError(f"{form.title} files hold too little to be read back: {str(path)!r}")
    if form.read is readers.read:
        return readers.read(path, size)
    try:
        found = form.read(path)
    except (KeyError, IndexError, ValueError, struct.error) as error:
        raise ValueError(f"{path.name} holds no recording, or is damaged: {error}") from error
    return found if size is None or found.width else _sized(found, size)


def _sized(recording: Recording, size: tuple[int, int]) -> Recording:
    """The recording with frames of this size."""
    width, height = size
    results = tuple(replace(result, width=width, height=height) for result in recording.results)
    return replace(recording, results=results, width=width, height=height)


def write(recording: Recording, path: Path, person: int | None = None) -> None:
    """Write a recording in the format that the name ends in.

    ``person`` is the track id of the one to write where a format holds one person; it may be left
    out where there is only one.

    Raises:
        FormatError: the name is of no known format, or ``person`` is for a format that holds all.
        MissingLibraryError: a library is not installed.
        ValueError: the recording lacks what the format needs; see the format's module.
        OSError: it cannot be written.
    """
    form = format_of(path)
    if not form.holds_one_person:
        if person is not None:
            raise FormatError(f"{form.title} holds all people: choose none of them")
        form.write(recording, path)
        return
    form.write(recording, path, person)
