"""Who is measured: our site and tracker, and what one would use instead."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from bench.native import MEDIAPIPE
from holistic.shared import layout
from holistic.shared.model_sets import AUTO, AUTO_IN_FLOAT, VARIANTS

COMPLEXITIES = (1, 0)
WORKERS = tuple(range(1, layout.MAX_WORKERS + 1))


@dataclass(frozen=True)
class Peer:
    """One row of the table.

    ``name`` chooses it on the command line, ``title`` names it in the report.
    """

    name: str
    title: str


@dataclass(frozen=True)
class PagePeer(Peer):
    """A peer in the browser: a page of our site (``ours``) or of the benchmark's own."""

    page: str
    ours: bool = False


@dataclass(frozen=True)
class NativePeer(Peer):
    """A peer in Python: ``tracker`` is MEDIAPIPE or, of ours, the variant of the models."""

    tracker: str
    complexity: int


CAMERA = PagePeer("camera", "the camera alone", "peer.html?peer=camera_only")
"""The control: the most frames anyone can get, and what merely receiving them costs."""
_OTHER_PAGES = {
    "tasks": ("tasks_vision", "tasks-vision HolisticLandmarker"),
    "legacy": ("legacy", "legacy @mediapipe/holistic"),
    "human": ("human", "@vladmandic/human"),
    "litert": ("litert", "LiteRT.js with MediaPipe's networks"),
}
"""Others' pages by name: the module in ``pages`` that runs each, and its title."""


def site_peer(variant: str, complexity: int, workers: int, people: int = 0) -> PagePeer:
    """Our page with one set of models and so many workers, looking for so many people if told."""
    query = f"src=camera&complexity={complexity}&workers={workers}&variant={variant}"
    query += "&level=full&still=0"  # as its peers do: everything in every frame
    return PagePeer(
        f"site-{variant}-c{complexity}-w{workers}" + f"-p{people}" * bool(people),
        f"our site, {variant}, complexity {complexity}, {_count(workers)}"
        + f", looking for {people}" * bool(people),
        f"index.html?{query}" + f"&people={people}" * bool(people),
        ours=True,
    )


def crowd_peer(people: int) -> PagePeer:
    """Our page as it comes, looking for so many people."""
    return site_peer(AUTO, 1, layout.WORKERS, people)


def native_peer(variant: str, complexity: int) -> NativePeer:
    """Our tracker in Python with one set of models."""
    title = f"our tracker, native, {variant}, complexity {complexity}"
    return NativePeer(f"native-{variant}-c{complexity}", title, variant, complexity)


def everyone() -> list[Peer]:
    """All peers, in the table's order."""
    peers: list[Peer] = [CAMERA]
    for variant in (each for each in VARIANTS if each != AUTO_IN_FLOAT):  # fast natively only
        peers += [site_peer(variant, 1, workers) for workers in WORKERS]
        peers += [site_peer(variant, 0, workers) for workers in sorted({2, layout.WORKERS})]
    for name, (module, title) in _OTHER_PAGES.items():
        peers += [
            PagePeer(
                f"{name}-c{c}",
                f"{title}, complexity {c}",
                f"peer.html?peer={module}&complexity={c}",
            )
            for c in COMPLEXITIES
        ]
    peers += [native_peer(variant, c) for variant in VARIANTS for c in COMPLEXITIES]
    for c in COMPLEXITIES:
        title = f"mp.solutions.holistic, native, complexity {c}"
        peers.append(NativePeer(f"mediapipe-c{c}", title, MEDIAPIPE, c))
    return peers


def chosen(patterns: list[str]) -> list[Peer]:
    """The peers whose names match any of the patterns, such as ``tasks-*``; all without patterns.

    Raises ValueError for a pattern that matches nobody.
    """
    peers = everyone()
    for pattern in patterns:
        if not any(fnmatchcase(peer.name, pattern) for peer in peers):
            names = ", ".join(peer.name for peer in peers)
            raise ValueError(f"no peer is called {pattern!r}; there are {names}")
    return [
        peer
        for peer in peers
        if not patterns or any(fnmatchcase(peer.name, pattern) for pattern in patterns)
    ]


def _count(workers: int) -> str:
    return f"{workers} worker{'s' if workers > 1 else ''}"
