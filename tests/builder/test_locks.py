"""Whoever wants what another one is making waits for it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from builder import ROOT, locks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")

HOLDING = """
import sys
from pathlib import Path
from builder import locks
with locks.alone("thing", Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_never_have_it_at_once(tmp_path: Path) -> None:
    inside: list[int] = []
    together: list[int] = []

    def work(number: int) -> None:
        for _ in range(50):
            with locks.alone("thing", tmp_path):
                inside.append(number)
                together.append(len(inside))
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [1] * 200


def test_whoever_waits_says_so_and_it_ends_with_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, tmp_path],
        cwd=ROOT / "py",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:

        def end_the_other(told: str, **_: object) -> None:
            said.append(told)
            holder.kill()

        monkeypatch.setattr(locks, "print", end_the_other, raising=False)
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with locks.alone("another thing", tmp_path):
            assert said == []
        with locks.alone("thing", tmp_path):
            assert said == ["waiting for another process, which is at thing"]
