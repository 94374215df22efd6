"""Recipes: what is done to one submodel to make one variant of it, as data.

A recipe is a TOML file in ``recipes/``, named ``<model>.<variant>.toml``. Positions of operators
are those in the float model; ``python -m compress describe FILE`` lists them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from compress.catalogue import CatalogueError

FOLDER = Path(__file__).parent / "recipes"


@dataclass(frozen=True)
class Output:
    """One output and how its error counts: differences are divided by ``scales``.

    ``scales`` has one entry for each value of a landmark, such as x, y, z, visibility, presence.
    Where weights are put on coarser grids, errors of the landmarks ``emphasized`` count
    ``emphasis`` times.
    """

    name: str
    scales: tuple[float, ...]
    weight: float = 1.0
    emphasized: tuple[int, ...] = ()
    emphasis: float = 1.0


@dataclass(frozen=True)
class Distil:
    """Settings of a training run.

    ``blend`` is how far the result lies from the weights that training began with to those that it
    ended with: in between, a network keeps more of what it knew of other people (Wortsman et al.,
    "Robust Fine-Tuning of Zero-Shot Models", 2022). A run may ``stop`` before the last of the
    ``steps`` that its schedule is made for. The part ``degraded`` of the pictures is blurred by
    motion, noised, darkened or covered for the student (:mod:`compress.data.degradation`), while
    the teacher sees them sharp; ``negatives`` are the part drawn from regions with nothing there,
    where errors of the presence count ``doubt`` times.
    """

    steps: int
    stop: int = 0
    blend: float = 1.0
    batch: int = 16
    rate: float = 3e-4  # change of a weight a step, relative to its tensor's root mean square
    seed: int = 1
    stretch: float = 0.0  # of pictures, see compress.data.samples.Augmentation
    negatives: float = 0.06
    doubt: float = 1.0
    degraded: float = 0.0
    taps: tuple[int, ...] = ()  # operators whose results the student imitates too
    tap_weight: float = 1.0


@dataclass(frozen=True)
class Quantize:
    """Static int8 but for ``float_operators``, whose large weights alone are stored as int8.

    Attributes:
        equalize: how far channels are rescaled first, from 0 (not) to 1 or true (until their ranges
            are alike).
        fit_weights: fit weights and biases; false corrects biases only.
        fit_biases: false leaves biases too as they are, where weights are not fitted. What is
            fitted is right on average over a picture, of which objects may be a small part.
        bits: the mean entropy of a weight that coarser grids reach; by default grids are as fine as
            int8 allows.
        gptq_images: pictures for rounding weights, and for making them overflow-safe.
        noise: standard deviation, in grey levels, of noise that the int8 network sees in the
            pictures of its fit and the float one does not. It makes landmarks steadier and takes
            them a little farther from the original's.
        constant_images: pictures that tell which channels are constant; weights that make or read
            these become zero (:mod:`compress.fit.constant_channels`).
        overflow_safe: make 16 bits hold the sums of convolutions' products.
        overflow_safe_depthwise: those of depthwise convolutions too.
        smooth: layers whose inputs are multiplied by a constant first, and whose weights divided by
            it (:mod:`compress.fit.smooth`), so that int8 holds them better.
        prelu_rows: PRELUs of at most so many channels take a row of pixels at a time
            (:mod:`compress.tflite.prelu`), which is faster; 0 leaves them as they are.
        prelu_sums: replace PRELUs by operators that have int8 kernels.
        score_bias_images: pictures on which the mean of a detector's scores near the threshold is
            made the original's.
    """

    float_operators: frozenset[int] = frozenset()
    equalize: float = 0.0
    fit_weights: bool = True
    fit_biases: bool = True
    bits: float | None = None
    gptq_images: int = 64
    noise: float = 0.0
    constant_images: int = 0
    overflow_safe: bool = False
    overflow_safe_depthwise: bool = True
    smooth: tuple[int, ...] = ()
    prelu_rows: int = 0
    prelu_sums: bool = False
    score_bias_images: int = 0


@dataclass(frozen=True)
class PresenceFit:
    """On how many ``images`` a finished model's presence is fitted, and on what kind of them.

    The settings are those of :class:`Distil`; a picture in which the original sees nothing counts
    ``doubt`` times.
    """

    images: int
    degraded: float = 0.0
    negatives: float = 0.5
    stretch: float = 0.0
    doubt: float = 1.0


@dataclass(frozen=True)
class Prune:
    """What to prune: a part of the multiply-accumulates, of the parameters or of the channels.

    ``channels`` are growing parts, of those that may go: the network is pruned to each in turn,
    fitted and, where the recipe has a ``distil``, trained, and the next step begins there. Channels
    that skips pass may go with ``streams``; by default only those inside blocks may. At most the
    part ``most`` of each family's channels goes at once. ``images`` are for the statistics: small
    layers have few positions a picture.
    """

    macs: float = 0.0
    parameters: float = 0.0
    channels: tuple[float, ...] = ()
    streams: bool = False
    most: float = 0.6
    images: int = 768


@dataclass(frozen=True)
class Recipe:
    """Everything that makes one variant of one submodel.

    With ``retrain`` the file that is committed is trained further, in float arithmetic, and then
    quantized again; ``prune`` and ``distil`` say how the first of these files was made.
    """

    model: str
    variant: str
    subject: str
    low: float
    outputs: tuple[Output, ...]
    presence: int | None = None  # position of the output that says whether the rest counts
    presence_logit: bool = False
    quantize: Quantize | None = None
    prune: Prune | None = None
    distil: Distil | None = None
    retrain: Distil | None = None
    presence_fit: PresenceFit | None = None
    tune: Distil | None = None  # of the int8 simulation, by the float model that it simulates
    images: int = 64  # for calibration and least squares
    negatives: float = 0.0  # part of these images that are random regions: mostly nothing there
    teacher: str = ""  # a larger float model that a student's float model is to answer as
    name: str = field(default="", compare=False)

    @property
    def original(self) -> str:
        """The float model that the variant is to answer as."""
        return self.teacher or self.model

    @property
    def before(self) -> Recipe | None:
        """The recipe whose float model the last step of pruning begins with, if there are several.

        It ends one step earlier.
        """
        if self.prune is None or len(self.prune.channels) < 2:
            return None
        return self.pruned_to(self.prune.channels[-2])

    def pruned_to(self, part: float) -> Recipe:
        """The recipe up to this step of pruning; at 0 it neither prunes nor trains.

        Raises CatalogueError where it has no such step.
        """
        if part == 0:
            return replace(self, prune=None, distil=None)
        if self.prune is None or part not in self.prune.channels:
            raise CatalogueError(f"recipe {self.name} has no step that prunes {part:g} of channels")
        steps = self.prune.channels[: self.prune.channels.index(part) + 1]
        return replace(self, prune=replace(self.prune, channels=steps))


def read(path: Path) -> Recipe:
    """Read a recipe; raises CatalogueError that names what is wrong in it."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    try:
        outputs = tuple(_made(Output, row) for row in table.pop("output"))
        parts: dict[str, Any] = {
            "quantize": _optional(Quantize, table.pop("quantize", None)),
            "prune": _optional(Prune, table.pop("prune", None)),
            "distil": _optional(Distil, table.pop("distil", None)),
            "presence_fit": _optional(PresenceFit, table.pop("presence_fit", None)),
            "retrain": _optional(Distil, table.pop("retrain", None)),
            "tune": _optional(Distil, table.pop("tune", None)),
        }
        return Recipe(outputs=outputs, name=path.stem, **parts, **table)
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogueError(f"recipe {path}: {error}") from error


def _optional(kind: type, row: dict[str, Any] | None) -> Any:
    return None if row is None else _made(kind, row)


def _made(kind: type, row: dict[str, Any]) -> Any:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    for key in ("taps", "float_operators", "smooth"):
        if key in values:
            values[key] = _positions(values[key])
    if "float_operators" in values:
        values["float_operators"] = frozenset(values["float_operators"])
    return kind(**values)


def _positions(ranges: tuple[int | str, ...]) -> tuple[int, ...]:
    """Positions of a list such as ``[3, "56-62"]``."""
    positions: list[int] = []
    for entry in ranges:
        first, _, last = str(entry).partition("-")
        positions += range(int(first), int(last or first) + 1)
    return tuple(positions)
