"""The same jobs on processes and on a Dask cluster, also when a process is killed."""

import os
import signal
import sys
import threading
from time import monotonic, sleep

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic.batch import executors
from holistic.batch.jobs import CorpusError, Job, jobs
from holistic.inference import arithmetic, model_files
from holistic.options import Options

pytestmark = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)
OPTIONS = Options(complexity=0, variant="float")
FRAMES = 20
PATIENCE = 60  # seconds that a busy machine may take


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """A folder of short clips, one of them broken, and a picture of a person."""
    folder = tmp_path_factory.mktemp("videos")
    for name in ("a.mp4", "b.mp4", "d.mp4", "e.mp4"):
        kind = cv2.VideoWriter.fourcc(*"mp4v")
        video = cv2.VideoWriter(str(folder / name), kind, 10, (64, 48))
        for level in range(FRAMES):
            video.write(np.full((48, 64, 3), level, np.uint8))
        video.release()
    (folder / "c.mp4").write_bytes(b"broken")
    picture = ROOT / "tests" / "media" / "signing.jpg"
    (folder / "f.jpg").write_bytes(picture.read_bytes())
    return folder


@pytest.fixture(scope="module")
def expected(videos, tmp_path_factory):
    """What one process makes of the folder."""
    out = tmp_path_factory.mktemp("expected")
    outcomes = list(executors.do(jobs([str(videos)], out, "json", None), OPTIONS))
    assert [outcome.frames for outcome in outcomes] == [FRAMES, FRAMES, 0, FRAMES, FRAMES, 1]
    return contents(out)


def contents(folder):
    """The files of a folder, hidden ones too, and what is in them."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def check(outcomes, todo, expected):
    """All jobs were done once, with the same results, and the broken file is named."""
    outcomes = sorted(outcomes, key=lambda outcome: todo.index(outcome.job))
    assert [outcome.job for outcome in outcomes] == todo
    errors = {outcome.job.out.name: outcome.error for outcome in outcomes if outcome.error}
    assert list(errors) == ["c.mp4.json"], errors
    assert "c.mp4' is not a picture or a video" in errors["c.mp4.json"]
    assert [outcome.frames for outcome in outcomes] == [FRAMES, FRAMES, 0, FRAMES, FRAMES, 1]
    assert contents(todo[0].out.parent) == expected


def wait_for(something):
    """What a function gives, as soon as that is something."""
    deadline = monotonic() + PATIENCE
    while not (found := something()):
        assert monotonic() < deadline
        sleep(0.01)
    return found


@pytest.fixture(scope="module")
def cluster():
    """Two workers on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster


@pytest.mark.parametrize("choice", ["auto", "pruned"])
def test_processes_take_over_the_arithmetic_that_the_first_one_has_chosen(choice, monkeypatch):
    monkeypatch.setattr(arithmetic, "_remembered", lambda threads: choice)
    with executors._executor(1, Options(threads=1)) as executor:
        assert executor.submit(arithmetic.fastest, 1).result() == choice


class Deadly(str):
    """A name that kills the process that receives it."""

    __slots__ = ()

    def __reduce__(self):
        return os._exit, (1,)


class TestProcesses:
    """A pool of processes."""

    def test_the_results_are_those_of_one_process(self, videos, expected, tmp_path):
        todo = jobs([str(videos)], tmp_path, "json", None)
        check(list(executors.do(todo, OPTIONS, workers=2)), todo, expected)

    def test_only_the_job_that_kills_its_process_fails(self, videos, tmp_path):
        todo = jobs([str(videos / "a.mp4"), str(videos / "f.jpg")], tmp_path, "json", None)
        (tmp_path / ".a.mp4.json.0123.partial.json").touch()  # of an earlier run
        todo.insert(1, Job(Deadly("deadly.mp4"), tmp_path / "deadly.json", "json"))
        errors = {job.source: error for job, _, error, _ in executors.do(todo, OPTIONS, workers=2)}
        assert [errors[job.source] is None for job in todo] == [True, False, True]
        assert "'deadly.mp4': its process was killed" in errors["deadly.mp4"]
        assert sorted(contents(tmp_path)) == ["a.mp4.json", "f.jpg.json"]


class TestCluster:
    """A Dask cluster."""

    def test_the_results_are_those_of_one_process(self, cluster, videos, expected, tmp_path):
        todo = jobs([str(videos)], tmp_path, "json", None)
        check(
            list(executors.do(todo, OPTIONS, scheduler=cluster.scheduler_address)), todo, expected
        )

    def test_a_killed_workers_videos_are_done_again(self, cluster, videos, expected, tmp_path):
        from distributed import Client

        with Client(cluster, set_as_default=False) as client:
            processes = client.run(os.getpid)
        todo = jobs([str(videos)], tmp_path, "json", None)

        def kill() -> None:
            workers = list(cluster.scheduler.workers.values())
            busy = wait_for(lambda: [each for each in workers if each.processing])
            os.kill(processes[busy[0].address], signal.SIGKILL)

        killing = threading.Thread(target=kill)
        killing.start()
        found = executors.do(todo, OPTIONS, scheduler=cluster.scheduler_address)
        check(list(found), todo, expected)
        killing.join()

    def test_an_address_without_a_scheduler_is_named(self, videos, monkeypatch):
        pytest.importorskip("distributed")
        monkeypatch.setattr(executors, "PATIENCE", "1s")
        job = Job(str(videos / "a.mp4"), videos / "never.json", "json")
        with pytest.raises(CorpusError, match=r"no Dask scheduler at 'tcp://127\.0\.0\.1:9'"):
            list(executors.do([job], OPTIONS, scheduler="tcp://127.0.0.1:9"))

    def test_a_cluster_without_workers_is_not_waited_for_forever(self, videos, monkeypatch):
        distributed = pytest.importorskip("distributed")
        monkeypatch.setattr(executors, "WORKERLESS", 1)
        monkeypatch.setattr(executors, "_LOOK_EVERY", 1)
        job = Job(str(videos / "a.mp4"), videos / "never.json", "json")
        with (
            distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty,
            pytest.raises(CorpusError, match="has had no worker for 1 seconds: start some"),
        ):
            list(executors.do([job], OPTIONS, scheduler=empty.scheduler_address))

    def test_a_scheduler_that_goes_away_is_named(self, videos, tmp_path, monkeypatch):
        distributed = pytest.importorskip("distributed")
        job = Job(str(videos / "a.mp4"), tmp_path / "never.json", "json")
        monkeypatch.setattr(executors, "_LOOK_EVERY", 1)
        with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as cluster:
            found = executors.do([job], OPTIONS, scheduler=cluster.scheduler_address)

            def close() -> None:
                wait_for(lambda: cluster.scheduler.tasks)
                cluster.close()

            closing = threading.Thread(target=close)
            closing.start()
            with pytest.raises(CorpusError, match="the Dask scheduler is gone"):
                list(found)
            closing.join()

    def test_without_dask_the_message_says_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(CorpusError, match="needs Dask: pip install"):
            list(executors.do([], OPTIONS, scheduler="tcp://127.0.0.1:9"))
