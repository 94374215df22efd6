"""The refined face mesh: 478 points, with irises and with better eyes and lips.

MediaPipe's attention mesh (Grishchenko et al., "Attention Mesh: High-fidelity Face Mesh
Prediction in Real-time", 2020) refines the lips and each eye: it cuts them out
of an inner feature map, where the mesh says that they are, and small networks find their points
there. The model uses three operators of its own for the cutting. Here it is two models with
stock operators, one before the cuts and one after them, and the cuts are NumPy.

Sources: the model card, the graph file ``tensors_to_face_landmarks_with_attention`` and the
operators of MediaPipe, Landmarks2TransformMatrix, TransformTensorBilinear and TransformLandmarks
(version 2 of each).
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, sin
from time import perf_counter
from typing import NamedTuple

import numpy as np

from holistic.inference import runtime
from holistic.inference.landmarkers import FaceEstimate, sigmoid
from holistic.inference.model import Network
from holistic.inference.model_files import ModelError, advice
from holistic.inference.roi import Region, extent, rotation, to_frame
from holistic.shared.layout import FACE_POINTS, IRIS_POINTS
from holistic.shared.model_sets import files

MODELS = files("face_landmarks_refined")
"""The two models: the mesh with its features, and the parts."""

_FEATURES = (48, 48, 32)  # rows, columns and channels of the feature map
_PATCH = 16  # rows and columns that are cut out of it
_MARGIN = 1.5  # by which a patch is larger than the part
_CELL = 4  # input pixels to a cell of the feature map, and units of the part's points to a cell

_LIPS = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    *(185, 40, 39, 37, 0, 267, 269, 270, 409),
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
    *(191, 80, 81, 82, 13, 312, 311, 310, 415),
    *(76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    *(184, 74, 73, 72, 11, 302, 303, 304, 408),
    *(62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    *(183, 42, 41, 38, 12, 268, 271, 272, 407),
)
_RIGHT_EYE = (
    *(33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173),
    *(130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190),
    *(226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189),
    *(35, 124, 46, 53, 52, 65),
    *(143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193),
)
_LEFT_EYE = (
    *(263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398),
    *(359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414),
    *(446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413),
    *(265, 353, 276, 283, 282, 295),
    *(372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336, 285, 417),
)
_CONTOUR = 16  # points at the beginning of an eye's list that go around it


class FacePart(NamedTuple):
    """A part that is refined.

    ``points`` are its indices in the mesh; ``ends``, left and right in the picture, give its
    direction; ``iris`` is the index of its iris's first point, if it is an eye.
    """

    points: tuple[int, ...]
    ends: tuple[int, int]
    iris: int | None = None


PARTS = (
    FacePart(_LIPS, (61, 291)),
    FacePart(_RIGHT_EYE, (33, 133), iris=468),
    FacePart(_LEFT_EYE, (362, 263), iris=473),
)
"""In the order of the second model's inputs and outputs."""


def patch_matrix(mesh: np.ndarray, part: FacePart) -> np.ndarray:
    """Where a part's patch lies: a (2, 3) matrix from (u, v, 1) in it to the mesh's units.

    The patch is the part's box, turned with the part and larger by a margin; unlike a region it
    is a rectangle. ``mesh`` is (468, 2 or more).
    """
    left, right = mesh[list(part.ends), :2].tolist()
    angle = atan2(right[1] - left[1], right[0] - left[0])
    box = extent(mesh[list(part.points), :2] @ rotation(-angle))
    middle = np.array(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)) @ rotation(angle)
    c, s = cos(angle), sin(angle)
    x_step = _MARGIN * (box[2] - box[0]) / _PATCH
    y_step = _MARGIN * (box[3] - box[1]) / _PATCH
    steps = np.array(((c * x_step, -s * y_step), (s * x_step, c * y_step)))
    return np.column_stack((steps, middle - steps @ (_PATCH / 2, _PATCH / 2)))


def sampled(features: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The patch (16, 16, channels) of a feature map (rows, columns, channels), bilinear.

    ``matrix`` (2, 3) leads from the patch to the map. Pixel centres are at halves; what lies
    outside of the map's outer centres is 0.
    """
    rows, columns = features.shape[:2]
    middle = np.arange(_PATCH) + 0.5
    u, v = np.meshgrid(middle, middle)
    x, y = np.tensordot(matrix, np.stack((u, v, np.ones_like(u))), 1) - 0.5
    inside = (x >= 0) & (x <= columns - 1) & (y >= 0) & (y <= rows - 1)
    left = np.floor(x).clip(0, columns - 2).astype(np.intp)
    top = np.floor(y).clip(0, rows - 2).astype(np.intp)
    across = (x - left)[..., None].astype(np.float32)
    down = (y - top)[..., None].astype(np.float32)
    upper = features[top, left] * (1 - across) + features[top, left + 1] * across
    lower = features[top + 1, left] * (1 - across) + features[top + 1, left + 1] * across
    return np.asarray((upper * (1 - down) + lower * down) * inside[..., None])


class RefinedFaceLandmarks:
    """The face mesh with irises: 478 points. It replaces ``FaceLandmarks``.

    Raises:
        ModelError: one of the contents is not the model that it should be.
    """

    MIN_SCORE = 0.5

    def __init__(self, mesh: bytes, refinement: bytes, threads: int = 1) -> None:
        cells = int(np.prod(_FEATURES))
        self.network = Network(MODELS[0], mesh, (FACE_POINTS * 3, 1, cells), threads=threads)
        try:
            self._parts = runtime.interpreter(refinement, threads)
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"model {MODELS[1]!r} is damaged ({error}): {advice(MODELS[1])}"
            ) from error
        self._patches = self._tensors(self._parts.get_input_details())
        self._found = self._tensors(self._parts.get_output_details())
        irises = sum(part.iris is not None for part in PARTS)
        if (len(self._patches), len(self._found)) != (len(PARTS), len(PARTS) + irises):
            raise ModelError(
                f"model {MODELS[1]!r} has other inputs or outputs: {advice(MODELS[1])}"
            )

    def _tensors(self, details: list[dict[str, int]]) -> list[Callable[[], np.ndarray]]:
        return [self._parts.tensor(detail["index"]) for detail in details]

    def __call__(
        self, frame: np.ndarray, region: Region, min_score: float = MIN_SCORE
    ) -> FaceEstimate | None:
        """The face in the region, or None where there is none."""
        found = self._run(frame, region, min_score)
        if found is None:
            return None
        score, mesh, features = found
        started = perf_counter()
        points = self._refine(mesh, features) / self.network.size
        self.network.run_ms += (perf_counter() - started) * 1000
        return FaceEstimate(score, to_frame(points, region))

    def mesh(
        self, frame: np.ndarray, region: Region, min_score: float = MIN_SCORE
    ) -> FaceEstimate | None:
        """The same without the refinement: 468 points, for less time."""
        found = self._run(frame, region, min_score)
        if found is None:
            return None
        score, mesh, _ = found
        return FaceEstimate(score, to_frame(mesh / self.network.size, region))

    def _run(
        self, frame: np.ndarray, region: Region, min_score: float
    ) -> tuple[float, np.ndarray, np.ndarray] | None:
        """The score, the mesh (468, 3) in input pixels, and the feature map."""
        values, flag, features = self.network(frame, region)
        score = float(sigmoid(flag[0]))
        if score <= min_score:
            return None
        return score, values.reshape(-1, 3).astype(np.float64), features.reshape(_FEATURES)

    def _refine(self, mesh: np.ndarray, features: np.ndarray) -> np.ndarray:
        """(478, 3) points from the mesh (468, 3), both in input pixels."""
        matrices = [patch_matrix(mesh / _CELL, part) for part in PARTS]
        for patch, matrix in zip(self._patches, matrices, strict=True):
            patch()[0] = sampled(features, matrix)
        self._parts.invoke()
        found = iter(self._found)
        points = np.vstack((mesh, np.zeros((IRIS_POINTS, 3))))
        for part, matrix in zip(PARTS, matrices, strict=True):
            to_input = matrix * (1, 1, _CELL)
            points[list(part.points), :2] = _placed(next(found)(), to_input)
            if part.iris is not None:
                iris = points[part.iris : part.iris + IRIS_POINTS // 2]
                iris[:, :2] = _placed(next(found)(), to_input)
                iris[:, 2] = mesh[list(part.points[:_CONTOUR]), 2].mean()
        return points


def _placed(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """A part's points (n, 2), flat, moved by a (2, 3) matrix."""
    return np.asarray(points.reshape(-1, 2) @ matrix[:, :2].T + matrix[:, 2])
