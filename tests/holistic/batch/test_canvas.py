"""Drawn pictures and videos: format by the name, length, time, sound, and what browsers play."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from four_colours import QUARTERS, assert_seen, four_colours
from PIL import Image

from builder import ROOT
from holistic.batch.canvas import PICTURES, VIDEOS, canvas, kind_of
from holistic.batch.media import Source
from holistic.batch.media_errors import DamagedError, MediaError

CASES = ROOT.parent / "shared" / "cases"
PICTURE = ROOT / "tests" / "media" / "signing.jpg"


def drawn(source, path):
    """The source, written again frame by frame."""
    source = Source(str(source))
    with path.open("wb") as file, canvas(file, path, source) as canvas_:
        try:
            for timestamp, frame in source:
                canvas_.write(timestamp, frame)
        except DamagedError:
            pass
    return path


def probed(path):
    """The streams and the format, as ffprobe tells them."""
    if shutil.which("ffprobe") is None:
        pytest.skip("there is no ffprobe: apt install ffmpeg")
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {each["codec_type"]: each for each in found["streams"]}, found["format"]


def times(path):
    return [timestamp for timestamp, _ in Source(str(path))]


class TestNames:
    """The name's ending decides the format."""

    @pytest.mark.parametrize("suffix", PICTURES)
    def test_pictures(self, tmp_path, suffix):
        path = drawn(PICTURE, tmp_path / f"a{suffix.upper()}")
        with Image.open(path) as picture:
            assert picture.format == PICTURES[suffix]
            assert picture.size == (640, 480)

    @pytest.mark.parametrize("suffix", VIDEOS)
    def test_videos(self, encode, tmp_path, suffix):
        source = encode(tmp_path / "source.mp4", "-pix_fmt", "yuv420p")
        _, form = probed(drawn(source, tmp_path / f"a{suffix}"))
        assert suffix[1:].replace("mkv", "matroska") in form["format_name"]

    @pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.avi", "a.gif", "a", "a.json"])
    def test_a_video_is_not_written_as_anything_else(self, encode, tmp_path, name):
        source = encode(tmp_path / "source.mp4", "-pix_fmt", "yuv420p")
        with pytest.raises(MediaError, match=r"is a video, give a name that ends in one of \.mkv"):
            drawn(source, tmp_path / name)
        assert not (tmp_path / name).exists() or (tmp_path / name).stat().st_size == 0

    @pytest.mark.parametrize("name", ["a.mp4", "a.svg", "a"])
    def test_a_picture_neither(self, tmp_path, name):
        with pytest.raises(
            MediaError, match=r"is a picture, give a name that ends in one of \.bmp"
        ):
            drawn(PICTURE, tmp_path / name)

    def test_kinds_of_names(self, tmp_path):
        kinds = {name: kind_of(tmp_path / name) for name in ("a.JPG", "a.Mp4", "a.gif", "a", "-")}
        assert kinds == {"a.JPG": "picture", "a.Mp4": "video", "a.gif": None, "a": None, "-": None}


class TestVideos:
    """What a drawn video keeps."""

    @pytest.mark.parametrize("suffix", VIDEOS)
    def test_it_plays_in_browsers_and_shows_what_was_drawn(self, encode, tmp_path, suffix):
        source = encode(tmp_path / "source.mp4", "-pix_fmt", "yuv420p")
        path = drawn(source, tmp_path / f"a{suffix}")
        streams, _ = probed(path)
        video = streams["video"]
        assert (video["codec_name"], video["pix_fmt"]) == ("vp9", "yuv420p")
        assert (video["color_space"], video["color_range"]) == ("bt709", "tv")
        assert_seen(list(Source(str(path)))[5][1], QUARTERS, tolerance=20)

    def test_the_smallest_animation(self, tmp_path):
        dots = [Image.new("RGB", (1, 1), colour) for colour in ("red", "blue")]
        dots[0].save(tmp_path / "a.gif", save_all=True, append_images=dots[1:], duration=50)
        ((_, first), _) = Source(str(drawn(tmp_path / "a.gif", tmp_path / "a.mp4")))
        assert first.shape == (2, 2, 3)

    def test_odd_sizes_become_even(self, encode, tmp_path):
        frames = [four_colours(63, 47)] * 3
        source = encode(tmp_path / "source.mkv", "-c:v", "ffv1", frames=frames)
        streams, _ = probed(drawn(source, tmp_path / "a.mp4"))
        assert (streams["video"]["width"], streams["video"]["height"]) == (64, 48)

    def test_frames_of_another_size_fit_in(self, encode, tmp_path):
        options = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
        content = encode(tmp_path / "a.ts", *options).read_bytes()
        frames = [four_colours(128, 96)] * 5
        large = encode(tmp_path / "b.ts", *options, "-output_ts_offset", 1, frames=frames)
        (tmp_path / "c.ts").write_bytes(content + large.read_bytes())
        found = list(Source(str(drawn(tmp_path / "c.ts", tmp_path / "d.webm"))))
        assert len(found) >= 14
        assert {frame.shape for _, frame in found} == {(48, 64, 3)}
        assert_seen(found[-1][1], QUARTERS, tolerance=20)

    @pytest.mark.parametrize("suffix", VIDEOS)
    def test_variable_time_stamps_and_length(self, encode, tmp_path, suffix):
        source = encode(
            *(tmp_path / "source.mkv", "-vf", "setpts='if(lt(N,5),N,5+(N-5)*6)/30/TB'"),
            *("-vsync", "vfr", "-enc_time_base", "1/90", "-pix_fmt", "yuv420p"),
            rate=30,
        )
        original = Source(str(source))
        expected = [timestamp for timestamp, _ in original]
        path = drawn(source, tmp_path / f"a{suffix}")
        assert times(path) == pytest.approx(expected, abs=1)
        assert float(probed(path)[1]["duration"]) == pytest.approx(original.end / 1000, abs=0.002)

    @pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not there")
    @pytest.mark.parametrize(("name", "length"), [("recorded.webm", 2.702), ("vfr.mp4", 2.833)])
    def test_the_cases_keep_their_length(self, tmp_path, name, length):
        path = drawn(CASES / name, tmp_path / "a.mp4")
        assert float(probed(path)[1]["duration"]) == pytest.approx(length, abs=0.003)

    def test_an_animation_becomes_a_video(self, tmp_path):
        frames = [Image.fromarray(four_colours()).rotate(angle) for angle in (0, 90, 180)]
        frames[0].save(
            tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=[50, 200, 70]
        )
        path = drawn(tmp_path / "a.gif", tmp_path / "a.mp4")
        assert times(path) == [0, 50, 250]
        assert float(probed(path)[1]["duration"]) == pytest.approx(0.32, abs=0.002)

    def test_of_a_damaged_video_what_could_be_read(self, encode, tmp_path):
        random = np.random.default_rng(1)
        frames = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(30)]
        source = encode(
            *(tmp_path / "source.mp4", "-c:v", "mpeg4", "-movflags", "faststart", "-g", 5),
            frames=frames,
        )
        source.write_bytes(source.read_bytes()[: source.stat().st_size * 6 // 10])
        assert 5 < len(times(drawn(source, tmp_path / "a.webm"))) < 30

    def test_what_cannot_be_rewound_gets_it_in_pieces(self, encode, tmp_path):
        class Pipe:
            def __init__(self, file):
                self.write = file.write

            def seekable(self):
                return False

        source = Source(str(encode(tmp_path / "source.mp4", "-pix_fmt", "yuv420p")))
        path = tmp_path / "a.mp4"
        with path.open("wb") as file, canvas(Pipe(file), path, source) as canvas_:
            for timestamp, frame in source:
                canvas_.write(timestamp, frame)
        assert len(times(path)) == 10


class TestSound:
    """The sound goes along, as it is where browsers play it so."""

    @pytest.mark.parametrize(
        ("codec", "suffix", "expected"),
        [
            ("aac", ".mp4", "aac"),
            ("libmp3lame", ".mp4", "mp3"),
            ("libopus", ".mp4", "opus"),
            ("libvorbis", ".mp4", "aac"),
            ("pcm_s16le", ".mp4", "aac"),
            ("libopus", ".webm", "opus"),
            ("libvorbis", ".webm", "vorbis"),
            ("aac", ".webm", "opus"),
            ("ac3", ".webm", "opus"),
            ("ac3", ".mkv", "ac3"),
            ("flac", ".mkv", "flac"),
        ],
    )
    def test_it_is_there_and_as_long(self, encode, tmp_path, codec, suffix, expected):
        source = encode(
            *(tmp_path / "source.mkv", "-c:v", "mpeg4", "-c:a", codec),
            inputs=("-f", "lavfi", "-i", "sine=d=1"),
        )
        path = drawn(source, tmp_path / f"a{suffix}")
        streams, form = probed(path)
        assert streams["audio"]["codec_name"] == expected
        assert float(form["duration"]) == pytest.approx(1, abs=0.08)
        assert len(times(path)) == 10

    def test_it_is_heard(self, encode, ffmpeg, tmp_path):
        source = encode(
            *(tmp_path / "source.mkv", "-c:v", "mpeg4", "-c:a", "pcm_s16le"),
            inputs=("-f", "lavfi", "-i", "sine=d=1:f=1000:r=44100"),
        )
        ffmpeg("-i", drawn(source, tmp_path / "a.mp4"), "-ar", 8000, tmp_path / "a.wav")
        wave = np.frombuffer((tmp_path / "a.wav").read_bytes()[100:], "<i2").astype(float)
        tone = np.abs(np.fft.rfft(wave)).argmax() * 8000 / len(wave)
        assert tone == pytest.approx(1000, abs=5)

    def test_it_stays_with_the_picture_where_a_file_begins_late(self, encode, tmp_path):
        source = encode(
            *(tmp_path / "source.mkv", "-c:v", "mpeg4", "-c:a", "aac", "-output_ts_offset", 7),
            inputs=("-f", "lavfi", "-i", "sine=d=1"),
        )
        streams, form = probed(drawn(source, tmp_path / "a.mp4"))
        assert float(form["duration"]) == pytest.approx(1, abs=0.08)
        assert abs(float(streams["audio"]["start_time"])) < 0.05

    def test_sound_that_goes_on_longer(self, encode, tmp_path):
        source = encode(
            *(tmp_path / "source.mp4", "-c:v", "mpeg4", "-c:a", "aac"),
            inputs=("-f", "lavfi", "-i", "sine=d=3"),
        )
        streams, _ = probed(drawn(source, tmp_path / "a.mp4"))
        assert float(streams["audio"]["duration"]) == pytest.approx(3, abs=0.05)
        assert float(streams["video"]["duration"]) == pytest.approx(1, abs=0.05)
