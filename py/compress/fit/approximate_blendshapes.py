"""The linear fit of approximate blendshapes to what the blendshape network says of the same faces.

Of every kind of blendshape the logit is fitted by ridge regression, on one half of the face. Faces
are seen from both sides, so that left and right have one fit. Then the fit is stretched until it
varies as much as what it was fitted to: least squares alone make shy faces.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from compress.data.face_points import FacePairs
from holistic.inference import approximate_blendshapes as approximate
from holistic.inference.approximate_blendshapes import KINDS, Half

RIDGES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
"""The largest is taken that is nearly the best for faces of a source that a fit has not seen."""

_NEARLY = 1.025

_SPLITS = 4
"""Parts that a large source with many people is seen as, by turns of its faces."""

_NAMES = ("EYES", "MOUTH")


@dataclass(frozen=True)
class Faces:
    """n faces: the ``features`` of both halves, each (2, n, features), and ``scores`` (n, 52).

    ``weights`` (n,) are larger where there are few of a source; ``folds`` (n,) says who belongs
    together.
    """

    features: tuple[np.ndarray, np.ndarray]
    scores: np.ndarray
    weights: np.ndarray
    folds: np.ndarray


def faces_of(pairs: FacePairs, teacher: Callable[[np.ndarray], np.ndarray], each: int) -> Faces:
    """What the fit needs of the pairs; ``teacher`` makes (52,) of V2's points."""
    seen = [approximate.halves(mesh) for mesh in pairs.mesh]
    features = [np.stack([halves[half] for halves in seen], axis=1) for half in (0, 1)]
    scores = np.stack([teacher(points) for points in pairs.v2]).astype(np.float64)
    sources, place, counts = np.unique(pairs.sources, return_inverse=True, return_counts=True)
    turn = np.arange(len(place)) // (each * 10) % _SPLITS
    many = np.isin(place, np.argsort(counts)[-1:])
    folds = np.where(many, len(sources) + turn, place)
    return Faces((features[0], features[1]), scores, counts[place] ** -0.5, folds)


def fitted(faces: Faces) -> tuple[Half, Half]:
    """The fits of both halves."""
    first, second = (
        _half(kinds, features, faces) for kinds, features in zip(KINDS, faces.features, strict=True)
    )
    return first, second


def _half(kinds: Sequence[str], features: np.ndarray, faces: Faces) -> Half:
    both = features.reshape(-1, features.shape[-1])
    weights = np.tile(faces.weights, 2)
    weights /= weights.sum()
    mean = weights @ both
    deviation = np.sqrt(weights @ (both - mean) ** 2)
    inputs = approximate.standard(both, mean, deviation)
    columns = []
    for kind in kinds:
        rows = approximate.sides(kind)
        scores = np.concatenate([faces.scores[:, row] for row in (rows[0], rows[-1])])
        values = np.column_stack((inputs, np.ones(len(both)), approximate.logits(scores)))
        columns.append(_stretched(_moments(values, weights, np.tile(faces.folds, 2))))
    fit = np.array(columns).T
    return Half(tuple(kinds), mean, deviation, fit[:-1], fit[-1])


def _moments(values: np.ndarray, weights: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """(folds, columns, columns): weighted sums of the products of columns, in each fold."""
    parts = [folds == fold for fold in np.unique(folds)]
    return np.stack([(values[part].T * weights[part]) @ values[part] for part in parts])


def _stretched(moments: np.ndarray) -> np.ndarray:
    """Weights and bias (features + 1,) that give what is wanted its mean and its deviation.

    The last columns of the ``moments`` are of ones and of what is wanted.
    """
    errors = {ridge: _error(moments, ridge) for ridge in RIDGES}
    best = min(errors.values())
    ridge = max(ridge for ridge, error in errors.items() if error <= _NEARLY * best)
    whole = moments.sum(axis=0)
    solved = _solved(whole, ridge)
    inputs, wanted = whole[:-1, :-1], whole[-1]
    middle, mean = solved @ inputs[-1], wanted[-2]
    factor = np.sqrt((wanted[-1] - mean**2) / (solved @ inputs @ solved - middle**2))
    return np.append(solved[:-1] * factor, mean + (solved[-1] - middle) * factor)


def _error(moments: np.ndarray, ridge: float) -> float:
    """The mean square for faces that are in other folds than those of the fit."""
    whole = moments.sum(axis=0)
    errors = []
    for fold in moments:
        values = np.append(_solved(whole - fold, ridge), -1.0)
        errors.append(values @ fold @ values)
    return float(sum(errors))


def _solved(moments: np.ndarray, ridge: float) -> np.ndarray:
    """The ridge regression's weights and bias (features + 1,); the bias is free."""
    cost = ridge * moments[-2, -2] * np.diag(np.append(np.ones(len(moments) - 2), 0))
    return np.linalg.solve(moments[:-1, :-1] + cost, moments[:-1, -1])


def module(fits: Sequence[Half], said: str) -> str:
    """The text of ``holistic.inference.approximate_weights``; ``said`` ends its docstring."""
    lines = [f'"""What approximate blendshapes are made with.\n\n{said}\n"""\n', "# fmt: off"]
    for name, fit in zip(_NAMES, fits, strict=True):
        lines += [_tuple(f"{name}_MEAN =", fit.mean), _tuple(f"{name}_DEVIATION =", fit.deviation)]
        rows = np.column_stack((fit.weights.T, fit.bias))
        lines.append(f"{name} = {{")
        lines += [
            textwrap.indent(_tuple(f'"{kind}":', row) + ",", "    ")
            for kind, row in zip(fit.kinds, rows, strict=True)
        ]
        lines.append("}")
    return "\n".join(lines) + "\n"


def _tuple(start: str, values: np.ndarray) -> str:
    text = ", ".join(f"{value:.4g}" for value in values)
    return textwrap.fill(f"{start} ({text})", 90, subsequent_indent="    ")
