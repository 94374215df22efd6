"""The clip that the benchmark's camera plays."""

import numpy as np
import pytest

from bench import clip

FORMAT = clip.Format(16, 8, 60)


def grey_frames(*levels):
    return [np.full((FORMAT.height, FORMAT.width, 3), level, np.uint8) for level in levels]


def levels(path):
    return [int(frame[0, 0, 0]) for frame in clip.read(path)]


def test_frames_run_forwards_and_backwards_and_repeat(tmp_path):
    path = tmp_path / "clip.y4m"
    clip.write(path, grey_frames(50, 100, 150), FORMAT, 2)
    assert levels(path) == pytest.approx([50, 50, 100, 100, 150, 150, 100, 100], abs=1)


def test_file_names_size_and_rate_and_holds_whole_frames(tmp_path):
    path = tmp_path / "clip.y4m"
    clip.write(path, grey_frames(0, 255), FORMAT, 1)
    header, rest = path.read_bytes().split(b"\n", 1)
    assert header.split()[:4] == [b"YUV4MPEG2", b"W16", b"H8", b"F60:1"]
    assert len(rest) == 2 * (len(b"FRAME\n") + FORMAT.frame_bytes)


def test_colours_survive(tmp_path):
    frame = np.zeros((FORMAT.height, FORMAT.width, 3), np.uint8)
    frame[:] = (40, 80, 200)  # blue, green, red
    path = tmp_path / "clip.y4m"
    clip.write(path, [frame], FORMAT, 1)
    (found,) = clip.read(path)
    assert found[4, 8].tolist() == pytest.approx([200, 80, 40], abs=3)


def test_large_pictures_get_a_shorter_loop(tmp_path, monkeypatch):
    monkeypatch.setattr(clip, "BYTES_LIMIT", FORMAT.frame_bytes * 4)
    path = tmp_path / "clip.y4m"
    clip.write(path, grey_frames(*range(0, 250, 25)), FORMAT, 1)
    assert levels(path) == pytest.approx([0, 25, 50, 25], abs=1)


def test_a_slow_camera_leaves_frames_out_and_a_fast_one_repeats_them(tmp_path):
    source = tmp_path / "clip.y4m"
    clip.write(source, grey_frames(*range(0, 250, 25)), clip.Format(16, 8, 30), 1)
    slow = clip.camera_file(source, tmp_path, clip.Format(16, 8, 10))
    fast = clip.camera_file(source, tmp_path, clip.Format(16, 8, 60))
    assert len(levels(slow)) == pytest.approx(18 / 3 * 2, abs=2)
    assert len(levels(fast)) == pytest.approx(18 * 2 * 2, abs=4)


def test_a_crowd_has_so_many_people_at_different_moments():
    frames = [np.full((60, 80, 3), level, np.uint8) for level in (40, 80, 120, 160)]
    first = clip.crowded(frames, 4)[0]
    assert first.shape == frames[0].shape
    places = first[[15, 15, 15, 45, 45, 45], [13, 39, 65, 13, 39, 65], 0].tolist()
    assert places == [40, 80, 120, 160, 0, 0]


def test_a_clip_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.mkv"):
        clip.camera_file(tmp_path / "nothing.mkv", tmp_path, FORMAT)
