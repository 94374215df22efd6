"""What is packed is kept, and whole however many ask for it at once."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from builder import gzips

CONTENT = np.random.default_rng(0).bytes(300_000)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(gzips, "FOLDER", tmp_path / "gzip")
    return gzips.FOLDER


def never() -> bytes:
    pytest.fail("it is kept already")


def test_it_is_packed_once() -> None:
    first = gzips.packed("a", lambda: CONTENT)
    assert gzip.decompress(first) == CONTENT
    assert gzips.packed("a", never) == first


def test_one_that_another_process_has_made_meanwhile_is_made_again() -> None:
    def content() -> bytes:
        gzips.packed("a", lambda: CONTENT)
        return CONTENT

    assert gzip.decompress(gzips.packed("a", content)) == CONTENT


def test_nobody_gets_a_part_of_what_another_is_writing(folder: Path) -> None:
    names = [str(index // 8) for index in range(160)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: gzips.packed(name, lambda: CONTENT), names))
    assert set(found) == {gzip.compress(CONTENT, 9, mtime=0)}
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{name}.gz" for name in set(names)
    )
