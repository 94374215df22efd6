"""The expression of a face: MediaPipe's blendshape network, which sees points and no pixels.

Source: the model card "Blendshape V2" and MediaPipe's ``face_blendshapes_graph``.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from holistic.inference import runtime
from holistic.inference.model_files import ModelError, advice
from holistic.shared.layout import BLENDSHAPE_COUNT, FACE_POINTS, IRIS_POINTS
from holistic.shared.model_sets import BLENDSHAPES

_MESH_POINTS = (
    *(0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65),
    *(66, 67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136),
    *(144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168),
    *(172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269, 270, 276),
    *(282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318),
    *(321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380),
    *(381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466),
)
POINTS = (*_MESH_POINTS, *range(FACE_POINTS, FACE_POINTS + IRIS_POINTS))
"""The 146 of a face's 478 points that the network sees, in its order."""
_ROWS = np.array(POINTS)


class Blendshapes:
    """How much of each blendshape a face shows.

    Raises:
        ModelError: the content is not the model that it should be.
    """

    def __init__(self, content: bytes, threads: int = 1) -> None:
        try:
            self._interpreter = runtime.interpreter(content, threads)
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"model {BLENDSHAPES!r} is damaged ({error}): {advice(BLENDSHAPES)}"
            ) from error
        (source,), (target) = (
            self._interpreter.get_input_details(),
            self._interpreter.get_output_details()[0],
        )
        shapes = [tuple(each["shape"].tolist()) for each in (source, target)]
        if shapes != [(1, len(POINTS), 2), (BLENDSHAPE_COUNT,)]:
            raise ModelError(
                f"model {BLENDSHAPES!r} has other inputs or outputs: {advice(BLENDSHAPES)}"
            )
        self._input = self._interpreter.tensor(source["index"])
        self._output = self._interpreter.tensor(target["index"])
        self.warp_ms = 0.0
        self.run_ms = 0.0

    @property
    def network(self) -> Blendshapes:
        """Itself: who keeps the time that networks take."""
        return self

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(52,) from 0 to 1, in the order of ``shared.blendshapes.NAMES``, copied.

        ``points`` are a face's (478, 2 or more), in pixels of the frame.
        """
        started = perf_counter()
        self._input()[0] = points[_ROWS, :2]
        self._interpreter.invoke()
        self.run_ms += (perf_counter() - started) * 1000
        return np.array(self._output())
