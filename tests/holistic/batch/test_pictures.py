"""Pictures and animations: what a page's ``<img>`` shows."""

import io
import os
import shutil
import struct

import numpy as np
import pytest
from four_colours import BLUE, GREEN, QUARTERS, RED, WHITE, YELLOW, assert_seen, four_colours
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from builder import ROOT
from holistic.batch.media import Source
from holistic.batch.media_errors import DamagedError, MediaError
from holistic.tracker import LONGEST_SIDE

PICTURE = ROOT / "tests" / "media" / "signing.jpg"
GRID = ROOT.parent / "shared" / "cases" / "grid.heic"

ORIENTED = {
    1: [RED, GREEN, BLUE, YELLOW],
    2: [GREEN, RED, YELLOW, BLUE],
    3: [YELLOW, BLUE, GREEN, RED],
    4: [BLUE, YELLOW, RED, GREEN],
    5: [RED, BLUE, GREEN, YELLOW],
    6: [BLUE, RED, YELLOW, GREEN],
    7: [YELLOW, GREEN, BLUE, RED],
    8: [GREEN, YELLOW, RED, BLUE],
}
"""What is seen of the four colours with each orientation of EXIF."""


@pytest.fixture
def picture():
    return Image.fromarray(four_colours())


@pytest.fixture
def transparent():
    """Upper left there is nothing, lower right half of it."""
    alpha = np.full((48, 64), 255, np.uint8)
    alpha[:24, :32], alpha[24:, 32:] = 0, 128
    return Image.fromarray(np.dstack((four_colours(), alpha)))


def only_frame(path):
    """The one RGB frame of a picture."""
    source = Source(str(path))
    ((timestamp, frame),) = source
    assert (source.kind, source.fps, source.count, timestamp) == ("picture", None, 1, 0)
    assert (frame.dtype, frame.shape) == (np.uint8, (source.height, source.width, 3))
    return frame


class TestOrientation:
    """EXIF turns and mirrors."""

    @pytest.mark.parametrize("orientation", ORIENTED)
    @pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "avif"])
    def test_a_photograph_is_upright(self, picture, tmp_path, suffix, orientation):
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture.save(tmp_path / f"a.{suffix}", exif=exif, quality=95)
        assert_seen(only_frame(tmp_path / f"a.{suffix}"), ORIENTED[orientation])

    def test_what_browsers_do_not_turn_is_not_turned(self, picture, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        picture.save(tmp_path / "a.webp", exif=exif, quality=95)
        xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a tiff:Orientation="6"/></x:xmpmeta>'
        for suffix in ("jpg", "webp", "avif"):
            picture.save(tmp_path / f"xmp.{suffix}", xmp=xmp, quality=95)
        profile = PngImagePlugin.PngInfo()
        content = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
        profile.add_text("Raw profile type exif", f"\nexif\n{len(content)}\n{content.hex()}\n")
        picture.save(tmp_path / "text.png", pnginfo=profile)
        for path in tmp_path.iterdir():
            assert_seen(only_frame(path), QUARTERS)

    @pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0", b"Exif\0\0II*\0\xff" * 9])
    def test_damaged_exif_does_not_matter(self, picture, tmp_path, exif):
        for suffix in ("jpg", "png", "webp"):
            picture.save(tmp_path / f"a.{suffix}", exif=exif, quality=95)
            assert_seen(only_frame(tmp_path / f"a.{suffix}"), QUARTERS)

    @pytest.mark.skipif(not GRID.exists(), reason="the shared cases are not there")
    def test_a_heic_of_tiles_is_one_picture(self):
        frame = only_frame(GRID)
        assert frame.shape == (960, 1280, 3)
        whole = np.asarray(Image.open(PICTURE).resize((1280, 960)), float)
        assert abs(frame - whole).mean() < 12


class TestColours:
    """All of them come out as 8-bit RGB."""

    @pytest.mark.parametrize("suffix", ["png", "webp", "tif", "avif", "jp2"])
    def test_what_is_transparent_lies_on_white(self, transparent, tmp_path, suffix):
        transparent.save(tmp_path / f"a.{suffix}")
        half = tuple(round(255 - 128 / 255 * (255 - value)) for value in YELLOW)
        assert_seen(only_frame(tmp_path / f"a.{suffix}"), [WHITE, GREEN, BLUE, half])

    def test_grey_with_transparency_too(self, transparent, tmp_path):
        transparent.convert("LA").save(tmp_path / "a.png")
        frame = only_frame(tmp_path / "a.png")
        assert (frame[10, 10] == 255).all()
        assert frame[10, 50].tolist() == [frame[10, 50, 0]] * 3

    @pytest.mark.parametrize("suffix", ["png", "gif"])
    def test_a_palette_with_a_transparent_colour(self, picture, tmp_path, suffix):
        indexed = picture.quantize(4)
        index = indexed.getpixel((5, 5))
        indexed.save(tmp_path / f"a.{suffix}", transparency=index)
        assert_seen(only_frame(tmp_path / f"a.{suffix}"), [WHITE, GREEN, BLUE, YELLOW])

    def test_a_transparent_colour_of_a_picture_without_palette(self, picture, tmp_path):
        picture.save(tmp_path / "a.png", transparency=RED)
        assert_seen(only_frame(tmp_path / "a.png"), [WHITE, GREEN, BLUE, YELLOW])

    @pytest.mark.parametrize("mode", ["RGB", "P", "CMYK", "L", "1"])
    @pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
    def test_every_way_of_storing_colours(self, picture, tmp_path, mode, suffix):
        try:
            picture.convert(mode).save(tmp_path / f"a.{suffix}", quality=95)
        except OSError:
            pytest.skip(f"no {mode} in {suffix}")
        expected = picture.convert(mode).convert("RGB")
        assert_seen(
            only_frame(tmp_path / f"a.{suffix}"),
            [expected.getpixel(place) for place in ((16, 12), (48, 12), (16, 36), (48, 36))],
        )

    @pytest.mark.parametrize(
        ("name", "pixels"),
        [
            ("a.png", "gray16be"),
            ("a.png", "ya16be"),
            ("a.pgm", "gray16be"),
            ("a.tif", "gray16le"),
            ("a.png", "rgb48be"),
            ("a.png", "rgba64be"),
            ("a.tif", "rgb48le"),
            ("a.ppm", "rgb48be"),
            ("a.jpg", "yuvj444p"),
            ("a.jpg", "yuvj420p"),
        ],
    )
    def test_sixteen_bits_and_both_samplings(self, encode, tmp_path, name, pixels):
        encode(
            tmp_path / name, "-pix_fmt", pixels, "-q:v", 2, "-update", 1, frames=[four_colours()]
        )
        grey = [(89,) * 3, (150,) * 3, (45,) * 3, (215,) * 3]
        expected = grey if "gray" in pixels or "ya" in pixels else QUARTERS
        assert_seen(only_frame(tmp_path / name), expected)

    def test_a_profile_says_which_colours_are_meant(self, picture, tmp_path):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        # In this one, what is called red is green, and its name is another.
        swapped = profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ")
        swapped = swapped.replace(b"?XYZ", b"gXYZ")
        swapped = swapped.replace("sRGB".encode("utf-16-be"), "mRGB".encode("utf-16-be"))
        for name, suffix in (("a", "png"), ("b", "jpg"), ("c", "webp")):
            path = tmp_path / f"{name}.{suffix}"
            picture.save(path, icc_profile=swapped, quality=95)
            assert_seen(only_frame(path)[:24], [GREEN, RED, GREEN, RED], tolerance=40)

    def test_a_profile_that_is_broken_is_ignored(self, picture, tmp_path):
        picture.save(tmp_path / "a.png", icc_profile=b"no profile")
        assert_seen(only_frame(tmp_path / "a.png"), QUARTERS)


class TestSizes:
    """As large as cameras make them."""

    def test_8k_is_read_whole(self, tmp_path):
        Image.new("RGB", (7680, 4320)).save(tmp_path / "a.jpg")
        assert only_frame(tmp_path / "a.jpg").shape == (4320, 7680, 3)

    def test_two_hundred_megapixels_too(self, tmp_path):
        Image.new("L", (16320, 12240)).save(tmp_path / "a.png", compress_level=1)
        before = Image.MAX_IMAGE_PIXELS
        assert Source(str(tmp_path / "a.png")).width == 16320
        assert before == Image.MAX_IMAGE_PIXELS  # which is the whole program's

    def test_a_picture_that_is_too_long_for_the_warp_is_named(self, tmp_path):
        Image.new("RGB", (LONGEST_SIDE + 1, 2)).save(tmp_path / "a.png")
        with pytest.raises(MediaError, match=r"a\.png' has 32767 x 2 pixels: scale it down"):
            Source(str(tmp_path / "a.png"))


class TestAnimations:
    """A picture that moves is a video with its own time stamps."""

    @pytest.mark.parametrize("suffix", ["gif", "webp", "png", "avif"])
    def test_every_frame_has_its_time(self, picture, tmp_path, suffix):
        turned = picture.transpose(Image.Transpose.ROTATE_180)
        path = tmp_path / f"a.{suffix}"
        picture.save(path, save_all=True, append_images=[turned, picture], duration=[50, 200, 70])
        source = Source(str(path))
        frames = list(source)
        assert (source.kind, source.fps, source.count) == ("video", None, 3)
        assert [timestamp for timestamp, _ in frames] == [0, 50, 250]
        assert source.end == 320
        assert_seen(frames[0][1], QUARTERS)
        assert_seen(frames[1][1], QUARTERS[::-1])

    def test_frames_without_a_duration_are_shown_as_long_as_in_browsers(self, picture, tmp_path):
        turned = picture.transpose(Image.Transpose.ROTATE_180)
        picture.save(tmp_path / "a.gif", save_all=True, append_images=[turned] * 2, duration=0)
        assert [timestamp for timestamp, _ in Source(str(tmp_path / "a.gif"))] == [0, 100]

    def test_a_transparent_animation_lies_on_white(self, transparent, tmp_path):
        turned = transparent.transpose(Image.Transpose.ROTATE_180)
        transparent.save(
            tmp_path / "a.webp", save_all=True, append_images=[turned], duration=50, lossless=True
        )
        (_, first), (_, second) = Source(str(tmp_path / "a.webp"))
        assert_seen(first[:24], [WHITE, GREEN] * 2)
        assert_seen(second[24:], [GREEN, WHITE] * 2)

    def test_the_picture_beside_an_animation_is_not_shown(self, picture, tmp_path):
        blank = Image.new("RGB", picture.size)
        turned = picture.transpose(Image.Transpose.ROTATE_180)
        blank.save(
            tmp_path / "a.png",
            save_all=True,
            append_images=[picture, turned],
            duration=[50, 200],
            default_image=True,
        )
        (_, first), (_, second) = Source(str(tmp_path / "a.png"))
        assert_seen(first, QUARTERS)
        assert_seen(second, QUARTERS[::-1])

    def test_of_several_pictures_in_one_file_the_first_is_shown(self, picture, tmp_path):
        others = [picture.transpose(Image.Transpose.ROTATE_180)]
        picture.save(tmp_path / "a.mpo", "MPO", save_all=True, append_images=others, quality=95)
        assert_seen(only_frame(tmp_path / "a.mpo"), QUARTERS)


class TestDamage:
    """What can be seen is kept, and the damage is told."""

    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("a.jpg", {}),
            ("a.jpg", {"progressive": True}),
            ("a.png", {}),
            ("a.tif", {}),
            ("a.bmp", {}),
            ("a.gif", {"interlace": 0}),
            ("a.ppm", {}),
        ],
    )
    def test_a_cut_picture_is_seen_in_part(self, tmp_path, name, options):
        path = tmp_path / name
        whole = Image.open(PICTURE)
        whole.save(path, **options)
        os.truncate(path, path.stat().st_size * 6 // 10)
        frames = iter(Source(str(path)))
        _, frame = next(frames)
        assert frame.shape == (480, 640, 3)
        rows = slice(300, None) if name == "a.bmp" else slice(180)
        assert abs(frame[rows] - np.asarray(whole, float)[rows]).mean() < 10
        with pytest.raises(DamagedError, match="not copied completely: only a part is seen"):
            next(frames)

    def test_a_png_that_is_broken_in_the_middle(self, tmp_path):
        path = tmp_path / "a.png"
        Image.open(PICTURE).save(path)
        content = bytearray(path.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 60] = bytes(60)
        path.write_bytes(content)
        frames = iter(Source(str(path)))
        next(frames)
        with pytest.raises(DamagedError, match="only a part is seen"):
            next(frames)

    def test_that_a_tiff_has_more_pages_is_told(self, tmp_path):
        path = tmp_path / "a.tif"
        page = Image.open(PICTURE)
        page.save(path, save_all=True, append_images=[page, page])
        source = Source(str(path))
        assert source.note is not None
        assert "a.tif' has 3 pages, and the first is taken" in source.note
        assert only_frame(path).shape == (480, 640, 3)
        small = TiffImagePlugin.ImageFileDirectory_v2()
        small[254] = 1
        preview = page.resize((64, 48))
        preview.encoderinfo = {"tiffinfo": small}
        page.save(path, save_all=True, append_images=[preview])
        assert Source(str(path)).note is None, "a small copy of the same"
        page.save(path)
        assert Source(str(path)).note is None
        page.save(path, tiffinfo=small)
        assert "begins with a small copy" in str(Source(str(path)).note)

    @pytest.mark.parametrize("compression", ["tiff_adobe_deflate", "jpeg", "tiff_lzw"])
    def test_a_tiff_whose_strips_are_broken(self, tmp_path, compression):
        path = tmp_path / "a.tif"
        whole = Image.open(PICTURE)
        whole.save(path, compression=compression)
        assert only_frame(path).shape == (480, 640, 3)
        content = bytearray(path.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 300] = bytes(300)
        path.write_bytes(content)
        frames = iter(Source(str(path)))
        _, frame = next(frames)
        assert abs(frame[:60] - np.asarray(whole, float)[:60]).mean() < 10
        with pytest.raises(DamagedError, match="only a part is seen"):
            next(frames)

    def test_a_gif_whose_next_frame_seems_to_be_huge(self, tmp_path):
        path = tmp_path / "a.gif"
        pictures = [Image.open(PICTURE).rotate(angle) for angle in (0, 10)]
        pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=50)
        content = bytearray(path.read_bytes())
        second = content.rindex(b"\x21\xf9\x04")  # its graphic control, then its descriptor
        content[second + 13 : second + 17] = b"\xff\xff\xff\xff"
        path.write_bytes(content)
        frames = iter(Source(str(path)))
        assert next(frames)[0] == 0
        with pytest.raises(DamagedError, match="ends after frame 1"):
            list(frames)

    @pytest.mark.skipif(not GRID.exists(), reason="the shared cases are not there")
    def test_a_heic_without_its_last_tiles(self, tmp_path):
        shutil.copyfile(GRID, tmp_path / "a.heic")
        os.truncate(tmp_path / "a.heic", GRID.stat().st_size * 7 // 10)
        with pytest.raises(
            MediaError, match=r"is (a )?damaged"
        ):  # some decoders take nothing of it
            list(Source(str(tmp_path / "a.heic")))

    @pytest.mark.parametrize("suffix", ["gif", "png"])
    def test_of_a_cut_animation_the_frames_that_are_whole(self, tmp_path, suffix):
        frames = [Image.open(PICTURE).rotate(angle) for angle in range(0, 60, 10)]
        path = tmp_path / f"a.{suffix}"
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
        os.truncate(path, path.stat().st_size // 2)
        frames = iter(Source(str(path)))
        assert [next(frames)[0] for _ in range(2)] == [0, 50]
        with pytest.raises(DamagedError, match=r"ends after frame \d, at 0\.\d+ s"):
            list(frames)

    @pytest.mark.parametrize(
        "content",
        [
            b"\x89PNG\r\n\x1a\n" + bytes(40),
            b"\xff\xd8\xff\xe0" + bytes(9),
            b"GIF89a",
            b"no picture",
        ],
    )
    def test_a_picture_of_which_nothing_is_left_is_named(self, tmp_path, content):
        (tmp_path / "a.png").write_bytes(content)
        with pytest.raises(MediaError, match=r"a\.png' is"):
            Source(str(tmp_path / "a.png"))

    def test_a_cut_webp_is_named(self, tmp_path):
        whole = io.BytesIO()
        Image.open(PICTURE).save(whole, "WEBP")
        (tmp_path / "a.webp").write_bytes(whole.getvalue()[:5000])
        with pytest.raises(MediaError, match=r"a\.webp' is a damaged picture"):
            Source(str(tmp_path / "a.webp"))

    def test_an_empty_file(self, tmp_path):
        (tmp_path / "a.jpg").touch()
        with pytest.raises(MediaError, match=r"a\.jpg' is empty"):
            Source(str(tmp_path / "a.jpg"))


def test_a_wrong_ending_does_not_matter(picture, tmp_path):
    picture.save(tmp_path / "a.mp4", "PNG")
    assert_seen(only_frame(tmp_path / "a.mp4"), QUARTERS)


def test_a_format_that_only_pyav_knows_is_a_picture_too(encode, tmp_path):
    encode(tmp_path / "a.tga", "-update", 1, frames=[four_colours()])
    assert_seen(only_frame(tmp_path / "a.tga"), QUARTERS)


def test_exif_is_read_where_cameras_put_it(picture, tmp_path):
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=95)
    # EXIF with one entry: orientation (0x0112) 6, "turn it a quarter clockwise".
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    content = jpeg.getvalue()
    (tmp_path / "a.jpg").write_bytes(content[:2] + segment + content[2:])
    assert_seen(only_frame(tmp_path / "a.jpg"), ORIENTED[6])
