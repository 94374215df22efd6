"""Remembering what still pictures held, by their content, within a bound on memory."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

import numpy as np


def fingerprint(frame: np.ndarray) -> bytes:
    """A digest of a contiguous picture's shape and bytes."""
    digest = blake2b(repr(frame.shape).encode(), digest_size=16)
    digest.update(frame.data)
    return digest.digest()


class RecordCache:
    """Records by fingerprint: at most ``capacity_bytes`` of them, the least used go first."""

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity = capacity_bytes
        self._records: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self.bytes = 0
        """What the records take."""

    def get(self, key: bytes) -> np.ndarray | None:
        """The record kept under ``key``."""
        if key not in self._records:
            return None
        self._records.move_to_end(key)
        return self._records[key]

    def put(self, key: bytes, record: np.ndarray) -> None:
        """Keep a copy of ``record`` under the new ``key``, if it fits."""
        if record.nbytes > self._capacity:
            return
        self._records[key] = record.copy()
        self.bytes += record.nbytes
        while self.bytes > self._capacity:
            self.bytes -= self._records.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        """Forget all pictures."""
        self._records.clear()
        self.bytes = 0
