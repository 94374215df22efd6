"""All writers that take results as they come, and those of motion, which want to know all frames.

The latter keep all results in memory, about 15 KB a person and frame, and write the file at the
end. It holds one person: whoever is in most frames. Other formats that hold one person, or need a
choice, are not among them: ``holistic convert`` makes them.
"""

from __future__ import annotations

import shutil
from abc import abstractmethod
from pathlib import Path
from tempfile import TemporaryDirectory

from holistic.interchange import bvh, gltf, movement
from holistic.interchange.parquet import ParquetWriter
from holistic.interchange.pose_format import PoseWriter
from holistic.results import writers
from holistic.results.readers import Recording
from holistic.results.result import Result


class CollectingWriter(writers.Writer):
    """Keeps the results until the file is completed."""

    def __enter__(self) -> CollectingWriter:
        self._results: list[Result] = []
        return self

    def write(self, result: Result) -> None:
        """Keep the next frame."""
        self._results.append(result)

    @abstractmethod
    def _write(self, recording: Recording, path: Path) -> None:
        """Write the whole recording."""

    def close(self) -> None:
        """Write the file."""
        source, width, height, fps = self._head
        recording = Recording(tuple(self._results), width, height, source, fps)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "written"
            self._write(recording, path)
            with path.open("rb") as written:
                shutil.copyfileobj(written, self._file)


class MotionWriter(CollectingWriter):
    """A file of motion; see ``movement``."""

    @staticmethod
    @abstractmethod
    def _write_person(recording: Recording, path: Path, person: int | None) -> None:
        """Write one person's movement."""

    def _write(self, recording: Recording, path: Path) -> None:
        self._write_person(recording, path, movement.longest(recording))


class BvhWriter(MotionWriter):
    """A BVH file; see ``bvh``."""

    _write_person = staticmethod(bvh.write)


class GltfWriter(MotionWriter):
    """A .glb file; see ``gltf``."""

    _write_person = staticmethod(gltf.write)


class VrmaWriter(MotionWriter):
    """A .vrma file; see ``gltf``."""

    _write_person = staticmethod(gltf.write_vrma)


MOTION_WRITERS: dict[str, type[writers.Writer]] = {
    "bvh": BvhWriter,
    "glb": GltfWriter,
    "vrma": VrmaWriter,
}
"""Those that hold one person."""

WRITERS = writers.WRITERS | {"pose": PoseWriter, "parquet": ParquetWriter} | MOTION_WRITERS
"""The formats that the tracker writes itself, by their files' suffixes."""
