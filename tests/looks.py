"""Files whose stored picture is not what people see: one person, as every kind of file keeps her.

Each file shows the same upright picture, `REFERENCE`, though it is stored turned, mirrored,
squeezed, transparent, in other colours or at odd times.
"""

import io
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from builder import ROOT

REFERENCE = ROOT / "tests" / "media" / "signing.jpg"
SIZE = 320, 240

UNDONE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How to store a picture that each orientation of EXIF turns upright."""

MATRICES = {
    2: ((-1, 0), (0, 1)),
    3: ((-1, 0), (0, -1)),
    4: ((1, 0), (0, -1)),
    5: ((0, 1), (1, 0)),
    6: ((0, 1), (-1, 0)),
    7: ((0, -1), (-1, 0)),
    8: ((0, -1), (1, 0)),
}
"""The display matrix of MP4 that does the same as each orientation."""
