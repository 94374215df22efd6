"""Files as people's cameras, phones, scanners and programs make them, by Debian's ffmpeg."""

import shutil
import subprocess

import pytest
from four_colours import four_colours


@pytest.fixture(scope="session")
def ffmpeg():
    """A function that runs ffmpeg with arguments."""
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("there is no ffmpeg: apt install ffmpeg")

    def run(*arguments, content=None):
        command = [program, "-y", "-loglevel", "error", *map(str, arguments)]
        subprocess.run(command, input=content, check=True, capture_output=True)

    return run


@pytest.fixture
def encode(ffmpeg):
    """A function that makes a video of frames: ``encode(path, *options, frames=..., rate=...)``."""

    def make(path, *options, frames=None, rate=10, inputs=()):
        frames = [four_colours()] * 10 if frames is None else frames
        height, width = frames[0].shape[:2]
        raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate]
        ffmpeg(
            *(*raw, "-i", "-", *inputs, *options, path),
            content=b"".join(frame.tobytes() for frame in frames),
        )
        return path

    return make
