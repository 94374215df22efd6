"""The packages for pip read and draw videos at once, without anybody's PyAV and without network."""

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from installed import Installed, wheel

from builder import ROOT, environment

HERE = (sys.platform, platform.machine()) == ("linux", "x86_64")
CLIP = ROOT / "tests" / "media" / "intel__milk.mkv"
pytestmark = pytest.mark.skipif(not HERE, reason="the video reader is for Linux x86_64")
PYAV = ("av", "av.libs", "holistic_tracking_video", "holistic_tracking_video.libs")
OWN = "from holistic.batch.pyav import pyav\nprint(pyav().__file__)"


def environment_of(dist: Path, folder: Path, *names: str) -> Installed:
    """The tracker with its models and the other packages named, and no PyAV of anybody's."""
    wheels = [wheel(dist, name) for name in ("holistic_tracking", "holistic_tracking_models")]
    return Installed(folder, [*wheels, *(next(dist.glob(f"{name}-*")) for name in names)], PYAV)


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("environment")
    return environment_of(dist, folder, "holistic_tracking_video")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A clip with sound."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("there is no ffmpeg: apt install ffmpeg")
    path = tmp_path / "clip.mp4"
    sound = ["-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac"]
    command = ["ffmpeg", "-loglevel", "error", "-i", CLIP, *sound, "-t", "1", path]
    subprocess.run(command, check=True)
    return path


def test_a_video_is_tracked_at_once(installed: Installed, clip: Path, tmp_path: Path) -> None:
    done = installed.run(["holistic", clip.name, "--out", "landmarks.json"], tmp_path)
    assert not done.returncode, done.stderr
    frames = json.loads((tmp_path / "landmarks.json").read_text())["frames"]
    assert any(frame["people"] for frame in frames)


@pytest.mark.parametrize(("suffix", "sound"), [(".mp4", "aac"), (".webm", "opus"), (".mkv", "aac")])
def test_a_drawn_video_plays_and_has_its_sound(
    installed: Installed, clip: Path, tmp_path: Path, suffix: str, sound: str
) -> None:
    drawn = tmp_path / f"drawn{suffix}"
    command: list[str | Path] = ["holistic", clip, "--out", "landmarks.json", "--draw", drawn]
    done = installed.run(command, tmp_path)
    assert not done.returncode, done.stderr
    probe = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", str(drawn)]
    told = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)
    streams = {each["codec_type"]: each for each in told["streams"]}
    assert (streams["video"]["codec_name"], streams["video"]["pix_fmt"]) == ("vp9", "yuv420p")
    assert streams["audio"]["codec_name"] == sound
    subprocess.run(["ffmpeg", "-xerror", "-v", "error", "-i", drawn, "-f", "null", "-"], check=True)


def test_the_reader_is_ours_where_there_is_no_other(installed: Installed, tmp_path: Path) -> None:
    found = installed.run(["python", "-c", OWN], tmp_path)
    site = installed.packages / "holistic_tracking_video" / "site"
    assert Path(found.stdout.strip()).is_relative_to(site), found.stderr


def test_nobody_else_finds_our_reader(installed: Installed, tmp_path: Path) -> None:
    program = "import holistic, holistic.batch.videos\nimport av"
    assert "No module named 'av'" in installed.run(["python", "-c", program], tmp_path).stderr


def test_the_users_own_reader_is_used(installed: Installed, tmp_path: Path) -> None:
    own = tmp_path / "users" / "av"
    own.mkdir(parents=True)
    text = "class logging:\n    ERROR = 0\n    set_level = set_skip_repeated = print\n"
    (own / "__init__.py").write_text(text)
    program = f"import sys\nbefore = list(sys.path)\n{OWN}\nassert sys.path == before"
    found = installed.run(["python", "-c", program], tmp_path, PYTHONPATH=str(own.parent))
    assert found.stdout.splitlines()[-1:] == [str(own / "__init__.py")], found.stderr


def test_without_any_reader_the_message_says_what_to_install(dist: Path, tmp_path: Path) -> None:
    bare = environment_of(dist, tmp_path / "environment")
    done = bare.run(["holistic", CLIP, "--out", "x.json"], tmp_path)
    assert done.returncode
    assert "pip install 'holistic-tracking[video]'" in done.stderr


def test_pip_takes_the_reader_along_from_the_index(package_index: str, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download"]
    options = ["--no-deps", "--index-url", package_index, "--dest", tmp_path]
    subprocess.run([*pip, *options, "holistic-tracking-video"], check=True, capture_output=True)
    (found,) = tmp_path.iterdir()
    (committed,) = environment.VIDEO.glob("*.whl")
    assert found.name == committed.name
