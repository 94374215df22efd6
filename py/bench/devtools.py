"""Chromium's DevTools protocol over a pair of pipes, as little of it as the benchmark needs.

Not by playwright: that listens to the network, for which Chromium keeps a copy of everything that
a page and its workers fetch, in base64. Dozens of megabytes would be weighed that are not the
page's, and timed.
"""

import fcntl
import itertools
import json
import os
import select
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPLY_SECONDS = 60
"""A page that is busy for so long does not work."""
CLOSE_SECONDS = 20
READS, WRITES = 3, 4
"""The file descriptors at which Chromium listens and talks."""

FLAGS = [
    "--headless",
    "--remote-debugging-pipe",
    "--window-size=1280,860",
    "--no-sandbox",
    "--no-first-run",
    "--no-default-browser-check",
    "--mute-audio",
    "--password-store=basic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-sync",
    "--disable-features=OptimizationHints,OptimizationGuideModelDownloading,Translate,MediaRouter",
]


class DevToolsError(Exception):
    """The browser or a page does not answer, or not as it should."""


class Connection:
    """The protocol's messages: ``reads`` and ``writes`` are ends of pipes to the browser."""

    def __init__(self, reads: int, writes: int):
        self._reads, self._writes = reads, writes
        self._numbers = itertools.count(1)
        self._received = b""

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """What the browser answers; raises DevToolsError if it refuses, or says nothing."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._writes, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                break
        if "error" in answer:
            raise DevToolsError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._received:
            if not select.select([self._reads], [], [], REPLY_SECONDS)[0]:
                raise DevToolsError(f"the browser has not answered for {REPLY_SECONDS} s")
            content = os.read(self._reads, 1 << 20)
            if not content:
                raise DevToolsError("the browser is gone")
            self._received += content
        text, _, self._received = self._received.partition(b"\0")
        return dict(json.loads(text))


@dataclass(frozen=True)
class Page:
    """A tab of the browser."""

    connection: Connection
    target: str
    session: str

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command to this page."""
        return self.connection.send(method, self.session, **parameters)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, or of its promise; raises DevToolsError."""
        answer = self.send(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise DevToolsError(thrown.get("exception", {}).get("description", thrown["text"]))
        return answer["result"].get("value")

    def navigate(self, address: str) -> None:
        """Go to an address; returns when its document begins."""
        answer = self.send("Page.navigate", url=address)
        if "errorText" in answer:
            raise DevToolsError(f"{address}: {answer['errorText']}")


@contextmanager
def open_page(connection: Connection, script: str) -> Iterator[Page]:
    """A new tab that runs ``script`` in every document before anything else."""
    target = connection.send("Target.createTarget", url="about:blank")["targetId"]
    attached = connection.send("Target.attachToTarget", targetId=target, flatten=True)
    page = Page(connection, target, attached["sessionId"])
    try:
        page.send("Page.enable")
        page.send("Page.addScriptToEvaluateOnNewDocument", source=script)
        page.send("Performance.enable")
        yield page
    finally:
        connection.send("Target.closeTarget", targetId=target)


@contextmanager
def launch(executable: Path, flags: list[str]) -> Iterator[tuple[Connection, int]]:
    """A headless Chromium with an empty profile: its connection and its process's number."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as profile:
        (ours_in, theirs_out), (theirs_in, ours_out) = _pipe(), _pipe()

        def plumb() -> None:
            os.dup2(theirs_in, READS)
            os.dup2(theirs_out, WRITES)

        process = subprocess.Popen(
            [str(executable), *FLAGS, f"--user-data-dir={profile}", *flags],
            preexec_fn=plumb,  # noqa: PLW1509 - it calls nothing that takes a lock
            pass_fds=(READS, WRITES),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        connection = Connection(ours_in, ours_out)
        try:
            yield connection, process.pid
        finally:
            _end(process)
            os.close(ours_in)
            os.close(ours_out)


def _pipe() -> tuple[int, int]:
    """The ends of a pipe, to read and to write, above the numbers that Chromium wants."""
    reads, writes = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, WRITES + 1) for end in (reads, writes)]
    os.close(reads)
    os.close(writes)
    return high[0], high[1]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a browser to close, and wait until it has; end it where it does not."""
    process.terminate()
    try:
        process.wait(CLOSE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
