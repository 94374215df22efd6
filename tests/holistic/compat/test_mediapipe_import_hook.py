"""``import mediapipe`` is ours, in programs and libraries that nobody changes."""

import importlib.metadata
import os
import subprocess
import sys

import pytest

from builder import ROOT
from holistic.compat import mediapipe as ours
from holistic.compat.mediapipe import import_hook


@pytest.fixture(autouse=True)
def unhooked():
    """No hook is there before a test, and none after it."""
    import_hook.uninstall()
    yield
    import_hook.uninstall()


@pytest.fixture
def hooked(unhooked):
    """The hook, for as long as a test runs."""
    import_hook.install()


@pytest.mark.usefixtures("hooked")
class TestHook:
    def test_a_module_is_one_module_under_both_names(self):
        import mediapipe as mp
        import mediapipe.python.solutions.face_mesh_connections as connections
        from mediapipe.framework.formats import landmark_pb2
        from mediapipe.python import solutions
        from mediapipe.python.solutions.drawing_utils import DrawingSpec

        assert mp is ours
        assert solutions is ours.solutions
        assert connections is ours.solutions.face_mesh_connections
        assert DrawingSpec is ours.solutions.drawing_utils.DrawingSpec
        assert landmark_pb2 is ours.framework.formats.landmark_pb2

    def test_a_module_keeps_its_own_name_and_specification(self):
        from mediapipe.solutions import hands

        name = "holistic.compat.mediapipe.solutions.hands"
        assert hands.__name__ == hands.__spec__.name == name

    def test_what_is_not_here_is_not_found(self):
        with pytest.raises(ModuleNotFoundError, match=r"mediapipe\.nothing"):
            import mediapipe.nothing  # noqa: F401

    def test_installed_libraries_are_told_a_version(self):
        assert importlib.metadata.version("mediapipe") == ours.__version__
        names = [each.name for each in importlib.metadata.distributions()]
        assert names.count("mediapipe") == 1
        assert "numpy" in names

    def test_to_install_it_twice_is_to_install_it_once(self):
        hooks = list(sys.meta_path)
        import_hook.install()
        assert sys.meta_path == hooks


def test_without_the_hook_there_is_none():
    with pytest.raises(ModuleNotFoundError):
        import mediapipe  # noqa: F401
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("mediapipe")


def test_the_long_name_works_without_the_hook_too():
    from holistic.compat.mediapipe.python.solutions import holistic
    from holistic.compat.mediapipe.python.solutions.pose import PoseLandmark

    assert holistic is ours.solutions.holistic
    assert PoseLandmark is ours.solutions.pose.PoseLandmark


def run(folder, *words):
    """Run the command in a folder; its exit code and all that it wrote."""
    path = os.pathsep.join((str(folder / "packages"), str(ROOT / "py")))
    done = subprocess.run(
        [sys.executable, "-m", "holistic.compat.mediapipe", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


PROGRAM = """\
import sys
import beside
import mediapipe as mp
if __name__ == "__main__":
    print(mp.__name__, beside.__name__, sys.argv[1:])
    sys.exit(3)
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a program, and a module beside it."""
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "program.py").write_text(PROGRAM)
    (tmp_path / "programs" / "beside.py").touch()
    return tmp_path


class TestCommand:
    def test_a_program_runs_with_its_arguments(self, folder):
        told = "holistic.compat.mediapipe beside ['-m', 'x', '--override']\n"
        arguments = ("programs/program.py", "-m", "x", "--override")
        assert run(folder, *arguments) == (3, told)

    def test_a_module_runs_with_its_arguments(self, folder):
        code, told = run(folder / "programs", "-m", "program", "a", "-b")
        assert (code, told) == (3, "holistic.compat.mediapipe beside ['a', '-b']\n")

    def test_an_installed_command_runs(self, folder):
        code, told = run(folder, "video_to_pose", "--help")
        assert code == 0
        assert "--additional-config" in told

    def test_what_is_no_program_is_named(self, folder):
        code, told = run(folder, "nothing")
        assert code == 2
        assert "there is no file nothing" in told
        assert "name a program" in run(folder)[1]

    def test_where_the_real_one_is_installed_it_says_what_to_do(self, folder):
        (folder / "packages" / "mediapipe").mkdir(parents=True)
        (folder / "packages" / "mediapipe" / "__init__.py").touch()
        about = folder / "packages" / "mediapipe-0.9.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.9\n")
        code, told = run(folder, "programs/program.py")
        assert code == 2
        assert "the real mediapipe 0.9 is installed" in told
        assert "pip uninstall mediapipe" in told
        code, told = run(folder, "--override", "programs/program.py")
        assert (code, told) == (3, "holistic.compat.mediapipe beside []\n")

    def test_what_was_imported_before_is_not_taken_away(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "mediapipe", ours)
        with pytest.raises(RuntimeError, match="imported already"):
            import_hook.install()
