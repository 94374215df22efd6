"""What each kind of operator costs in our networks, natively and in WebAssembly.

``python build.py bench -- --kernels`` times every operator alone, as a network of its own, and
every network whole, on one thread. What calling a network costs is taken off. An operator alone
finds its weights and its input in the caches, as it may not within a network: so a table says too
what the whole network takes beyond the sum. And it says how near each kind comes to the most
products that WebAssembly's vectors can do here.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from playwright.sync_api import sync_playwright

from bench import browser, machine, peaks, record, report
from bench.pieces import Piece, nothing, pieces
from builder import ROOT, downloads, environment, site
from compress.measure import browser_latency
from compress.measure.latency import in_turn
from compress.tflite.runner import timed
from holistic.inference import model_files
from holistic.shared.model_sets import FLOAT

FOLDER = record.FOLDER / "kernels"
NETWORKS = (
    *("pose_landmarks_full", "pose_landmarks_lite", "face_landmarks", "hand_landmarks"),
    *("hand_landmarks_lite", "hand_recrop", "pose_detector", "face_detector"),
)
VARIANTS = (FLOAT, "pruned_int8")
CLOCKS = NATIVE, BROWSER = "native", "wasm"
REPEATS, ROUNDS = 25, 3
"""Inferences of a network in a round, and rounds: to load one in the browser takes longer."""
NOTES = """\
Each operator is timed alone, the best of 75 runs; what calling a network costs is taken off.
Alone it finds weights and inputs in the caches, and is never joined with a neighbour, so that the
whole network takes more or less than the sum. Only what is padded for one convolution is timed with
it: natively XNNPACK makes the two one. On a busy machine no run of a long network is undisturbed,
so that only the kinds are to be trusted.
"""
_NOTHING = "nothing"
_CLEAR_MS = 0.03  # below, the steps of the browser's clock are too coarse to tell a speed


@dataclass(frozen=True)
class Kind:
    """All operators of one kind in a network; milliseconds of one inference, by clock."""

    kind: str
    count: int
    macs: int
    ms: dict[str, float]


@dataclass(frozen=True)
class Network:
    """A network of a variant, whole and by kinds of operators."""

    network: str
    variant: str
    whole_ms: dict[str, float]
    kinds: list[Kind]


@dataclass(frozen=True)
class Profile:
    """The networks' kernels on one machine at one time."""

    name: str
    facts: dict[str, Any]
    """Among them ``peaks``, the most products that WebAssembly's vectors do: see ``peaks``."""
    networks: list[Network]

    def save(self, folder: Path = FOLDER) -> Path:
        """Write it to a folder; returns the path."""
        return record.write(folder, asdict(self), "networks")


def read(folder: Path = FOLDER) -> list[Profile]:
    """The profiles of a folder, the newest first.

    Raises:
        ValueError: a file is not a profile; the message names it.
    """
    return record.kept(folder, _profile, "profile of kernels")


def _profile(content: dict[str, Any]) -> Profile:
    networks = [
        Network(**{**network, "kinds": [Kind(**kind) for kind in network["kinds"]]})
        for network in content["networks"]
    ]
    return Profile(**{**content, "networks": networks})


def measure(name: str = "", networks: Sequence[str] = NETWORKS) -> Profile:
    """Time the networks' kernels here; about five minutes.

    Raises:
        ModelError: a model has not been made yet.
    """
    facts = {
        "begun": time.strftime("%Y-%m-%d %H:%M:%S"),
        "machine": machine.describe(),
        "load": round(machine.load(), 1),
        "chromium": browser.version(),
    }
    wholes = dict(_wholes(networks))
    cut = {key: pieces(content) for key, content in wholes.items()}
    files = {_NOTHING: nothing()} | {"-".join(key): content for key, content in wholes.items()}
    for key, parts in cut.items():
        files |= {_piece(key, index): part.content for index, part in enumerate(parts)}
    facts["peaks"], in_browser = browser_times(files)
    clocks = {NATIVE: native_times(files), BROWSER: in_browser}
    found = [_network(key, parts, clocks) for key, parts in cut.items()]
    return Profile(name or str(machine.describe()["processor"]), facts, found)


def native_times(files: Mapping[str, bytes]) -> dict[str, float]:
    """The best time of each network in LiteRT on one thread, ms."""
    timers = {name: _timer(content) for name, content in files.items()}
    return {
        name: found.best for name, found in in_turn(files, lambda n: timers[n](), ROUNDS).items()
    }


def browser_times(files: Mapping[str, bytes]) -> tuple[dict[str, float], dict[str, float]]:
    """The peaks of Chromium's vectors, and the best time of each network there, ms.

    The networks run in our runtime, in a worker.
    """
    (wheel,) = (ROOT / "py" / "wheels").glob("holistic_tracking_runtime-*.whl")
    folders = [site.PYODIDE, *{path.parent for path in downloads.pyodide_packages().values()}]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        paths = {name: Path(folder) / f"{name}.tflite" for name in files}
        for name, path in paths.items():
            path.write_bytes(files[name])
        chromium = playwright.chromium.launch(executable_path=environment.chromium())
        bench = browser_latency.Bench(chromium, folders, wheel, paths)
        most = peaks.peaks(chromium)
        latencies = bench.times(paths, REPEATS, ROUNDS)
        again = peaks.peaks(chromium)  # the processor's clock may have been lower before
        most = {kind: max(speed, again[kind]) for kind, speed in most.items()}
        chromium.close()
    return most, {name: latency.best for name, latency in latencies.items()}


def markdown(profiles: Sequence[Profile]) -> str:
    """A table of each network of each profile; empty without any profile."""
    return "\n".join(
        f"## Kernel by kernel: {profile.name}, {str(profile.facts['begun']).partition(' ')[0]}\n\n"
        f"{_facts(profile)}\n{_sums(profile)}\n"
        + "\n".join(_table(network, profile.facts["peaks"]) for network in profile.networks)
        for profile in profiles
    )


def _facts(profile: Profile) -> str:
    facts, machine = profile.facts, profile.facts["machine"]
    most = " and ".join(f"{speed:.0f} in {kind}" for kind, speed in facts["peaks"].items())
    return (
        f"{facts['begun']}, {machine['processor']} ({machine['features']}), load {facts['load']} "
        f"before; one thread, {facts['chromium']}. WebAssembly's vectors allow {most}, in thousand "
        f"million products a second (G). {NOTES}"
    )


def _sums(profile: Profile) -> str:
    heading = ["", "native ms", "in WebAssembly ms", "ratio"]
    rows = []
    for network in profile.networks:
        native, wasm = (network.whole_ms[clock] for clock in CLOCKS)
        cells = [f"{native:.2f}", f"{wasm:.2f}", f"{wasm / native:.2f}"]
        rows.append([f"{network.network}, {network.variant}", *cells])
    return report.table(heading, rows)


def _table(network: Network, most: Mapping[str, float]) -> str:
    heading = [f"{network.network}, {network.variant}", "operators", "M products"]
    heading += ["native ms", "G/s", "in WebAssembly ms", "G/s", "of what vectors allow"]
    rows = [_row(kind, most) for kind in sorted(network.kinds, key=lambda kind: -kind.ms[BROWSER])]
    rest = {c: network.whole_ms[c] - sum(kind.ms[c] for kind in network.kinds) for c in CLOCKS}
    rows.append(["whole network, beyond the sum", "", "", f"{rest[NATIVE]:.2f}", ""])
    rows[-1] += [f"{rest[BROWSER]:.2f}", "", ""]
    return report.table(heading, rows)


def _row(kind: Kind, most: Mapping[str, float]) -> list[str]:
    speeds = {
        c: kind.macs / ms / 1e6 if kind.macs and ms >= _CLEAR_MS else None
        for c, ms in kind.ms.items()
    }
    cells = [kind.kind, str(kind.count), report.cell(kind.macs / 1e6 or None, ".1f")]
    for clock in CLOCKS:
        cells += [f"{kind.ms[clock]:.2f}", report.cell(speeds[clock], ".0f")]
    speed, peak = speeds[BROWSER], most.get(kind.kind.rpartition(" ")[2])
    return [*cells, report.cell(speed / peak if speed and peak else None, ".0%")]


def _wholes(networks: Sequence[str]) -> Iterator[tuple[tuple[str, str], bytes]]:
    """The networks' files by name and variant, each file once."""
    seen = set()
    for network in networks:
        for variant in VARIANTS:
            path = model_files.find(network, variant=variant)
            if path not in seen:
                seen.add(path)
                yield (network, variant), model_files.load(network, variant=variant)


def _piece(key: tuple[str, str], index: int) -> str:
    return f"{'-'.join(key)}-{index}"


def _network(
    key: tuple[str, str], parts: Sequence[Piece], clocks: Mapping[str, Mapping[str, float]]
) -> Network:
    """What the clocks' times say of a network and its pieces."""
    kinds: dict[str, Kind] = {}
    for index, part in enumerate(parts):
        times = {c: part.count * _net(found, _piece(key, index)) for c, found in clocks.items()}
        before = kinds.get(part.kind, Kind(part.kind, 0, 0, dict.fromkeys(clocks, 0.0)))
        kinds[part.kind] = Kind(
            part.kind,
            before.count + part.count,
            before.macs + part.count * part.macs,
            {clock: round(before.ms[clock] + ms, 4) for clock, ms in times.items()},
        )
    whole = {clock: round(_net(found, "-".join(key)), 4) for clock, found in clocks.items()}
    return Network(*key, whole, list(kinds.values()))


def _net(times: Mapping[str, float], name: str) -> float:
    """A time without what calling a network costs."""
    return max(0.0, times[name] - times[_NOTHING])


def _timer(content: bytes) -> Callable[[], list[float]]:
    """A function that runs a network some times and gives the milliseconds."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    for source in interpreter.get_input_details():
        values = np.random.default_rng(0).random(source["shape"], np.float32)
        scale = 1 if source["dtype"] == np.float32 else 100
        interpreter.set_tensor(source["index"], (values * scale).astype(source["dtype"]))

    return lambda: timed(interpreter, REPEATS)
