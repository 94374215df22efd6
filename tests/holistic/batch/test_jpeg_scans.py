"""JPEGs that are damaged inside: what changes the picture is told, what is whole is not."""

import io
import random

import cv2
import numpy as np
import pytest
from PIL import Image

from builder import ROOT
from holistic.batch import jpeg_scans
from holistic.batch.media import Source
from holistic.batch.media_errors import DamagedError

PICTURE = ROOT / "tests" / "media" / "signing.jpg"

pytestmark = pytest.mark.skipif(
    jpeg_scans.compiled is None, reason="the module _jpeg is not compiled"
)

KINDS = {
    "baseline": {},
    "optimized": {"optimize": True},
    "progressive": {"progressive": True},
    "restarts": {"restart_marker_rows": 1},
    "many restarts": {"restart_marker_blocks": 3},
    "progressive with restarts": {"progressive": True, "restart_marker_rows": 2},
}

START_OF_SCAN, END = b"\xff\xda", b"\xff\xd9"


def encoded(kind="baseline", mode="RGB", size=(333, 251), **options):
    content = io.BytesIO()
    picture = Image.open(PICTURE).resize(size).convert(mode)
    picture.save(content, "JPEG", **KINDS[kind], **options)
    return content.getvalue()


def seen(content):
    """What Pillow shows; None if it says itself that something is wrong."""
    try:
        return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    except (OSError, SyntaxError):
        return None


def broken(content, size, new):
    """The file with ``size`` bytes of its scans replaced, at many places, where that is seen."""
    start = content.index(START_OF_SCAN) + 14
    whole = seen(content)
    for place in range(start, len(content) - size - 2, len(content) // 24):
        damaged = content[:place] + new(size) + content[place + size :]
        shown = seen(damaged)
        if shown is not None and (shown != whole).any():
            yield damaged


def told_of(damaged):
    """The part of the damaged files of which it is told; by chance some are as another picture."""
    told = [jpeg_scans.is_damaged(content) for content in damaged]
    assert len(told) > 5
    return sum(told) / len(told)


class TestWhole:
    """Nothing is said of what is whole, however it was made."""

    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_encoding(self, kind, mode):
        for quality in (30, 100):
            for subsampling in (0, 1, 2):
                for size in ((233, 151), (64, 48), (1, 1)):
                    content = encoded(kind, mode, size, quality=quality, subsampling=subsampling)
                    assert not jpeg_scans.is_damaged(content)

    def test_pictures_of_cameras_and_of_ffmpeg(self, encode, tmp_path):
        assert not jpeg_scans.is_damaged(PICTURE.read_bytes())
        frame = np.asarray(Image.open(PICTURE))
        for pixels in ("yuvj420p", "yuvj422p", "yuvj444p"):
            encode(tmp_path / "a.jpg", "-pix_fmt", pixels, "-update", 1, frames=[frame])
            assert not jpeg_scans.is_damaged((tmp_path / "a.jpg").read_bytes())

    def test_what_follows_the_picture(self):
        content = encoded()
        for more in (b"\0", b"trailer", bytes(5000), b"\xff\xd8", encoded(size=(9, 9))[:300]):
            assert not jpeg_scans.is_damaged(content + more)

    def test_several_pictures_in_one_file(self, tmp_path):
        picture = Image.open(PICTURE)
        picture.save(tmp_path / "a.mpo", "MPO", save_all=True, append_images=[picture])
        assert len(list(Source(str(tmp_path / "a.mpo")))) == 1

    def test_a_thumbnail_in_its_exif(self):
        exif = b"Exif\0\0" + encoded(size=(32, 24))
        assert not jpeg_scans.is_damaged(encoded(exif=exif))

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_marker_may_be_filled_up(self, kind):
        content = encoded(kind)
        for marker in (b"\xff\xd0", b"\xff\xc4", START_OF_SCAN, END):
            assert not jpeg_scans.is_damaged(content.replace(marker, b"\xff\xff" + marker))

    def test_some_encoders_fill_up_to_whole_words(self):
        content = encoded()
        for spare in range(4):
            assert not jpeg_scans.is_damaged(content[:-2] + bytes(spare) + END)

    def test_what_has_no_huffman_codes_or_more_bits_is_left_to_the_decoder(self):
        content = encoded()
        frame = content.index(b"\xff\xc0")
        arithmetic = content[: frame + 1] + b"\xc9" + content[frame + 2 :]
        twelve_bits = content[: frame + 4] + b"\x0c" + content[frame + 5 :]
        assert not jpeg_scans.is_damaged(arithmetic[:-400] + bytes(400))
        assert not jpeg_scans.is_damaged(twelve_bits[:-400] + bytes(400))


class TestBroken:
    """Bytes that were overwritten are told, if another picture could not have them there."""

    @pytest.mark.parametrize("subsampling", [0, 2])
    @pytest.mark.parametrize("kind", KINDS)
    def test_zeros_instead_of_data(self, kind, subsampling):
        content = encoded(kind, size=(640, 480), subsampling=subsampling)
        assert told_of(broken(content, 400, bytes)) > 0.8

    @pytest.mark.parametrize("kind", KINDS)
    def test_other_bytes_instead_of_data(self, kind):
        content = encoded(kind, size=(640, 480))
        assert told_of(broken(content, 400, random.Random(1).randbytes)) > 0.8

    @pytest.mark.parametrize("kind", KINDS)
    def test_missing_and_added_bytes(self, kind):
        content = encoded(kind)
        middle = (content.index(START_OF_SCAN) + len(content)) // 2
        assert jpeg_scans.is_damaged(content[:middle] + content[middle + 300 :])
        assert jpeg_scans.is_damaged(content[:middle] + content[middle - 300 :])

    def test_missing_restart_markers(self):
        content = encoded("restarts")
        for marker in (b"\xff\xd0", b"\xff\xd3"):
            assert jpeg_scans.is_damaged(content.replace(marker, b"", 1))
            assert jpeg_scans.is_damaged(content.replace(marker, b"\xff\xd7", 1))

    @pytest.mark.parametrize("kind", KINDS)
    def test_all_that_libjpeg_warns_of(self, kind, capfd):
        content = encoded(kind)
        for size in (1, 4, 16, 64):
            for damaged in broken(content, size, random.Random(size).randbytes):
                cv2.imdecode(np.frombuffer(damaged, np.uint8), cv2.IMREAD_COLOR)
                warning = capfd.readouterr().err
                if warning and "extraneous" not in warning:
                    assert jpeg_scans.is_damaged(damaged)

    def test_segments_that_cannot_be(self):
        content = encoded()
        for marker, new in ((b"\xff\xc0", b"\x08" + bytes(9)), (START_OF_SCAN, b"\xff" * 8)):
            place = content.index(marker) + 4
            assert jpeg_scans.is_damaged(content[:place] + new + content[place + len(new) :])

    def test_what_can_be_seen_is_kept_and_the_damage_is_told(self, tmp_path):
        content = encoded(size=(640, 480))
        path = tmp_path / "a.jpg"
        path.write_bytes(content[: len(content) // 2] + bytes(300) + content[-len(content) // 3 :])
        frames = iter(Source(str(path)))
        _, frame = next(frames)
        assert abs(frame[:120].astype(int) - seen(content)[:120]).max() == 0
        with pytest.raises(DamagedError, match=r"a\.jpg' is damaged .* seen as it was"):
            next(frames)
