"""Pictures and animations as a page's ``<img>`` shows them, by Pillow.

Turned and mirrored by their EXIF where browsers turn them, in the colours that the embedded profile
means, all tiles of a HEIC in their places. What is transparent lies on white, as on a page without
a background. A GIF, WebP, PNG or AVIF with several frames is a video with its own time stamps; of
other files with several pictures (HEIC, TIFF, MPO) the first is shown; of a TIFF that is said.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pi_heif
from PIL import ExifTags, Image, ImageCms, ImageFile, TiffImagePlugin, UnidentifiedImageError

from holistic.batch.damage import is_damaged
from holistic.batch.media_errors import DamagedError, MediaError

Image.init()  # all of Pillow's own formats
pi_heif.register_heif_opener()

FORMATS = ("AVIF", "BMP", "GIF", "HEIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
"""Pillow's names of the formats that are read; it knows some that are no pictures, as MPEG."""

ANIMATED = frozenset(("AVIF", "GIF", "PNG", "WEBP"))

SUFFIXES = frozenset(
    (
        *(".apng", ".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif", ".ico", ".j2k"),
        *(".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".mpo", ".pbm", ".pgm", ".pjp", ".pjpeg"),
        *(".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    )
)
"""What the names of pictures in a folder end in, lower case."""

_SUBFILE, _REDUCED = 254, 1  # a TIFF's tag, and what it says of a page that is a small copy

_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, RuntimeError, IndexError, struct.error),
    Image.DecompressionBombError,  # of a GIF's frame with a wrong size
)
"""What Pillow's decoders raise for files that are damaged."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What EXIF's orientations ask for."""

_SHORTEST = 10  # milliseconds: browsers show frames that shall be so short, or shorter, for longer
_INSTEAD = 100


@contextmanager
def _leniently(truncated: bool) -> Iterator[None]:
    """Pillow's switches, which are global, set for a moment: any size, perhaps cut files."""
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, truncated
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


class Picture:
    """A picture or an animation.

    Iterating gives (timestamp, duration, frame) with milliseconds and RGB (H, W, 3); after the
    last frame that could be read of a damaged file a DamagedError is raised.

    Attributes:
        kind: "picture" or, for an animation, "video".
        first: the first frame.
        fps: None.
        count: how many frames there are.
        note: what of it is not shown, or None.

    Raises:
        UnidentifiedImageError: the file is no picture.
        MediaError: it is one of which nothing can be decoded.
    """

    fps = None

    def __init__(self, name: str, file: Path | BinaryIO) -> None:
        self._name = name
        self._file = file
        try:
            self._image = self._opened()
        except UnidentifiedImageError:
            raise
        except _BROKEN as error:
            raise self._unreadable(error) from error
        self._damaged = is_damaged(self._image, partial(_content, file))
        frames = self._counted() if self._image.format in ANIMATED else 1
        # An APNG may show a picture of its own where animations are unknown.
        self._start = int(bool(self._image.info.get("default_image")) and frames > 1)
        self.kind = "picture" if frames == 1 else "video"
        self.count = frames - self._start
        self.note = self._note()
        self.first, self._duration = self._frame(self._start)

    def _opened(self, truncated: bool = False) -> Image.Image:
        if not isinstance(self._file, Path):
            self._file.seek(0)
        with _leniently(truncated):
            return Image.open(self._file, formats=FORMATS)

    def _counted(self) -> int:
        """How many frames there are; of a damaged file how many of them can be reached."""
        try:
            return int(getattr(self._image, "n_frames", 1))
        except _BROKEN:
            self._damaged = True
        self._image = self._opened()
        frames = 1
        with suppress(*_BROKEN):
            while True:
                self._image.seek(frames)
                frames += 1
        self._image = self._opened()
        return frames

    def _note(self) -> str | None:
        if not isinstance(self._image, TiffImagePlugin.TiffImageFile):
            return None
        reduced = []  # whether each page is a small copy of another one
        with suppress(*_BROKEN):  # what is damaged is told otherwise
            for index in range(self._image.n_frames):
                self._image.seek(index)
                reduced.append(bool(self._image.tag_v2.get(_SUBFILE, 0) & _REDUCED))
        self._image = self._opened()
        if reduced[:1] == [True]:  # as in a camera's raw files
            return f"{self._name!r} begins with a small copy, which is taken: convert it to PNG"
        if reduced.count(False) < 2:
            return None
        return (
            f"{self._name!r} has {reduced.count(False)} pages, and the first is taken: "
            "save the others apart"
        )

    def _frame(self, index: int) -> tuple[np.ndarray, float]:
        """A frame and how long it is shown; of a damaged one what can be read."""
        try:
            return self._decoded(index)
        except _BROKEN as error:
            self._damaged = True
            if index > self._start:
                raise
            self._image = self._opened(truncated=True)
            with _leniently(truncated=True), suppress(*_BROKEN):
                frame, duration = self._decoded(index, truncated=True)
                if frame.min() < frame.max():
                    return frame, duration
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> MediaError:
        return MediaError(
            f"{self._name!r} is a damaged picture of which nothing can be decoded ({error}): "
            "copy it again from where it came from"
        )

    def _decoded(self, index: int, truncated: bool = False) -> tuple[np.ndarray, float]:
        if index or self.kind == "video":
            self._image.seek(index)
        try:
            self._image.load()
        except _BROKEN:
            if not truncated or not isinstance(self._image, TiffImagePlugin.TiffImageFile):
                raise
            self._image.tile = []  # the strips up to the broken one are there
        duration = float(self._image.info.get("duration") or 0)
        if duration <= _SHORTEST:
            duration = _INSTEAD
        return as_shown(self._image), duration

    def __iter__(self) -> Iterator[tuple[float, float, np.ndarray]]:
        time, index = 0.0, self._start
        frame, duration = self.first, self._duration
        while True:
            yield time, duration, frame
            time += duration
            index += 1
            if index - self._start >= self.count:
                break
            try:
                frame, duration = self._frame(index)
            except _BROKEN:
                break
        if self._damaged:
            raise DamagedError(self._damage(index - self._start, time))

    def _damage(self, frames: int, time: float) -> str:
        if self.kind == "picture":
            what = "only a part is seen as it was"
        else:
            what = f"it ends after frame {frames}, at {time / 1000:.3f} s"
        return f"{self._name!r} is damaged or was not copied completely: {what}"


def _content(file: Path | BinaryIO) -> bytes:
    if isinstance(file, Path):
        return file.read_bytes()
    file.seek(0)
    return file.read()


def is_animated(path: Path) -> bool | None:
    """Whether the file is an animation; None if it is no picture at all."""
    try:
        with _leniently(False), Image.open(path, formats=FORMATS) as image:
            return image.format in ANIMATED and getattr(image, "n_frames", 1) > 1
    except (UnidentifiedImageError, *_BROKEN):
        return None


def as_shown(image: Image.Image) -> np.ndarray:
    """The loaded picture as a browser shows it on a white page: uint8 (H, W, 3)."""
    transparent = image.has_transparency_data
    image = _turned(image)
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bits(np.asarray(image))
    if image.mode in ("P", "PA", "La", "LA", "RGBa", "1") or transparent:
        image = image.convert("RGBA" if transparent else "RGB")
    image = _in_srgb(image)
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB"))


def _turned(image: Image.Image) -> Image.Image:
    """The picture as its EXIF asks for it, if browsers look at it: not in WebP, XMP or text."""
    stored = image.info.get("exif")
    if not stored or image.format == "WEBP":
        return image
    exif = Image.Exif()
    with suppress(*_BROKEN):  # damaged EXIF is ignored, as in browsers
        exif.load(stored)
    transpose = _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))
    return image if transpose is None else image.transpose(transpose)


def _eight_bits(grey: np.ndarray) -> np.ndarray:
    """(H, W) of 16 bits, or of floats from 0 to 1, as (H, W, 3) of 8."""
    full = 1.0 if grey.dtype.kind == "f" else 65535.0
    levels = (grey.clip(0, full) * (255 / full)).round().astype(np.uint8)
    return np.repeat(levels[..., None], 3, axis=2)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in the colours of a screen, if it has a profile that says which it means."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    with suppress(ImageCms.PyCMSError, *_BROKEN):  # a damaged profile is ignored, as in browsers
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        screen = ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(image, source, screen, outputMode=mode)
        return shown or image
    return image
