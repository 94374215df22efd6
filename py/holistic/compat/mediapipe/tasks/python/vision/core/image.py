"""Pictures, as MediaPipe's programs make them and read them."""

from __future__ import annotations

from enum import IntEnum
from os import PathLike
from typing import Any, NamedTuple

import numpy as np


class ImageFormat(IntEnum):
    """What a pixel is: channels of bytes, of 16 bits, or of floats."""

    UNKNOWN = 0
    SRGB = 1
    SRGBA = 2
    GRAY8 = 3
    GRAY16 = 4
    SRGB48 = 7
    SRGBA64 = 8
    VEC32F1 = 9
    VEC32F2 = 12
    VEC32F4 = 13


class _Pixel(NamedTuple):
    dtype: type[np.generic]
    channels: int


_PIXELS = {
    ImageFormat.SRGB: _Pixel(np.uint8, 3),
    ImageFormat.SRGBA: _Pixel(np.uint8, 4),
    ImageFormat.GRAY8: _Pixel(np.uint8, 1),
    ImageFormat.GRAY16: _Pixel(np.uint16, 1),
    ImageFormat.SRGB48: _Pixel(np.uint16, 3),
    ImageFormat.SRGBA64: _Pixel(np.uint16, 4),
    ImageFormat.VEC32F1: _Pixel(np.float32, 1),
    ImageFormat.VEC32F2: _Pixel(np.float32, 2),
    ImageFormat.VEC32F4: _Pixel(np.float32, 4),
}

_FORMATS = {3: ImageFormat.SRGB, 4: ImageFormat.SRGBA, 1: ImageFormat.GRAY8}
"""Of a file's picture, by its channels."""

_ROW_ALIGNMENT = 16  # bytes: MediaPipe's rows begin at multiples of it


class Image:
    """A picture of one format, whose pixels do not change: a copy of ``data``.

    ``data`` is (H, W, channels), or (H, W) for one channel, of the type that the format has.

    Raises:
        TypeError: ``data`` is no array.
        ValueError: the array does not fit the format.
    """

    def __init__(self, image_format: ImageFormat, data: np.ndarray) -> None:
        if not isinstance(data, np.ndarray):
            raise TypeError(f"the pixels must be a NumPy array, not {type(data).__name__}")
        self._format = ImageFormat(image_format)
        if data.ndim not in (2, 3):
            raise ValueError(f"Unsupported number of dimensions: {data.ndim}")
        if self._format not in _PIXELS:
            raise ValueError(f"Unsupported image format: {self._format.name}")
        pixel = _PIXELS[self._format]
        if data.dtype != pixel.dtype:
            raise ValueError(
                f"Unsupported image format: {self._format.name} holds "
                f"{np.dtype(pixel.dtype).name}, and the data are {data.dtype}"
            )
        channels = 1 if data.ndim == 2 else data.shape[2]
        if channels != pixel.channels:
            problem = "is too small" if channels < pixel.channels else "does not fit"
            expected = data.shape[0] * data.shape[1] * pixel.channels
            raise ValueError(
                f"Pixel data size {problem}: {data.size} (expected {expected}): "
                f"{self._format.name} has {pixel.channels} channels, not {channels}"
            )
        self._pixels = data.reshape(*data.shape[:2], channels).copy()
        self._pixels.flags.writeable = False

    @classmethod
    def create_from_file(cls, file_name: str | PathLike[str]) -> Image:
        """The picture in a file, upright as its EXIF says: SRGB, SRGBA or GRAY8.

        Raises:
            FileNotFoundError: there is no such file.
            RuntimeError: it cannot be decoded.
        """
        from PIL import Image as Picture  # noqa: PLC0415 - Pyodide's other programs have no Pillow
        from PIL import ImageOps  # noqa: PLC0415

        try:
            with Picture.open(file_name) as opened:
                picture = ImageOps.exif_transpose(opened)
                grey = picture.mode in ("1", "L")
                colour = "RGBA" if picture.has_transparency_data else "RGB"
                pixels = np.atleast_3d(np.asarray(picture.convert("L" if grey else colour)))
        except FileNotFoundError:
            raise
        except (OSError, SyntaxError, ValueError) as error:
            raise RuntimeError(f"Failed to load image from file {file_name}: {error}") from error
        return cls(_FORMATS[pixels.shape[2]], pixels)

    def numpy_view(self) -> np.ndarray:
        """The pixels (height, width, channels), which cannot be written to."""
        return self._pixels

    def __getitem__(self, key: tuple[int, ...]) -> Any:
        """The value at (row, column, channel), or (row, column) where there is one channel.

        Raises:
            IndexError: there is no such pixel.
            ValueError: the key does not name one value.
        """
        if len(key) == 2 and self.channels == 1:
            key = (*key, 0)
        if len(key) != 3:
            raise ValueError(f"Invalid index dimension: {len(key)} (expected row, column, channel)")
        return self._pixels[key].item()

    @property
    def width(self) -> int:
        """Pixels in a row."""
        return int(self._pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self._pixels.shape[0])

    @property
    def channels(self) -> int:
        """Values of a pixel."""
        return int(self._pixels.shape[2])

    @property
    def image_format(self) -> ImageFormat:
        """What a pixel is."""
        return self._format

    @property
    def step(self) -> int:
        """Bytes from row to row, as MediaPipe lays them out."""
        row = self._row_bytes
        return row + -row % _ROW_ALIGNMENT

    @property
    def _row_bytes(self) -> int:
        return self.width * self.channels * self._pixels.itemsize

    def uses_gpu(self) -> bool:
        """False: pictures are in memory."""
        return False

    def is_contiguous(self) -> bool:
        """Whether rows follow one another without a gap, as MediaPipe lays them out."""
        return self.step == self._row_bytes

    def is_empty(self) -> bool:
        """False: a picture has pixels."""
        return False

    def is_aligned(self, alignment_boundary: int) -> bool:
        """Whether rows begin at multiples of that many bytes, as MediaPipe lays them out."""
        return self.step % alignment_boundary == 0 and alignment_boundary <= _ROW_ALIGNMENT
