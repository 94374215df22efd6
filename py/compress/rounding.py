"""Rounding the weights of a layer to a grid so that its results suffer least.

What rounding one weight does wrong, the weights of the same channel that are yet to be rounded make
good, as far as the layer's inputs go together (Frantar et al., "GPTQ: Accurate Post-Training
Quantization for Generative Pre-trained Transformers", 2023, in closed form after Hassibi and Stork,
"Optimal Brain Surgeon", 1993).
"""

from __future__ import annotations

import torch
from torch import Tensor

LIMIT = 127
"""Largest multiple of a step: weights are stored as int8."""


def compensated(weight: Tensor, gram: Tensor, steps: Tensor, damping: float) -> Tensor:
    """Weights rounded one after the other, those of the strongest inputs first.

    ``weight`` (problems, outputs, inputs + 1) has the bias last, which is not rounded; ``gram``
    (problems, inputs + 1, inputs + 1) are the inputs' products, ``steps`` (problems, outputs) the
    grids'. ``damping`` is added to the inputs' energies, as a part of their mean: the larger, the
    nearer to plain rounding.
    """
    diagonal = gram.diagonal(dim1=1, dim2=2)
    order = diagonal[:, :-1].argsort(1, descending=True)
    order = torch.cat([order, torch.full_like(order[:, :1], gram.shape[-1] - 1)], 1)
    problems = torch.arange(len(gram))[:, None, None]
    ordered = gram[problems, order[:, :, None], order[:, None, :]]
    energy = diagonal.mean(1)[:, None, None] * damping + 1e-12
    ordered = ordered + energy * torch.eye(gram.shape[-1], dtype=gram.dtype)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(ordered))
    factor = torch.linalg.cholesky(inverse, upper=True)
    values = weight.gather(2, order[:, None].expand_as(weight)).clone()
    for column in range(values.shape[2] - 1):
        exact = values[..., column].clone()
        rounded = (exact / steps).round().clamp(-LIMIT, LIMIT) * steps
        error = (exact - rounded) / factor[:, column, column, None]
        values[..., column] = rounded
        values[..., column + 1 :] -= error[..., None] * factor[:, None, column, column + 1 :]
    return torch.empty_like(values).scatter_(2, order[:, None].expand_as(values), values)
