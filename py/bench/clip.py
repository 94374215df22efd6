"""The frames that everyone sees: a clip as an uncompressed YUV4MPEG2 file.

Chromium's fake camera plays such a file at the rate in its header, 120 frames per second
included (an MJPEG file it always plays at 30), in an endless loop, and stamps each frame with the
machine's monotonic clock. The native peers read the same file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

BYTES_LIMIT = 420_000_000
"""Largest file to write; a larger picture gets a shorter loop."""

ROWS, COLUMNS = 2, 3
"""How people are arranged where there are several."""


@dataclass(frozen=True)
class Format:
    """Frame size in pixels (both even), frames per second, and how many people are shown."""

    width: int
    height: int
    fps: int
    people: int = 1

    def __str__(self) -> str:
        crowd = f", {self.people} people" if self.people > 1 else ""
        return f"{self.width} x {self.height} at {self.fps}/s{crowd}"

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame: full-size luma, quarter-size chroma."""
        return self.width * self.height * 3 // 2


def camera_file(source: Path, folder: Path, camera: Format) -> Path:
    """The clip ``source`` as a YUV4MPEG2 file in ``folder``, made where it is not there yet.

    People move at their natural speed whatever the camera's rate: each frame is repeated as
    often as it takes, or frames are left out. The loop runs forwards and backwards, so that
    nobody jumps where it ends.
    Raises FileNotFoundError where there is no such clip.
    """
    name = f"{source.stem}-{camera.width}x{camera.height}-{camera.fps}-{camera.people}.y4m"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        frames = _decode(source, camera)[:: max(1, round(_rate(source) / camera.fps))]
        if camera.people > 1:
            frames = crowded(frames, camera.people)
        write(part, frames, camera, repeats(source, camera))
        part.rename(path)
    return path


def repeats(source: Path, camera: Format) -> int:
    """How many times the camera shows each frame of the clip."""
    return max(1, round(camera.fps / _rate(source)))


def crowded(frames: list[np.ndarray], people: int) -> list[np.ndarray]:
    """The middle of each frame (H, W, 3) up to six times, beside and below each other.

    Everybody is at another place of the clip. The frames keep their size whatever the number, so
    that it alone makes the difference.
    """
    height, width = frames[0].shape[0] // ROWS, frames[0].shape[1] // COLUMNS
    scale = height / frames[0].shape[0]
    small = [cv2.resize(frame, None, fx=scale, fy=scale) for frame in frames]
    left = (small[0].shape[1] - width) // 2
    shown = []
    for number in range(len(frames)):
        canvas = np.zeros_like(frames[0])
        for person in range(people):
            row, column = divmod(person, COLUMNS)
            other = small[(number + person * len(frames) // people) % len(frames)]
            canvas[row * height : (row + 1) * height, column * width : (column + 1) * width] = (
                other[:height, left : left + width]
            )
        shown.append(canvas)
    return shown


def write(path: Path, frames: list[np.ndarray], camera: Format, times: int) -> None:
    """Write (H, W, 3) BGR frames forwards and backwards, each ``times`` times in a row."""
    most = BYTES_LIMIT // (camera.frame_bytes * times)
    frames = frames[: max(1, most // 2 + 1)]
    planes = [cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes() for frame in frames]
    with path.open("wb") as file:
        size = f"W{camera.width} H{camera.height} F{camera.fps}:1"
        file.write(f"YUV4MPEG2 {size} Ip A1:1 C420jpeg\n".encode())
        for plane in planes + planes[-2:0:-1]:
            file.write((b"FRAME\n" + plane) * times)


def read(path: Path) -> Iterator[np.ndarray]:
    """The frames of a file written by :func:`write`: (H, W, 3) uint8 RGB."""
    with path.open("rb") as file:
        fields = {field[:1]: field[1:] for field in file.readline().decode().split()[1:]}
        width, height = int(fields["W"]), int(fields["H"])
        size = width * height * 3 // 2
        while file.readline():
            plane = np.frombuffer(file.read(size), np.uint8).reshape(height * 3 // 2, width)
            yield cv2.cvtColor(plane, cv2.COLOR_YUV2RGB_I420)


def _decode(source: Path, camera: Format) -> list[np.ndarray]:
    """Frames of a video in the camera's size: (H, W, 3) uint8 BGR."""
    video = _open(source)
    frames = []
    while (read := video.read())[0]:
        frames.append(cv2.resize(read[1], (camera.width, camera.height)))
    return frames


def _rate(source: Path) -> float:
    """Frames per second of a video."""
    return _open(source).get(cv2.CAP_PROP_FPS) or 30.0


def _open(source: Path) -> cv2.VideoCapture:
    video = cv2.VideoCapture(str(source))
    if not video.isOpened():
        raise FileNotFoundError(f"{source} is not a video that can be read")
    return video
