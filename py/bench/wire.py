"""A web server that knows what went over the wire."""

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from builder import server


@dataclass
class Wire:
    """What a server has sent since it was last :meth:`cleared <clear>`."""

    folder: Path
    pieces: list[tuple[float, int]] = field(default_factory=list)
    """When bytes were sent, by the machine's monotonic clock in ms, and how many with headers."""
    paths: dict[str, float] = field(default_factory=dict)
    """Files sent, relative to the folder, and when they began."""
    address: str = ""

    def clear(self) -> None:
        """Begin to count anew."""
        self.pieces.clear()
        self.paths.clear()

    def sent(self, until: float = inf) -> int:
        """Bytes, headers included, up to a time in ms."""
        return sum(count for moment, count in self.pieces if moment <= until)

    def gzipped(self, until: float = inf) -> int:
        """Bytes if a host had gzipped each file where that makes it smaller."""
        paths = [path for path, begun in self.paths.copy().items() if begun <= until]
        return sum(_smaller(self.folder / path) for path in paths)


@contextmanager
def serve(folder: Path) -> Iterator[Wire]:
    """Serve ``folder`` on a free port of 127.0.0.1, counting."""
    wire = Wire(folder)
    http = server.make_server(folder, handler=_counting_handler(wire))
    wire.address = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        http.shutdown()
        http.server_close()


def _counting_handler(wire: Wire) -> type[server.Handler]:
    lock = threading.Lock()

    class CountingHandler(server.Handler):
        def setup(self) -> None:
            super().setup()
            self.wfile = cast(Any, _CountingWriter(self.wfile, wire, lock))

        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            if int(code) in (200, 206):
                path = unquote(urlsplit(self.path).path).lstrip("/")
                wire.paths.setdefault(path or "index.html", time.monotonic() * 1000)

    return CountingHandler


class _CountingWriter:
    """A connection's output that adds what is written to a Wire."""

    def __init__(self, output: Any, wire: Wire, lock: threading.Lock):
        self._output, self._wire, self._lock = output, wire, lock

    def write(self, content: bytes) -> int:
        with self._lock:
            self._wire.pieces.append((time.monotonic() * 1000, len(content)))
        return int(self._output.write(content))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._output, name)


def _smaller(path: Path) -> int:
    content = path.read_bytes()
    return min(len(content), len(gzip.compress(content, 6)))
