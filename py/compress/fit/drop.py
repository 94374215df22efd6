"""Dropping whole residual blocks: what follows a block reads what the block has read.

It pays where a network spends its time on blocks of large pictures with few channels, which have
no channels to spare. Training has to make up for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from compress.tflite.model_file import ModelError, shape


def drop_blocks(model: Any, blocks: Iterable[tuple[int, int]]) -> None:
    """Drop operators from each block's first to its last, in place; sweep afterwards.

    Tensors keep their numbers. Raises ModelError where a block's result is no substitute for what
    it reads.
    """
    graph = model.subgraphs[0]
    replaced: dict[int, int] = {}
    dropped: set[int] = set()
    for first, last in blocks:
        read, made = int(graph.operators[first].inputs[0]), int(graph.operators[last].outputs[0])
        if shape(graph.tensors[read]) != shape(graph.tensors[made]):
            raise ModelError(f"operators {first} to {last} are no block that can be left out")
        replaced[made] = replaced.get(read, read)
        dropped.update(range(first, last + 1))
    graph.operators = [one for n, one in enumerate(graph.operators) if n not in dropped]
    for holder in graph.operators:
        holder.inputs = np.array([replaced.get(int(i), int(i)) for i in holder.inputs], np.int32)
