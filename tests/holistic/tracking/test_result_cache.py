"""Remembering what pictures held."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from holistic.tracking.result_cache import RecordCache, fingerprint

RECORD = np.arange(10, dtype=np.float32)


def test_fingerprints_tell_content_and_shape():
    picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert fingerprint(picture) == fingerprint(picture.copy())
    assert fingerprint(picture) != fingerprint(picture.reshape(4, 2, 3))
    changed = picture.copy()
    changed[1, 2, 0] += 1
    assert fingerprint(picture) != fingerprint(changed)


def test_what_is_kept_is_a_copy():
    cache, record = RecordCache(1000), RECORD.copy()
    cache.put(b"one", record)
    record[:] = 0
    assert (cache.get(b"one") == RECORD).all()
    assert cache.get(b"two") is None


def test_the_least_used_goes_first():
    cache = RecordCache(2 * RECORD.nbytes)
    cache.put(b"one", RECORD)
    cache.put(b"two", RECORD)
    cache.get(b"one")
    cache.put(b"three", RECORD)
    assert cache.get(b"two") is None
    assert cache.get(b"one") is not None


@given(st.lists(st.integers(1, 40), unique=True), st.integers(0, 400))
def test_memory_stays_within_the_bound(lengths, capacity):
    cache = RecordCache(capacity)
    for length in lengths:
        cache.put(str(length).encode(), RECORD.repeat(4)[:length])
        assert cache.bytes <= capacity
    kept = [cache.get(str(length).encode()) for length in lengths]
    assert cache.bytes == sum(record.nbytes for record in kept if record is not None)
    cache.clear()
    assert cache.bytes == 0
