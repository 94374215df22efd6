"""Whoever asks the command to end gets what was done, as with Ctrl-C, and no hidden files."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from builder import ROOT
from holistic.batch import interruptions
from holistic.inference import model_files

CLIP = ROOT / "tests/media/intel__milk.mkv"
COPIES = 60
PATIENCE = 120  # seconds


def test_what_is_handled_or_ignored_stays_so(monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with interruptions.taken_as_interruptions():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture
def heard():
    """What a terminal that closes says is heard, also by tests that run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def in_background():
    """Ctrl-C is ignored, as by what a shell begins with ``&``."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def videos(tmp_path):
    """Videos that nobody has the time to track, in a folder."""
    av = pytest.importorskip("av")
    folder = tmp_path / "videos"
    folder.mkdir()
    with av.open(str(CLIP)) as clip:
        packets = [bytes(packet) for packet in clip.demux(video=0) if packet.size]
        for name in ("a.mkv", "b.mkv", "c.mkv", "d.mkv", "e.mkv", "f.mkv"):
            with av.open(str(folder / name), "w") as video:
                stream = video.add_stream_from_template(clip.streams.video[0])
                for number, content in enumerate(packets * COPIES):
                    packet = av.Packet(content)
                    packet.stream, packet.time_base = stream, clip.streams.video[0].time_base
                    packet.pts = packet.dts = number * 33
                    video.mux(packet)
    return folder


needs_models = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)


@needs_models
@pytest.mark.usefixtures("heard", "in_background")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_it_ends_and_keeps_what_was_done(videos, tmp_path, workers, number):
    out = tmp_path / "out"
    code, told = ended(videos, out, workers, number)
    assert code == 130
    assert b"holistic: interrupted; what is complete is kept" in told
    names = sorted(path.name for path in out.iterdir())
    assert names == [f"{name}.mkv.incomplete.json" for name in "ab"[:workers]]


@needs_models
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no such signal")
def test_the_processes_of_one_that_is_killed_end_too(videos, tmp_path):
    out = tmp_path / "out"
    code, _ = ended(videos, out, 2, signal.SIGKILL)
    assert code == -signal.SIGKILL
    left = sorted(path.name.partition(".json")[0] for path in out.iterdir())
    assert left == [".a.mkv", ".b.mkv"], "hidden, until the next run removes them"


def ended(videos: Path, out: Path, workers: int, number: signal.Signals) -> tuple[int, bytes]:
    """The exit code of a command that gets a signal, and what it and its processes have said."""
    options = ["--complexity", "0", "--parts", "face", "--workers", str(workers)]
    command = [sys.executable, "-m", "holistic", str(videos), "--out", str(out), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "py")}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as process:
        deadline = time.monotonic() + PATIENCE
        while len(begun(out)) < workers and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(number)
        _, told = process.communicate(timeout=PATIENCE)  # until the last of them has ended
    return process.returncode, told


def begun(folder: Path) -> list[Path]:
    """The hidden files of results that are being written."""
    return [path for path in folder.glob(".*.partial.json") if path.stat().st_size > 0]
