"""A network whose input is a square region of the frame.

Every submodel of Holistic has one picture as input and a few tensors as output. ``Network`` does
what they share: it warps the region straight into the interpreter's input and runs it, and it
keeps the time that both take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from time import perf_counter

import numpy as np

from holistic.inference import runtime
from holistic.inference.model_files import ModelError, advice
from holistic.inference.roi import Region, from_frame_matrix


class Network:
    """One model, ready to run.

    ``lengths`` says how many numbers each output has that the caller wants, in the caller's
    order, or tells it from the side of the input: outputs are told apart by their length (and
    among equals by their order), because names and indices change when a model is converted.
    ``low`` and ``high`` are the input values
    of black and white, and ``border`` ("replicate" or "zero") is what lies outside of the frame.
    ``threads`` is how many share the work of a run.

    Raises:
        ModelError: the content is not a model that runs, or it has other inputs or outputs.
    """

    def __init__(
        self,
        name: str,
        content: bytes,
        lengths: Sequence[int] | Callable[[int], Sequence[int]],
        *,
        low: float = 0.0,
        high: float = 1.0,
        border: str = "replicate",
        threads: int = 1,
    ) -> None:
        try:
            self._interpreter = runtime.interpreter(content, threads)
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"model {name!r} is damaged ({error}): {advice(name)}") from error
        source = self._interpreter.get_input_details()[0]
        self.size = int(source["shape"][1])
        self._input = self._interpreter.tensor(source["index"])
        wanted = lengths(self.size) if callable(lengths) else lengths
        self._outputs = self._find_outputs(name, wanted)
        self._normalisation = (low, high, border)
        self.warp_ms = 0.0
        self.run_ms = 0.0

    def _find_outputs(self, name: str, lengths: Sequence[int]) -> list[Callable[[], np.ndarray]]:
        """Functions that give the view of each wanted output."""
        details = self._interpreter.get_output_details()
        found = []
        for length in lengths:
            fits = [i for i, d in enumerate(details) if prod(d["shape"].tolist()) == length]
            if not fits:
                raise ModelError(
                    f"model {name!r} has no output of {length} numbers: {advice(name)}"
                )
            found.append(self._interpreter.tensor(details.pop(fits[0])["index"]))
        return found

    def __call__(self, frame: np.ndarray, region: Region) -> list[np.ndarray]:
        """The network's outputs for the region of the frame, each flat.

        They are views of the interpreter's memory: decode them and let them go before the next
        call.
        """
        started = perf_counter()
        matrix = from_frame_matrix(region, self.size)
        runtime.warp(frame, matrix, self.size, self._input(), *self._normalisation)
        warped = perf_counter()
        self._interpreter.invoke()
        self.warp_ms += (warped - started) * 1000
        self.run_ms += (perf_counter() - warped) * 1000
        return [view().reshape(-1) for view in self._outputs]
