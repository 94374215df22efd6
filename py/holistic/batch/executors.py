"""Who does the jobs: this process, a pool of processes, or a Dask cluster.

All of them give the same outcomes, each when it is there: the order is not that of the jobs. On a
cluster inputs, outputs and models must have the same paths on every machine.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from functools import partial
from importlib import import_module
from typing import Any

from holistic.batch.interruptions import end_with_parent
from holistic.batch.jobs import CorpusError, Job, Outcome, attempt, clean
from holistic.inference import arithmetic, runtime
from holistic.options import Options
from holistic.shared.model_sets import AUTO, canonical

LOCAL = "local"
"""The scheduler's address that stands for a cluster on this machine, one process a core."""

PATIENCE = "10s"
"""How long to wait for a scheduler's answer."""

WORKERLESS = 60
"""Seconds to wait for a cluster's first or next worker."""

_LOOK_EVERY = 2  # seconds

KILLED = "its process was killed, perhaps for want of memory: give it fewer --workers"


def do(
    jobs: Sequence[Job], options: Options, workers: int = 1, scheduler: str | None = None
) -> Generator[Outcome]:
    """Do the jobs on the cluster of ``scheduler``, on ``workers`` processes, or here.

    What killed processes, of this run or an earlier one, left of the jobs is removed.

    Raises:
        CorpusError, ModelError: nothing can be done at all.
    """
    for job in jobs:
        clean(job)
    try:
        if scheduler:
            yield from on_cluster(jobs, options, scheduler)
        elif workers > 1 and len(jobs) > 1:
            yield from in_processes(jobs, options, workers)
        else:
            yield from in_turn(jobs, options)
    finally:
        for job in jobs:
            clean(job)


def in_turn(jobs: Sequence[Job], options: Options) -> Iterator[Outcome]:
    """One job after the other, with a progress bar over the frames of each."""
    for job in jobs:
        yield attempt(job, options, show_frames=True)


def _executor(workers: int, options: Options) -> ProcessPoolExecutor:
    """Processes that compute in one arithmetic, and do not measure at the same time which is best.

    Where the measurement cannot be remembered, they would each find something else.
    """
    take_over = None
    if canonical(options.variant) == AUTO:
        threads = options.threads or runtime.useful_threads()
        take_over = partial(arithmetic.take_over, threads, arithmetic.fastest(threads))
    # A fork would copy interpreters and their threads in whatever state they are.
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, spawn, initializer=_begin, initargs=(take_over,))


def _begin(take_over: Callable[[], None] | None) -> None:
    """What a process of a pool does before its first job."""
    end_with_parent()
    if take_over:
        take_over()


_interrupted = threading.Event()  # in a process of a pool: it was


def _attempt(job: Job, options: Options) -> Outcome:
    """``attempt`` in a process of a pool, which holds some jobs more when it is interrupted."""
    try:
        if _interrupted.is_set():
            raise KeyboardInterrupt
        return attempt(job, options)
    except KeyboardInterrupt:
        _interrupted.set()
        raise


def _alone(job: Job, options: Options) -> Outcome:
    """A job in a process of its own, after some job broke the pool that it was in."""
    with _executor(1, options) as executor:
        try:
            return executor.submit(_attempt, job, options).result()
        except BrokenProcessPool:
            return Outcome(job, error=f"{job.source!r}: {KILLED}")


def in_processes(jobs: Sequence[Job], options: Options, workers: int) -> Iterator[Outcome]:
    """Jobs on ``workers`` processes of this machine.

    A process that is killed takes the pool with it; the jobs that were left are then done in
    processes of their own, so that only the one that kills its process fails.
    """
    with _executor(min(workers, len(jobs)) or 1, options) as executor:
        futures = {executor.submit(_attempt, job, options): job for job in jobs}
        try:
            for future in as_completed(futures):
                try:
                    outcome = future.result()
                except BrokenProcessPool:
                    outcome = _alone(futures[future], options)
                yield outcome
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def on_cluster(jobs: Sequence[Job], options: Options, address: str) -> Iterator[Outcome]:
    """Jobs on the Dask cluster with the scheduler at ``address``, or on one of its own if LOCAL.

    Dask does the jobs of a worker that dies again on another one.

    Raises:
        CorpusError: Dask is not installed, there is no scheduler at that address or not any more,
            or it has no workers.
    """
    try:
        dask: Any = import_module("distributed")  # an optional dependency
    except ImportError as error:
        raise CorpusError(
            "--scheduler needs Dask: pip install 'holistic-tracking[dask]'"
        ) from error
    with ExitStack() as stack:
        if address == LOCAL:
            address = stack.enter_context(_local_cluster(dask)).scheduler_address
        try:
            client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CorpusError(
                f"there is no Dask scheduler at {address!r}: start one with `dask scheduler` "
                "and give the address that it prints"
            ) from error
        stack.enter_context(client)
        futures = client.map(attempt, jobs, options=options, pure=False)
        # Whoever holds a future asks for it to be done again if its worker dies.
        waiting = dict(zip(futures, jobs, strict=True))
        del futures
        while waiting:
            for future in _finished(dask, client, waiting):
                yield _outcome(waiting.pop(future), future, dask.KilledWorker)


def _local_cluster(dask: Any) -> Any:
    """A cluster of one process for each core that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return dask.LocalCluster(
        n_workers=cores, threads_per_worker=1, processes=True, dashboard_address=":0"
    )


def _finished(dask: Any, client: Any, waiting: Mapping[Any, Job]) -> list[Any]:
    """Wait for some jobs, as long as there is somebody to do them; returns their futures.

    Raises:
        CorpusError: the cluster has had no worker for WORKERLESS seconds, or its scheduler is
            gone.
    """
    idle = 0
    while idle < WORKERLESS:
        try:
            if found := _found_soon(dask, client, waiting):
                return found
            idle = 0 if client.nthreads() else idle + _LOOK_EVERY
        except (CancelledError, OSError) as error:
            raise _scheduler_is_gone(error) from error
    raise CorpusError(
        f"the Dask cluster has had no worker for {WORKERLESS} seconds: start some with "
        f"`dask worker`, and the same command does what is left"
    )


def _found_soon(dask: Any, client: Any, waiting: Mapping[Any, Job]) -> list[Any]:
    """The futures of those jobs that are finished within _LOOK_EVERY seconds; there may be none."""
    with client.as_current(), suppress(TimeoutError):
        return list(dask.wait(list(waiting), _LOOK_EVERY, return_when="FIRST_COMPLETED").done)
    return []


def _outcome(job: Job, future: Any, killed: type[Exception]) -> Outcome:
    """What became of a job that is finished.

    Raises:
        CorpusError: the scheduler is gone.
    """
    try:
        outcome: Outcome = future.result(timeout=PATIENCE)
    except killed:  # the job killed several workers, one after the other
        return Outcome(job, error=f"{job.source!r}: {KILLED}")
    except (CancelledError, TimeoutError, OSError) as error:
        raise _scheduler_is_gone(error) from error
    return outcome


def _scheduler_is_gone(error: BaseException) -> CorpusError:
    return CorpusError(
        f"the Dask scheduler is gone ({type(error).__name__}): start it again, and the same "
        "command does what is left"
    )
