"""A small static web server that sends the headers of cross-origin isolation.

Without ``Cross-Origin-Opener-Policy`` and ``Cross-Origin-Embedder-Policy`` a browser gives the
page no SharedArrayBuffer. The other headers let pages of other origins use the tag.
"""

import functools
import re
import sys
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

from builder import encodings

ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
SHARING = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Handler(SimpleHTTPRequestHandler):
    """Files of one folder, with isolation headers, right media types and byte ranges.

    What ``encodings`` has compressed is sent so to browsers that accept it.
    """

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".py": "text/x-python",
        ".toml": "application/toml",
        ".tflite": "application/octet-stream",
        ".gz": "application/octet-stream",
        ".whl": "application/octet-stream",
        ".mkv": "video/x-matroska",
    }
    isolated = True

    def end_headers(self) -> None:
        """Add the headers that every answer carries."""
        for name, value in {**SHARING, **(ISOLATION if self.isolated else {})}.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def do_GET(self) -> None:
        """Answer with a file, or the part of it that the browser asks for."""
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if span is None or not path.is_file():
            super().do_GET()
            return
        # A browser seeks in a video by asking for a range.
        size = path.stat().st_size
        first, last = int(span[1]), min(int(span[2] or size), size - 1)
        if first > last:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        with path.open("rb") as file:
            file.seek(first)
            self._send(file, last - first + 1)

    def send_head(self) -> Any:
        """Send the headers; returns a file with what follows, None if there is nothing."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        found = encodings.find(path, self.headers.get("Accept-Encoding", ""))
        if found is None or not self.path.partition("?")[0].endswith(("/", path.name)):
            return super().send_head()
        encoding, file = found
        tag = f'"{file.name}"'
        fresh = self.headers.get("If-None-Match") == tag
        self.send_response(HTTPStatus.NOT_MODIFIED if fresh else HTTPStatus.OK)
        self.send_header("ETag", tag)
        self.send_header("Vary", "Accept-Encoding")
        if not fresh:
            self.send_header("Content-Type", self.guess_type(str(path)))
            self.send_header("Content-Encoding", encoding)
            self.send_header("Content-Length", str(file.stat().st_size))
        self.end_headers()
        return None if fresh else file.open("rb")

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Send a file unless the browser has changed its mind."""
        try:
            super().copyfile(source, outputfile)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of requests that went well."""

    def log_error(self, format: str, *args: object) -> None:
        """Print requests that failed."""
        super().log_message(format, *args)

    def _send(self, file: BinaryIO, count: int) -> None:
        try:
            while count > 0 and (chunk := file.read(min(count, 1 << 16))):
                self.wfile.write(chunk)
                count -= len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class PlainHandler(Handler):
    """The same without isolation: what a host that cannot set headers would send."""

    isolated = False


class Server(ThreadingHTTPServer):
    """Answers a browser that opens many connections at once and drops some of them."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print what failed, unless the browser only went away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def make_server(folder: Path, port: int = 0, handler: type[Handler] = Handler) -> Server:
    """A server of ``folder`` on 127.0.0.1; port 0 takes a free one. Call ``serve_forever()``."""
    return Server(("127.0.0.1", port), functools.partial(handler, directory=str(folder)))
