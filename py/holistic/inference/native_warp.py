"""The image warp on a native machine: compiled where a compiler was at hand, else by NumPy.

Both compute what ``py/kernels/warp.c`` does in WebAssembly, and OpenCV's ``warpPerspective`` with
it, to the last grey level. NumPy takes some twenty times as long.
"""

from __future__ import annotations

import numpy as np

try:
    from holistic.inference import _warp as compiled  # type: ignore[attr-defined]
except ImportError:  # installed where there was no compiler
    compiled = None

_BITS = 5  # a position counts 1/32 pixels
_ONE = 1 << _BITS
_BLOCK_HEIGHT, _BLOCK_AREA = 16, 1024
_LIMITS = np.iinfo(np.int32)


def warp(
    image: np.ndarray,
    matrix: np.ndarray,
    size: int,
    out: np.ndarray,
    low: float,
    high: float,
    border: str,
) -> None:
    """Crop, turn, resize and normalise a part of ``image`` into ``out``.

    Pixel (u, v) of ``out`` (1, size, size, 3), float32, is what ``image`` (H, W, 3 or 4),
    uint8, shows at ``matrix @ (u, v, 1)``: the position rounded to 1/32 px, bilinear, the
    value rounded to uint8 and then brought from 0..255 to ``low``..``high``. Outside of the
    image is black (``border`` "zero") or the nearest edge pixel ("replicate").
    """
    replicate = border == "replicate"
    if compiled is not None:
        if image.strides[1:] != (image.shape[2], 1):
            image = np.ascontiguousarray(image)
        compiled.warp(image, tuple(matrix.ravel().tolist()), size, out, low, high, replicate)
        return
    np.multiply(
        _sampled(image, *_positions(matrix, size), replicate),
        np.float32((high - low) / 255),
        out=out[0],
    )
    if low:
        out += np.float32(low)


def _positions(matrix: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the pixels of the crop come from: (size, size) columns and rows, in 1/32 pixels.

    Along a row they are computed block by block, as in OpenCV, for the sake of the rounding.
    """
    block = min(_BLOCK_AREA // min(_BLOCK_HEIGHT, size), size)
    u, v = np.arange(size), np.arange(size)[:, None]
    start = u // block * block
    with np.errstate(invalid="ignore", over="ignore"):
        columns, rows = (
            (across * start + down * v + shift) * _ONE + across * _ONE * (u - start)
            for across, down, shift in matrix
        )
    return _nearest(columns), _nearest(rows)


def _nearest(positions: np.ndarray) -> np.ndarray:
    limited = np.nan_to_num(positions, nan=_LIMITS.min).clip(_LIMITS.min, _LIMITS.max)
    return np.asarray(np.rint(limited).astype(np.int64))


def _sampled(
    image: np.ndarray, columns: np.ndarray, rows: np.ndarray, replicate: bool
) -> np.ndarray:
    """The (size, size, 3) grey levels at positions, between four pixels each."""
    height, width = image.shape[:2]
    pixels = image[..., :3].reshape(-1, 3)
    right, below = columns & (_ONE - 1), rows & (_ONE - 1)
    sums = np.full((*columns.shape, 3), _ONE * _ONE // 2, np.int32)
    for across, weight_across in ((0, _ONE - right), (1, right)):
        for down, weight_down in ((0, _ONE - below), (1, below)):
            x, y = (columns >> _BITS) + across, (rows >> _BITS) + down
            weight = weight_across * weight_down
            if not replicate:
                weight *= (x >= 0) & (x < width) & (y >= 0) & (y < height)
            corner = pixels.take(y.clip(0, height - 1) * width + x.clip(0, width - 1), axis=0)
            sums += corner * weight.astype(np.int32)[..., None]
    return np.asarray(sums >> 2 * _BITS)
