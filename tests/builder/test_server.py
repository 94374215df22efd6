"""The server sends what a browser needs for shared memory, WebAssembly and seeking in videos."""

import gzip
import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder import encodings
from builder.server import Handler, PlainHandler, make_server

Fetch = Callable[..., http.client.HTTPResponse]


@pytest.fixture
def fetch(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fetch]:
    (tmp_path / "clip.mkv").write_bytes(bytes(range(100)))
    (tmp_path / "module.wasm").write_bytes(b"\0asm")
    (tmp_path / "page.mjs").write_text("export {}")
    server = make_server(tmp_path, handler=getattr(request, "param", Handler))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def get(path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(*server.server_address[:2])
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    yield get
    server.shutdown()
    server.server_close()


def test_pages_are_cross_origin_isolated(fetch: Fetch) -> None:
    headers = fetch("/page.mjs").headers
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_other_origins_may_use_the_files(fetch: Fetch) -> None:
    headers = fetch("/page.mjs").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("fetch", [PlainHandler], indirect=True)
def test_a_plain_host_can_be_imitated(fetch: Fetch) -> None:
    assert "Cross-Origin-Opener-Policy" not in fetch("/page.mjs").headers


@pytest.mark.parametrize(
    ("path", "media_type"), [("/module.wasm", "application/wasm"), ("/page.mjs", "text/javascript")]
)
def test_media_types_are_those_that_browsers_insist_on(
    fetch: Fetch, path: str, media_type: str
) -> None:
    assert fetch(path).headers["Content-Type"] == media_type


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("bytes=10-19", range(10, 20)),
        ("bytes=95-", range(95, 100)),
        ("bytes=90-500", range(90, 100)),
    ],
)
def test_a_range_of_a_video_can_be_asked_for(fetch: Fetch, span: str, expected: range) -> None:
    response = fetch("/clip.mkv", Range=span)
    assert response.status == 206
    assert response.headers["Content-Range"] == f"bytes {expected[0]}-{expected[-1]}/100"
    assert response.read() == bytes(expected)


def test_a_range_past_the_end_is_refused(fetch: Fetch) -> None:
    assert fetch("/clip.mkv", Range="bytes=100-").status == 416


def test_a_browser_that_goes_away_is_not_worth_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = make_server(tmp_path)
    server.daemon_threads = False  # so that closing waits for the answer to end
    with socket.create_connection(server.server_address[:2]) as connection:
        # Closing with unsent data thrown away resets the connection.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.handle_request()
    server.server_close()
    assert "Traceback" not in capsys.readouterr().err


@pytest.fixture
def page(fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page that gets smaller, and is encoded."""
    monkeypatch.setattr(encodings, "FOLDER", tmp_path / "encoded")
    page = tmp_path / "index.html"
    page.write_text("<p>hello</p>" * 1000)
    encodings.prepare(tmp_path)
    return page


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip;q=1.0", "gzip")]
)
def test_pages_are_compressed_as_the_browser_accepts_it(
    fetch: Fetch, page: Path, accepted: str, encoding: str
) -> None:
    response = fetch("/", **{"Accept-Encoding": accepted})
    assert response.headers["Content-Encoding"] == encoding
    assert response.headers["Content-Type"] == "text/html"
    assert len(response.read()) == int(response.headers["Content-Length"]) < 200


@pytest.fixture
def packed(fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What is in ``model.bin``; ``model.json`` has what is packed in it."""
    monkeypatch.setattr(encodings, "FOLDER", tmp_path / "encoded")
    content = bytes(range(256)) * 1000
    packed = gzip.compress(content)
    (tmp_path / "model.json").write_bytes(content)
    (tmp_path / "model.bin").write_bytes(packed)
    encodings.prepare(tmp_path)
    return packed


def test_what_is_packed_is_sent_in_brotli_instead(fetch: Fetch, packed: bytes) -> None:
    response = fetch("/model.bin", **{"Accept-Encoding": "gzip, deflate, br"})
    assert response.headers["Content-Encoding"] == "br"
    assert response.read() == fetch("/model.json", **{"Accept-Encoding": "br"}).read() != packed


def test_what_is_packed_comes_so_to_who_knows_no_brotli(fetch: Fetch, packed: bytes) -> None:
    response = fetch("/model.bin", **{"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] is None
    assert response.read() == packed


def test_other_hosts_find_the_same_beside_each_file(
    fetch: Fetch, packed: bytes, tmp_path: Path
) -> None:
    encodings.lay_beside(tmp_path)
    for name in ("model.bin", "model.json"):
        sent = fetch(f"/{name}", **{"Accept-Encoding": "br"}).read()
        assert (tmp_path / f"{name}.br").read_bytes() == sent


def test_who_accepts_no_compression_gets_none(fetch: Fetch, page: Path) -> None:
    response = fetch("/index.html")
    assert response.headers["Content-Encoding"] is None
    assert response.read() == page.read_bytes()


def test_what_has_not_changed_is_not_sent_again(fetch: Fetch, page: Path) -> None:
    tag = fetch("/", **{"Accept-Encoding": "br"}).headers["ETag"]
    again = fetch("/", **{"Accept-Encoding": "br", "If-None-Match": tag})
    assert (again.status, again.read()) == (304, b"")


def test_a_page_that_has_changed_since_it_was_compressed_is_sent_as_it_is(
    fetch: Fetch, page: Path
) -> None:
    page.write_text("changed")
    assert fetch("/", **{"Accept-Encoding": "br"}).read() == b"changed"


def test_a_missing_file_is_404(fetch: Fetch) -> None:
    assert fetch("/none").status == 404
