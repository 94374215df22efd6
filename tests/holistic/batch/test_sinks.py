"""Where results go: nothing that is there is destroyed, and a file is complete or not there."""

import errno
import os
import stat
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from builder import ROOT
from holistic.batch import sinks
from holistic.batch.sinks import STDOUT, incomplete, is_stream, same_file, sink, sweep


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.json"


WRITING = """
import os, sys
from pathlib import Path
from holistic.batch.sinks import sink
with sink(Path(sys.argv[1])):
    os._exit(1)
"""


def kill_while_writing(path):
    """Have a process of its own end as one that is killed does."""
    assert subprocess.run([sys.executable, "-c", WRITING, path], check=False).returncode == 1


class TestFiles:
    """A file is complete, or it is not there."""

    def test_the_file_appears_at_the_end(self, path):
        with sink(path) as file:
            file.write(b"new")
            assert not path.exists()
        assert path.read_text() == "new"
        assert list(path.parent.iterdir()) == [path]

    def test_an_error_leaves_what_was_there(self, path):
        path.write_text("old")
        with suppress(RuntimeError), sink(path) as file:
            file.write(b"half")
            raise RuntimeError
        assert path.read_text() == "old"
        assert list(path.parent.iterdir()) == [path]

    def test_after_some_errors_what_was_written_is_kept_under_another_name(self, path):
        path.write_text("old")
        with suppress(EOFError), sink(path, (EOFError,)) as file:
            file.write(b"half")
            raise EOFError
        assert path.read_text() == "old"
        assert (path.parent / "a.incomplete.json").read_text() == "half"
        with sink(path) as file:
            file.write(b"new")
        assert list(path.parent.iterdir()) == [path]

    def test_what_a_killed_attempt_left_is_swept_up(self, path):
        kill_while_writing(path)
        (left,) = path.parent.iterdir()
        other = path.with_name("aa.json")
        other.touch()
        sweep(path)
        assert not left.exists()
        assert other.exists()

    def test_what_another_command_is_writing_is_not_swept_up(self, path):
        with sink(path) as file:
            file.write(b"one")
            kill_while_writing(path)
            sweep(path)
            with sink(path) as second:
                second.write(b"two")
            sweep(path)
            assert path.read_text() == "two"
        assert path.read_text() == "one", "both come to their end"
        assert list(path.parent.iterdir()) == [path]

    def test_a_name_may_be_as_long_as_files_may_have_it(self, tmp_path):
        path, other = (tmp_path / f"{mark}{'手' * 83}.json" for mark in "ab")  # 255 bytes
        with sink(path) as file:
            file.write(b"new")
        assert path.read_text() == "new"
        with suppress(EOFError), sink(other, (EOFError,)) as file:
            file.write(b"half")
            raise EOFError
        assert incomplete(other).read_text() == "half"
        for each in (path, other):
            kill_while_writing(each)
        sweep(path)
        assert len(list(tmp_path.glob(".*"))) == 1, "the other one's is not touched"

    def test_a_replaced_file_keeps_who_may_read_it(self, path):
        path.write_text("old")
        path.chmod(0o640)
        with sink(path) as file:
            file.write(b"new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_windows_knows_no_owners(self, path, monkeypatch):
        monkeypatch.delattr(os, "chown")
        path.write_text("old")
        with sink(path) as file:
            file.write(b"new")
        assert path.read_text() == "new"

    def test_what_a_container_mounts_as_a_file_is_written_into(self, path, monkeypatch):
        def busy(*_):
            raise OSError(errno.EBUSY, "Device or resource busy")

        path.write_text("old")
        monkeypatch.setattr(sinks.Path, "replace", busy)
        with sink(path) as file:
            file.write(b"new")
        assert path.read_text() == "new"
        assert list(path.parent.iterdir()) == [path]

    def test_a_folder_is_not_replaced(self, path):
        path.mkdir()
        with pytest.raises(OSError, match="it is a folder"), sink(path):
            pass

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write to everything")
    def test_a_protected_file_is_not_replaced(self, path):
        path.write_text("old")
        path.chmod(0o444)
        with pytest.raises(PermissionError, match="may not be written"), sink(path):
            pass


class TestLinks:
    """A link stays a link."""

    @pytest.mark.parametrize("there", [True, False])
    def test_the_file_that_it_leads_to_is_replaced(self, tmp_path, path, there):
        target = tmp_path / "elsewhere" / "b.json"
        target.parent.mkdir()
        if there:
            target.write_text("old")
        path.symlink_to(target)
        with sink(path) as file:
            file.write(b"new")
        assert path.is_symlink()
        assert target.read_text() == "new"
        assert list(target.parent.iterdir()) == [target]

    def test_a_chain_of_links_and_what_is_kept_of_a_damaged_input(self, tmp_path, path):
        target = tmp_path / "b.json"
        target.write_text("old")
        middle = tmp_path / "c.json"
        middle.symlink_to(target)
        path.symlink_to(middle)
        with suppress(EOFError), sink(path, (EOFError,)) as file:
            file.write(b"half")
            raise EOFError
        assert target.read_text() == "old"
        assert incomplete(path).read_text() == "half"
        assert path.is_symlink()

    def test_a_file_with_two_names_keeps_both(self, tmp_path, path):
        path.write_text("old and longer")
        (tmp_path / "b.json").hardlink_to(path)
        with sink(path) as file:
            file.write(b"new")
        assert (tmp_path / "b.json").read_text() == path.read_text() == "new"
        assert path.samefile(tmp_path / "b.json")
        assert len(list(tmp_path.iterdir())) == 2

    def test_a_loop_of_links_is_an_error(self, path):
        path.symlink_to(path)
        with pytest.raises((OSError, RuntimeError)), sink(path):
            pass
        assert path.is_symlink()

    def test_links_of_either_kind_are_the_same_file(self, tmp_path, path):
        path.touch()
        (soft, hard) = tmp_path / "soft", tmp_path / "hard"
        soft.symlink_to(path)
        hard.hardlink_to(path)
        assert same_file(soft, path)
        assert same_file(hard, path)
        assert same_file(tmp_path / "not" / ".." / "there", tmp_path / "there")
        assert not same_file(tmp_path / "x", path)


class TestStreams:
    """What is no regular file is written through, and stays what it is."""

    @pytest.mark.parametrize("linked", [False, True])
    def test_a_fifo_gets_what_is_written_at_once(self, tmp_path, path, linked):
        os.mkfifo(path)
        name = path
        if linked:
            name = tmp_path / "link.json"
            name.symlink_to(path)
        assert is_stream(name)
        reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(reading, "rb"), sink(name) as file:
            file.write(b"first")
            file.flush()
            assert os.read(reading, 5) == b"first"
        assert path.is_fifo()

    def test_a_late_reader_is_waited_for(self, path):
        os.mkfifo(path)
        read = []
        late = threading.Timer(0.2, lambda: read.append(path.read_bytes()))
        late.start()
        with sink(path) as file:
            file.write(b"all")
        late.join()
        assert read == [b"all"]

    def test_a_fifo_that_nobody_reads_is_not_waited_for_forever(self, path, monkeypatch):
        monkeypatch.setattr(sinks, "PATIENCE", 0.1)
        os.mkfifo(path)
        with pytest.raises(TimeoutError, match="nobody reads it"), sink(path):
            pass
        assert path.is_fifo()

    def test_a_terminal_is_written_to(self):
        leader, follower = os.openpty()
        try:
            with sink(sinks.Path(os.ttyname(follower))) as file:
                file.write(b"seen")
            assert os.read(leader, 4) == b"seen"
        finally:
            os.close(leader)
            os.close(follower)

    def test_windows_opens_what_is_there_at_once(self, monkeypatch):
        monkeypatch.setattr(sinks, "_AT_ONCE", 0)
        monkeypatch.delattr(os, "set_blocking")
        with sink(sinks.Path(os.devnull)) as file:
            file.write(b"nothing")

    def test_standard_output_stays_open(self, capfdbinary):
        assert is_stream(STDOUT)
        for _ in range(2):
            with sink(STDOUT) as file:
                file.write(b"out")
        assert capfdbinary.readouterr().out == b"outout"

    def test_the_names_of_standard_output_too(self, tmp_path):
        assert is_stream(sinks.Path("/dev/stdout"))
        assert is_stream(sinks.Path("/dev/fd/1"))
        assert is_stream(sinks.Path("/proc/self/fd/1"))
        assert not is_stream(tmp_path)
        assert not is_stream(tmp_path / "new.json")

    @pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
    def test_what_a_shell_appends_to_is_appended_to(self, tmp_path, name):
        log = tmp_path / "log"
        log.write_text("before\n")
        code = (
            "from holistic.batch.sinks import Path, sink\n"
            f"with sink(Path({name!r})) as file: file.write(b'after')"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "py")}
        with log.open("ab") as out:
            subprocess.run([sys.executable, "-c", code], stdout=out, env=environment, check=True)
        assert log.read_text() == "before\nafter"

    def test_a_stream_has_no_incomplete_file(self, path):
        os.mkfifo(path)
        assert incomplete(path) == path
        sweep(path)
        assert path.is_fifo()
