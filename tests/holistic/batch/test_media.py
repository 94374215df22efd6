"""Videos as sources: what a page's ``<video>`` shows, at the file's own times."""

import os
import re
import struct
from fractions import Fraction

import numpy as np
import pytest
from four_colours import BLUE, GREEN, QUARTERS, RED, WHITE, YELLOW, assert_seen, four_colours

from builder import ROOT
from holistic.batch.media import Source
from holistic.batch.media_errors import DamagedError, MediaError

MEDIA = ROOT / "tests" / "media"
CASES = ROOT.parent / "shared" / "cases"

needs_cases = pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not there")


def shown(path):
    """The source, the time stamps, and the frame in the middle."""
    source = Source(str(path))
    frames = list(source)
    return source, [timestamp for timestamp, _ in frames], frames[len(frames) // 2][1]


def until_damage(path):
    """The time stamps of the frames that are handed out, and what is said then."""
    seen = []
    try:
        for timestamp, _ in Source(str(path)):
            seen.append(timestamp)
    except DamagedError as error:
        return seen, str(error)
    return seen, ""


def ask_for_a_turn(path, matrix):
    """Write the (2, 2) matrix into the track header of an MP4."""
    content = bytearray(path.read_bytes())
    place = content.index(b"tkhd") + 4 + 40
    (a, b), (c, d) = ((round(value * 65536) for value in row) for row in matrix)
    content[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)


class TestTime:
    """Time is the file's own."""

    @pytest.mark.parametrize(
        ("name", "codec"),
        [
            ("a.mp4", "libx264"),
            ("a.mov", "mpeg4"),
            ("a.mkv", "libx264"),
            ("a.webm", "libvpx"),
            ("b.webm", "libvpx-vp9"),
            ("a.avi", "mpeg4"),
            ("a.ts", "libx264"),
            ("a.3gp", "mpeg4"),
            ("a.wmv", "wmv2"),
            ("a.flv", "flv"),
            ("a.ogv", "libtheora"),
            ("a.y4m", "wrapped_avframe"),
            ("a.h264", "libx264"),
            ("a.mxf", "mpeg2video"),
            ("a.mpg", "mpeg2video"),
            ("a.nut", "ffv1"),
        ],
    )
    @pytest.mark.parametrize("rate", [25, "30000/1001"])
    def test_frames_of_a_constant_rate(self, encode, tmp_path, name, codec, rate):
        frames = [four_colours() for _ in range(10)]
        for index, each in enumerate(frames):  # frames that are the same are left out by some
            each[20:28, 28:36] = 25 * index
        path = tmp_path / name
        encode(path, "-c:v", codec, "-pix_fmt", "yuv420p", frames=frames, rate=rate)
        source, times, frame = shown(path)
        step = 1000 / float(Fraction(rate))
        assert times == pytest.approx([index * step for index in range(10)], abs=1)
        assert source.end == pytest.approx(10 * step, abs=1.5)
        assert source.fps is None or source.fps == pytest.approx(1000 / step, rel=0.01)
        assert_seen(frame, QUARTERS, tolerance=16)

    @pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm", "a.ts"])
    def test_a_variable_rate(self, encode, tmp_path, name):
        codec = "libvpx" if name.endswith("webm") else "libx264"
        times = "setpts='if(lt(N,5),N,5+(N-5)*6)/30/TB'"
        encode(
            *(tmp_path / name, "-vf", times, "-vsync", "vfr", "-enc_time_base", "1/90"),
            *("-c:v", codec, "-pix_fmt", "yuv420p"),
            rate=30,
        )
        _, found, _ = shown(tmp_path / name)
        expected = [*range(5), *range(5, 35, 6)]
        assert found == pytest.approx([index * 1000 / 30 for index in expected], abs=1)

    def test_pictures_in_another_order_than_they_are_shown(self, encode, tmp_path):
        path = encode(tmp_path / "a.mp4", "-c:v", "libx264", "-bf", 3, "-pix_fmt", "yuv420p")
        assert shown(path)[1] == pytest.approx([100 * index for index in range(10)])

    def test_what_begins_late_begins_at_zero(self, encode, tmp_path):
        path = encode(
            tmp_path / "a.mkv", "-output_ts_offset", 7, "-c:v", "libx264", "-pix_fmt", "yuv420p"
        )
        source, times, _ = shown(path)
        assert times == pytest.approx([100 * index for index in range(10)], abs=1)
        assert source.end == pytest.approx(1000, abs=1)

    def test_a_raw_stream_of_jpegs_is_no_picture(self, encode, tmp_path):
        path = encode(tmp_path / "a.mjpeg", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p")
        source, times, _ = shown(path)
        assert (source.kind, len(times)) == ("video", 10)
        assert times == pytest.approx([40 * index for index in range(10)])  # nothing tells a rate

    @needs_cases
    def test_what_a_browser_recorded(self):
        source, times, _ = shown(CASES / "recorded.webm")
        assert source.fps is None
        assert times[-1] == 2701
        assert source.end == pytest.approx(2702, abs=2)

    @needs_cases
    def test_one_second_of_thirty_frames_and_two_of_five(self):
        source, times, _ = shown(CASES / "vfr.mp4")
        assert source.fps is None
        assert times[29:32] == pytest.approx([29000 / 30, 1000, 1200])
        assert source.end == pytest.approx(2833.3, abs=0.1)

    def test_time_that_goes_back_goes_on(self, encode, ffmpeg, tmp_path):
        options = ("-c:v", "libx264", "-bf", 0, "-pix_fmt", "yuv420p", "-muxdelay", 0)
        one = encode(tmp_path / "a.ts", "-output_ts_offset", 10, *options).read_bytes()
        other = encode(tmp_path / "b.ts", "-output_ts_offset", 2, *options).read_bytes()
        (tmp_path / "c.ts").write_bytes(one + other)
        times = [time for time, _ in Source(str(tmp_path / "c.ts"))]
        assert len(times) == 20
        assert (np.diff(times) > 0).all()


class TestLooks:
    """Upright, with square pixels, in the right colours, on white."""

    @pytest.mark.parametrize(
        ("matrix", "expected"),
        [
            (((0, 1), (-1, 0)), [BLUE, RED, YELLOW, GREEN]),
            (((-1, 0), (0, -1)), [YELLOW, BLUE, GREEN, RED]),
            (((0, -1), (1, 0)), [GREEN, YELLOW, RED, BLUE]),
            (((-1, 0), (0, 1)), [GREEN, RED, YELLOW, BLUE]),
            (((0, 1), (1, 0)), [RED, BLUE, GREEN, YELLOW]),
        ],
    )
    @pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.3gp"])
    def test_turned_and_mirrored_as_phones_ask(self, encode, tmp_path, name, matrix, expected):
        path = encode(tmp_path / name, "-c:v", "mpeg4", "-q:v", 2)
        ask_for_a_turn(path, matrix)
        source, _, frame = shown(path)
        assert (source.width, source.height) == ((48, 64) if matrix[0][0] == 0 else (64, 48))
        assert frame.shape == (source.height, source.width, 3)
        assert_seen(frame, expected, tolerance=16)

    @needs_cases
    def test_a_phones_portrait(self):
        source = Source(str(CASES / "portrait_phone.mp4"))
        assert (source.width, source.height) == (360, 640)

    @pytest.mark.parametrize(
        ("aspect", "size"), [("2/1", (128, 48)), ("1/2", (64, 96)), ("4/3", (85, 48))]
    )
    @pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.h264", "a.ts"])
    def test_pixels_are_square(self, encode, tmp_path, name, aspect, size):
        path = encode(
            *(tmp_path / name, "-vf", f"setsar={aspect}", "-c:v", "libx264"),
            *("-pix_fmt", "yuv420p"),
        )
        source, _, frame = shown(path)
        assert (source.width, source.height) == pytest.approx(size, abs=1)
        assert_seen(frame, QUARTERS, tolerance=16)

    @pytest.mark.parametrize("depth", ["yuv420p", "yuv422p10le", "yuv444p"])
    @pytest.mark.parametrize("span", ["tv", "pc"])
    @pytest.mark.parametrize(
        ("matrix", "name"), [("bt709", "bt709"), ("bt601", "smpte170m"), ("bt2020", "bt2020nc")]
    )
    def test_every_matrix_and_range(self, encode, tmp_path, matrix, name, span, depth):
        convert = f"scale=out_color_matrix={matrix}:out_range={span},format={depth}"
        path = encode(
            *(tmp_path / "a.mp4", "-vf", convert, "-c:v", "libx264"),
            *("-colorspace", name, "-color_range", span),
        )
        assert_seen(shown(path)[2], QUARTERS)

    @pytest.mark.parametrize(("size", "matrix"), [((64, 48), "bt601"), ((960, 720), "bt709")])
    def test_colours_of_which_nothing_is_told(self, encode, tmp_path, size, matrix):
        convert = f"scale={size[0]}:{size[1]}:out_color_matrix={matrix}:out_range=tv,format=yuv420p"
        path = encode(tmp_path / "a.mp4", "-vf", convert, "-c:v", "libx264")
        assert_seen(shown(path)[2], QUARTERS)

    @pytest.mark.parametrize(
        ("name", "codec", "pixels"),
        [
            ("a.mkv", "ffv1", "bgr0"),
            ("a.mov", "png", "rgb24"),
            ("a.avi", "mjpeg", "yuvj422p"),
            ("a.webm", "libvpx-vp9", "gbrp"),
        ],
    )
    def test_colours_that_are_no_differences(self, encode, tmp_path, name, codec, pixels):
        path = encode(tmp_path / name, "-c:v", codec, "-pix_fmt", pixels, "-q:v", 2)
        assert_seen(shown(path)[2], QUARTERS)

    @pytest.mark.parametrize(
        ("name", "codec", "pixels"),
        [
            ("a.webm", "libvpx-vp9", "yuva420p"),
            ("b.webm", "libvpx", "yuva420p"),
            ("a.mov", "qtrle", "argb"),
            ("b.mov", "prores_ks", "yuva444p10le"),
        ],
    )
    def test_what_is_transparent_lies_on_white(self, encode, tmp_path, name, codec, pixels):
        empty = "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*gt(X,31)'"
        extra = ("-auto-alt-ref", 0) if codec == "libvpx" else ()
        encode(tmp_path / name, "-vf", empty, "-c:v", codec, "-pix_fmt", pixels, *extra)
        assert_seen(shown(tmp_path / name)[2], [WHITE, GREEN, WHITE, YELLOW], tolerance=20)

    @pytest.mark.parametrize(("left", "top"), [(2, 0), (16, 16), (30, 2)])
    def test_what_a_video_cuts_off_is_not_seen(self, encode, tmp_path, left, top):
        pad = (
            f"pad=112:80:{left}:{top}:white"  # whole blocks, of which the encoder cuts off nothing
        )
        cut = f"crop_left={left}:crop_right={48 - left}:crop_top={top}:crop_bottom={32 - top}"
        encode(
            *(tmp_path / "a.mp4", "-vf", pad, "-c:v", "libx264", "-pix_fmt", "yuv420p"),
            *("-bsf:v", f"h264_metadata={cut}"),
        )
        source, _, frame = shown(tmp_path / "a.mp4")
        assert (source.width, source.height) == (64, 48)
        assert_seen(frame, QUARTERS, tolerance=16)

    def test_frames_of_another_size_later_on(self, encode, tmp_path):
        options = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
        small = encode(tmp_path / "a.ts", *options).read_bytes()
        frames = [four_colours(128, 96)] * 5
        large = encode(tmp_path / "b.ts", *options, "-output_ts_offset", 1, frames=frames)
        (tmp_path / "c.ts").write_bytes(small + large.read_bytes())
        sizes = {frame.shape[:2] for _, frame in Source(str(tmp_path / "c.ts"))}
        assert sizes == {(48, 64), (96, 128)}


class TestStreams:
    """Which of a file's streams is shown."""

    @pytest.mark.parametrize(("name", "codec"), [("a.mp3", "libmp3lame"), ("a.m4a", "aac")])
    def test_sound_with_a_cover_is_no_video(self, ffmpeg, tmp_path, name, codec):
        ffmpeg(
            *("-f", "lavfi", "-i", "sine=d=1", "-i", MEDIA / "signing.jpg", "-map", 0, "-map", 1),
            *("-c:a", codec, "-c:v", "copy", "-disposition:v", "attached_pic", tmp_path / name),
        )
        with pytest.raises(MediaError, match="sound only, with a picture as its cover"):
            Source(str(tmp_path / name))

    @pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
    def test_sound_alone_neither(self, ffmpeg, tmp_path, name):
        ffmpeg("-f", "lavfi", "-i", "sine=d=1", tmp_path / name)
        with pytest.raises(MediaError, match="holds sound only: give a picture or a video"):
            Source(str(tmp_path / name))

    def test_a_videos_cover_is_not_shown(self, encode, tmp_path):
        encode(
            *(tmp_path / "a.mp4", "-map", 1, "-map", 0, "-c:v:0", "copy", "-c:v:1", "libx264"),
            *("-pix_fmt:v:1", "yuv420p", "-disposition:v:0", "attached_pic"),
            inputs=("-i", MEDIA / "signing.jpg"),
        )
        source, times, frame = shown(tmp_path / "a.mp4")
        assert (source.width, len(times)) == (64, 10)
        assert_seen(frame, QUARTERS, tolerance=16)

    @pytest.mark.parametrize("name", ["notes.txt", "art.nfo", "data.bin", "page.html", "a.srt"])
    def test_a_text_is_no_video(self, tmp_path, name):
        (tmp_path / name).write_text("1\n00:00:01,000 --> 00:00:02,000\nnothing to see\n" * 50)
        with pytest.raises(MediaError, match=r"is not a picture or a video|no pictures"):
            Source(str(tmp_path / name))

    @pytest.mark.parametrize("name", ["a:b.mp4", "http:.mp4", "ä ö.mp4", "100%d.mp4", "-.mp4"])
    def test_names_that_mean_something_elsewhere(self, encode, tmp_path, monkeypatch, name):
        monkeypatch.chdir(tmp_path)
        encode(tmp_path / "plain.mp4", "-pix_fmt", "yuv420p")
        (tmp_path / "plain.mp4").rename(tmp_path / name)
        assert len(list(Source(name))) == 10


class TestDamage:
    """What could be read is handed out; then frame and time are told."""

    def test_a_video_that_is_cut_off_says_so_after_its_last_frame(self, tmp_path):
        whole = (MEDIA / "intel__milk.mkv").read_bytes()
        (tmp_path / "a.mkv").write_bytes(whole[: len(whole) // 2])
        frames = iter(Source(str(tmp_path / "a.mkv")))
        seen = [next(frames) for _ in range(10)]
        assert seen[9][1].shape == (480, 640, 3)
        with pytest.raises(DamagedError, match=r"ends early, after \d\d of 51 frames, at 0\.\d+ s"):
            list(frames)

    @pytest.mark.parametrize("rate", [10, "30000/1001"])
    @pytest.mark.parametrize("sound", [False, True])
    @pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.mkv", "a.webm", "a.flv"])
    def test_cut_videos_of_every_kind(self, encode, tmp_path, name, sound, rate):
        random = np.random.default_rng(1)
        frames = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(30)]
        codec = {"webm": "libvpx", "flv": "flv"}.get(name[2:], "mpeg4")
        inputs = ("-f", "lavfi", "-i", "sine", "-shortest") if sound else ()
        audio = {"webm": ("-c:a", "libopus"), "flv": ("-ar", 44100)}.get(name[2:], ())
        path = tmp_path / name
        encode(
            *(path, "-c:v", codec, "-b:v", "2M", "-g", 5, "-movflags", "faststart", *audio),
            frames=frames,
            inputs=inputs,
            rate=rate,
        )
        assert len(list(Source(str(path)))) == 30
        os.truncate(path, path.stat().st_size * 6 // 10)
        seen, said = until_damage(path)
        assert "damaged or was not copied completely" in said
        assert 5 < len(seen) < 30

    @pytest.mark.parametrize("sound", [0.5, 3])
    @pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
    def test_sound_of_another_length_is_no_damage(self, encode, tmp_path, name, sound):
        codecs = ("libvpx", "libopus") if name == "a.webm" else ("mpeg4", "aac")
        encode(
            *(tmp_path / name, "-c:v", codecs[0], "-c:a", codecs[1]),
            inputs=("-f", "lavfi", "-i", f"sine=d={sound}"),
        )
        assert len(list(Source(str(tmp_path / name)))) == 10

    def test_what_is_broken_in_the_middle(self, tmp_path, encode):
        random = np.random.default_rng(1)
        frames = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(30)]
        path = encode(tmp_path / "a.avi", "-c:v", "mpeg4", "-b:v", "1M", "-g", 5, frames=frames)
        content = bytearray(path.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 2000] = b"\xff" * 2000
        path.write_bytes(content)
        seen, said = until_damage(path)
        assert re.search(r"is broken at frame \d+, after \d\.\d+ s", said)
        assert len(seen) > 20

    @pytest.mark.parametrize(
        ("name", "codec"),
        [
            ("a.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-b:v", "1M")),
            ("a.mkv", ("-c:v", "ffv1", "-level", 3, "-slicecrc", 1)),
            ("a.ogv", ("-c:v", "libtheora", "-b:v", "1M")),
        ],
    )
    def test_bytes_that_are_broken_are_told_of_each_of_two_files(
        self, ffmpeg, tmp_path, name, codec
    ):
        path = tmp_path / name
        ffmpeg("-i", MEDIA / "intel__milk.mkv", *codec, path)
        content = bytearray(path.read_bytes())
        for place in range(len(content) // 4, len(content) * 3 // 4, len(content) // 60):
            content[place] ^= 0x55
        for copy in ("one-" + name, "other-" + name):
            (tmp_path / copy).write_bytes(content)
            assert "damaged or was not copied completely" in until_damage(tmp_path / copy)[1]
        assert until_damage(path)[1] == ""

    @pytest.mark.parametrize(("name", "size"), [("a.webm", 400), ("a.ogv", 300)])
    def test_a_video_that_is_cut_off_in_its_head(self, ffmpeg, tmp_path, name, size):
        path = tmp_path / name
        ffmpeg("-i", MEDIA / "intel__milk.mkv", "-frames:v", 2, path)
        os.truncate(path, size)
        with pytest.raises(MediaError, match=r"ends before its first picture, .* copy it again"):
            Source(str(path))

    def test_an_mp4_without_its_index_is_told_as_such(self, encode, tmp_path):
        path = encode(tmp_path / "a.mp4", "-pix_fmt", "yuv420p")
        os.truncate(path, path.stat().st_size // 2)
        with pytest.raises(MediaError, match="was not copied completely: its end is missing"):
            Source(str(path))

    def test_a_whole_video_is_whole(self):
        source = Source(str(MEDIA / "intel__milk.mkv"))
        assert len(list(source)) == source.count == 51
