"""``holistic bridge``: a page's motion for avatar programs.

A browser cannot send OSC. It sends JSON through a WebSocket to this program, which sends it on by
the VMC protocol: ``{"bones": {name: [x, y, z, w]}, "hipsPosition": [x, y, z] or null,
"blendshapes": {name: value} or null}``, as a person of the tag's events has them. The page's side
is ``live/bridge.js``.

It listens on this machine alone unless told otherwise, and to pages of this machine and of the
origins that it is told: other pages that somebody happens to visit cannot move the avatar.

It needs websockets (BSD-3-Clause) and python-osc.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from holistic.live import vmc
from holistic.results.blendshapes import Blendshapes
from holistic.results.optional import MissingLibraryError, library
from holistic.shared.bones import BONES

NAME = "bridge"
PORT = 39541
_LARGEST = 1 << 16  # bytes of a message
_USAGE, _INTERRUPTED = 2, 130
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


def main(argv: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(argv)
    try:
        host, port = vmc.address(options.listen, PORT)
        with vmc.VmcSender(options.vmc, options.rate, options.expressions) as sender:
            bridge = Bridge(sender, options.expressions, frozenset(options.origin))
            with bridge.serve(host, port) as server:
                where = f"[{host}]" if ":" in host else host
                number = server.socket.getsockname()[1]
                print(f"ws://{where}:{number} goes to {options.vmc} (Ctrl-C ends it)", flush=True)
                server.serve_forever()
    except (MissingLibraryError, ValueError) as error:
        print(f"holistic bridge: {error}", file=sys.stderr)
        return _USAGE
    except OSError as error:
        print(
            f"holistic bridge: cannot listen on {options.listen} ({error.strerror}): "
            "give another --listen HOST:PORT",
            file=sys.stderr,
        )
        return _USAGE
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="holistic bridge",
        description="Send a page's motion on to avatar programs, by VMC.",
        epilog="Exit codes: 2 it could not begin, 130 interrupted.",
    )
    add = parser.add_argument
    own, avatars = (f"127.0.0.1:{port}" for port in (PORT, vmc.PORT))
    add("--vmc", default=avatars, metavar="HOST:PORT", help=f"of the program (default: {avatars})")
    add("--listen", default=own, metavar="HOST:PORT", help=f"for pages (default: {own})")
    add(
        "--origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="of pages that may send, such as https://tracker.example; those of this machine may",
    )
    add("--rate", type=int, choices=vmc.RATES, default=60, help="messages a second (default: 60)")
    add(
        "--expressions",
        choices=vmc.EXPRESSIONS,
        default="arkit",
        help="names of the face's expressions: the 52 of Perfect Sync (default), or VRM's",
    )
    return parser


class Bridge:
    """Passes what pages send on to ``sender``."""

    def __init__(self, sender: vmc.VmcSender, expressions: str, origins: frozenset[str]) -> None:
        self._sender = sender
        self._expressions = expressions
        # A browser names an origin in small letters and without a path.
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def serve(self, host: str, port: int) -> Any:
        """The server, which is listening; see ``websockets.sync.server.serve``.

        Raises:
            OSError: nobody can listen there.
        """
        server = library("websockets.sync.server", vmc.EXTRA)
        return server.serve(
            self._receive, host, port, process_request=self._refusal, max_size=_LARGEST
        )

    def _refusal(self, connection: Any, request: Any) -> Any:
        """An answer to pages that may not send; None to the others."""
        origin = request.headers.get("Origin")
        if origin is None or origin in self._origins or urlsplit(origin).hostname in _LOCAL:
            return None
        return connection.respond(
            403, f"pages of {origin} may not send: start the bridge with --origin {origin}\n"
        )

    def _receive(self, connection: Any) -> None:
        closed = library("websockets.exceptions", vmc.EXTRA).ConnectionClosed
        with suppress(closed):  # a page that is gone, or was refused, is no fault of the bridge
            for message in connection:
                try:
                    self._sender.show(pose_of(json.loads(message), self._expressions))
                except (KeyError, TypeError, ValueError, RecursionError) as error:
                    connection.close(1003, f"this is no person of a landmarks event: {error}"[:120])
                    return


def pose_of(person: Mapping[str, Any], expressions: str) -> vmc.Pose:
    """The pose in a page's message.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    rotations = np.array([person["bones"][name] for name in BONES], np.float64)
    hips = np.array(person.get("hipsPosition") or (0, 0, 0), np.float64)
    if rotations.shape != (len(BONES), 4) or hips.shape != (3,):
        raise ValueError("bones are four numbers each, and the position is three")
    if not (np.isfinite(rotations).all() and np.isfinite(hips).all()):
        raise ValueError("its numbers are not finite")
    face = person.get("blendshapes")
    shapes = None if face is None else Blendshapes.of(dict(face))
    return vmc.Pose(rotations, hips, vmc.expressions_of(shapes, expressions))
