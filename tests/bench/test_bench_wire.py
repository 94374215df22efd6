"""The benchmark's server counts what goes over the wire."""

import time
import urllib.request

import pytest

from bench import wire


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "text.js").write_bytes(b"a" * 10_000)
    (tmp_path / "packed.gz").write_bytes(bytes(range(256)))
    return tmp_path


def fetch(address, **headers):
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as response:
        return response.read()


def test_bytes_sent_include_headers_and_every_answer(folder):
    with wire.serve(folder) as counted:
        fetch(f"{counted.address}/text.js?again")
        once = counted.sent()
        fetch(f"{counted.address}/text.js")
    assert 10_000 < once < 11_000
    assert counted.sent() == pytest.approx(2 * once, abs=200)


def test_what_comes_after_the_first_landmarks_is_not_counted_until_then(folder):
    with wire.serve(folder) as counted:
        fetch(f"{counted.address}/packed.gz")
        then = time.monotonic() * 1000
        fetch(f"{counted.address}/text.js")
        assert 256 < counted.sent(then) < 1000
        assert counted.gzipped(then) == 256


def test_a_part_of_a_file_counts_as_a_part(folder):
    with wire.serve(folder) as counted:
        assert len(fetch(f"{counted.address}/text.js", Range="bytes=0-99")) == 100
    assert counted.sent() < 1000


def test_gzipped_counts_each_file_once_and_packed_ones_as_they_are(folder):
    with wire.serve(folder) as counted:
        for path in ("text.js", "text.js", "packed.gz"):
            fetch(f"{counted.address}/{path}")
        assert 256 < counted.gzipped() < 400


def test_clearing_begins_anew(folder):
    with wire.serve(folder) as counted:
        fetch(f"{counted.address}/text.js")
        counted.clear()
        assert (counted.sent(), counted.gzipped()) == (0, 0)
