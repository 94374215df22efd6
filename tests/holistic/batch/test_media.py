"""Pictures and videos as sources: what people's cameras, phones and scanners make."""

import struct

import cv2
import numpy as np
import pytest

from builder import ROOT
from holistic.batch.media import MAX_SIDE, MediaError, Source, TruncatedError

MEDIA = ROOT / "tests" / "media"


def only_frame(path):
    """The one RGB frame of a picture."""
    ((timestamp, frame),) = Source(str(path))
    assert timestamp == 0
    return frame


def write_video(path, frames, fps=10):
    """An MP4 of the given BGR frames."""
    height, width = frames[0].shape[:2]
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (width, height))
    for frame in frames:
        video.write(frame)
    video.release()
    return path


def rotate_as_phones_do(path):
    """Ask for a quarter turn clockwise in the track header's matrix."""
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40
    turn = (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    content[matrix : matrix + 36] = struct.pack(">9i", *turn)
    path.write_bytes(content)


class TestPictures:
    """All of them come out as 8-bit RGB."""

    @pytest.fixture
    def bgr(self):
        return cv2.imread(str(MEDIA / "signing.jpg"))

    def test_rgba_loses_its_alpha(self, bgr, tmp_path):
        cv2.imwrite(str(tmp_path / "a.png"), cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA))
        assert (only_frame(tmp_path / "a.png") == bgr[..., ::-1]).all()

    def test_grey_gets_three_equal_channels(self, bgr, tmp_path):
        grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        cv2.imwrite(str(tmp_path / "a.png"), grey)
        assert (only_frame(tmp_path / "a.png") == grey[..., None]).all()

    def test_sixteen_bits_become_eight(self, bgr, tmp_path):
        cv2.imwrite(str(tmp_path / "a.png"), bgr.astype(np.uint16) * 257)
        frame = only_frame(tmp_path / "a.png")
        assert frame.dtype == np.uint8
        assert (cv2.absdiff(frame, np.ascontiguousarray(bgr[..., ::-1])) <= 1).all()

    def test_8k_is_read_whole(self, tmp_path):
        cv2.imwrite(str(tmp_path / "a.jpg"), np.zeros((4320, 7680, 3), np.uint8))
        assert only_frame(tmp_path / "a.jpg").shape == (4320, 7680, 3)

    def test_a_picture_that_is_too_long_for_the_warp_is_named(self, tmp_path):
        cv2.imwrite(str(tmp_path / "a.png"), np.zeros((2, MAX_SIDE + 1, 3), np.uint8))
        with pytest.raises(MediaError, match=r"a\.png' has 32767 x 2 pixels: scale it down"):
            Source(str(tmp_path / "a.png"))

    def test_a_turned_photograph_is_turned_back(self, bgr, tmp_path):
        jpeg = cv2.imencode(".jpg", bgr)[1].tobytes()
        # EXIF with one entry: orientation (0x0112) 6, "turn it a quarter clockwise".
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
        segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        (tmp_path / "a.jpg").write_bytes(jpeg[:2] + segment + jpeg[2:])
        assert only_frame(tmp_path / "a.jpg").shape == (640, 480, 3)

    def test_a_damaged_picture_is_named(self, tmp_path):
        (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
        with pytest.raises(MediaError, match=r"a\.png' "):
            Source(str(tmp_path / "a.png"))


class TestVideos:
    """Frames with time stamps."""

    @pytest.fixture
    def frames(self):
        left_is_white = np.zeros((48, 64, 3), np.uint8)
        left_is_white[:, :32] = 255
        return [left_is_white] * 3

    def test_a_video_has_its_own_time_stamps(self, frames, tmp_path):
        source = Source(str(write_video(tmp_path / "a.mp4", frames)))
        assert (source.kind, source.fps, source.count) == ("video", 10, 3)
        assert [timestamp for timestamp, _ in source] == [0, 100, 200]

    def test_a_phones_rotated_video_is_turned_upright(self, frames, tmp_path):
        path = write_video(tmp_path / "a.mp4", frames)
        rotate_as_phones_do(path)
        source = Source(str(path))
        assert (source.width, source.height) == (48, 64)
        for _, frame in source:
            assert frame.shape == (64, 48, 3)
            assert frame[:28].min() > 200  # left, turned clockwise, is the top
            assert frame[36:].max() < 55

    def test_a_video_that_is_cut_off_says_so_after_its_last_frame(self, tmp_path):
        whole = (MEDIA / "intel__milk.mkv").read_bytes()
        (tmp_path / "a.mkv").write_bytes(whole[: len(whole) // 2])
        frames = iter(Source(str(tmp_path / "a.mkv")))
        seen = [next(frames) for _ in range(10)]
        assert seen[9][1].shape == (480, 640, 3)
        with pytest.raises(TruncatedError, match=r"a\.mkv' ends early, after \d\d of 52 frames"):
            list(frames)

    def test_whole_videos_are_whole_even_where_their_head_counts_a_frame_too_many(self):
        source = Source(str(MEDIA / "intel__milk.mkv"))
        assert source.count > len(list(source)) > 50
