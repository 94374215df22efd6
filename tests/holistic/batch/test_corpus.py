"""A corpus of two hundred clips on Dask: a killed worker, a full disk and a broken file.

Nothing is lost: what can be done is done once, what cannot is named, and the same command does
what is left.
"""

import errno
import json
import os
import signal
from contextlib import suppress

import numpy as np
import pytest

from builder import ROOT
from holistic import cli
from holistic.batch import executors, jobs
from holistic.inference import model_files

av = pytest.importorskip("av", reason="the clips are written by PyAV")
pytest.importorskip("distributed", reason="the corpus runs on Dask")
pytestmark = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)

CLIPS = 200
BROKEN = "clip007.mp4"
OPTIONS = ["--complexity", "0", "--variant", "float", "--parts", "pose"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Clips of one frame, and one that is broken."""
    folder = tmp_path_factory.mktemp("corpus")
    for number in range(CLIPS):
        with av.open(str(folder / f"clip{number:03}.mp4"), "w") as file:
            stream = file.add_stream("mpeg4", rate=10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, np.uint8), "rgb24")
            for packet in (*stream.encode(frame), *stream.encode(None)):
                file.mux(packet)
    (folder / BROKEN).write_bytes(b"broken")
    return folder


@pytest.fixture
def two_workers(monkeypatch):
    """The cluster that ``--scheduler`` without an address makes, of two workers."""
    import distributed

    made = []

    def cluster(_):
        made.append(
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
            )
        )
        return made[-1]

    monkeypatch.setattr(executors, "_local_cluster", cluster)
    return made


def results(out):
    """The names of the inputs that have a complete document."""
    found = {}
    for path in out.glob("*.mp4.json"):
        found[path.name.removesuffix(".json")] = json.loads(path.read_text())["frames"]
    assert all(len(frames) == 1 for frames in found.values())
    return set(found)


def everything(corpus):
    return {path.name for path in corpus.iterdir()} - {BROKEN}


def manifest(out):
    return [json.loads(line) for line in (out / jobs.MANIFEST).read_text().splitlines()]


def test_a_killed_worker_and_a_broken_file_lose_nothing(
    corpus, two_workers, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "out"
    report = cli.report

    def killing(found, total, notes):
        def watched():
            for number, outcome in enumerate(found):
                if number == CLIPS // 4:
                    with suppress(ProcessLookupError):
                        os.kill(next(iter(two_workers[0].workers.values())).pid, signal.SIGKILL)
                yield outcome

        return report(watched(), total, notes)

    monkeypatch.setattr(cli, "report", killing)
    assert cli.main([str(corpus), "--out", str(out), *OPTIONS, "--scheduler"]) == cli.SOME_FAILED
    assert results(out) == everything(corpus)
    told = capsys.readouterr().err
    assert f"{BROKEN}' is not a picture or a video" in told
    assert f"{CLIPS - 1} done, 0 were there already, 1 failed" in told
    lines = manifest(out)
    assert len({line["source"] for line in lines}) == len(lines) == CLIPS
    assert [line["source"].endswith(BROKEN) for line in lines if line["error"]] == [True]
    assert not [path for path in out.iterdir() if "partial" in path.name]


def test_a_full_disk_is_named_and_the_same_command_does_what_is_left(
    corpus, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "out"
    written = []

    class Disk(jobs.WRITERS["json"]):
        """Full after thirty files."""

        def write(self, result):
            written.append(result)
            if len(written) > 30:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            super().write(result)

    few = [str(path) for path in sorted(corpus.iterdir())[10:60]]
    command = [*few, "--out", str(out), *OPTIONS]
    out.mkdir()
    with monkeypatch.context() as patched:
        patched.setitem(jobs.WRITERS, "json", Disk)
        assert cli.main(command) == cli.SOME_FAILED
    assert "No space left on device" in capsys.readouterr().err
    assert len(results(out)) == 30

    assert cli.main(command) == 0
    assert len(results(out)) == 50
    assert "20 done, 30 were there already, 0 failed" in capsys.readouterr().err


def test_results_that_were_made_otherwise_are_told(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    command = [str(corpus / "clip000.mp4"), str(corpus / "clip001.mp4"), "--out", str(out)]
    assert cli.main([*command, *OPTIONS]) == 0
    capsys.readouterr()
    assert cli.main([*command, *OPTIONS, "--people", "2"]) == 0
    told = capsys.readouterr().err
    assert "2 of the results that are there were made with another version or other options" in told


def test_parquet_files_are_one_dataset_with_the_input_as_a_column(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    people = tmp_path / "in" / "a b"
    people.mkdir(parents=True)
    for name in ("one.jpg", "two.jpg"):
        (people / name).write_bytes((ROOT / "tests" / "media" / "signing.jpg").read_bytes())
    out = tmp_path / "out"
    command = [str(tmp_path / "in"), "--out", str(out), "--format", "parquet", *OPTIONS]
    assert cli.main(command) == 0
    table = pandas.read_parquet(out)
    assert set(table["file"]) == {"a b/one.jpg", "a b/two.jpg"}
    assert table.groupby("file", observed=True).size().tolist() == [66, 66]
    assert cli.main(command) == 0  # and nothing is done again
