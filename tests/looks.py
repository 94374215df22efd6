"""Files whose stored picture is not what people see: one person, kept in every way that files know.

Each file shows the same upright picture, REFERENCE, though it is stored turned, mirrored, squeezed,
transparent, in other colours or at odd times. Debian's ffmpeg and Pillow make them.
"""

import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from builder import ROOT

SIZE = 320, 240
"""Of most files: width and height in pixels, as they are shown."""

TURNED = 5, 6
"""Orientations of EXIF that PNG, AVIF and WebP have too; nobody looks at WebP's."""

TIMES = {
    "plain.mp4": [100 * index for index in range(10)],
    "vfr.mp4": [round(step * 1000 / 30) for step in (*range(5), *range(5, 35, 6))],
    "live.webm": [100 * index for index in range(10)],
    "late.webm": [100 * index for index in range(10)],
    "single.mp4": [0],
}
"""When the frames of some videos are shown, in milliseconds."""

_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How to store a picture that each orientation of EXIF turns upright."""

_MATRICES = {
    2: ((-1, 0), (0, 1)),
    3: ((-1, 0), (0, -1)),
    4: ((1, 0), (0, -1)),
    5: ((0, 1), (1, 0)),
    6: ((0, 1), (-1, 0)),
    7: ((0, -1), (-1, 0)),
    8: ((0, -1), (1, 0)),
}
"""The display matrix of an MP4 that does the same as each orientation."""

_H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", 18)
_VP8 = ("-c:v", "libvpx", "-b:v", "2M", "-auto-alt-ref", 0)
_VP9 = ("-c:v", "libvpx-vp9", "-crf", 20, "-b:v", 0, "-cpu-used", 8)
_SLOWER = "setpts='if(lt(N,5),N,5+(N-5)*6)/30/TB'"

_VIDEOS = {
    "plain.mp4": _H264,
    "fragmented.mp4": (*_H264, "-bf", 0, "-movflags", "frag_keyframe+empty_moov"),
    "vfr.mp4": (*_H264, "-vf", _SLOWER, "-vsync", "vfr", "-enc_time_base", "1/90"),
    "live.webm": (*_VP8, "-pix_fmt", "yuv420p", "-live", 1),
    "late.webm": (*_VP8, "-pix_fmt", "yuv420p", "-output_ts_offset", 5),
    "single.mp4": (*_H264, "-frames:v", 1),
    "interlaced.mp4": (*_H264, "-flags", "+ildct+ilme", "-x264opts", "tff=1"),
    "sar.mp4": ("-vf", "scale=160:240,setsar=2", *_H264),
    "sar_tall.mp4": ("-vf", "scale=320:120,setsar=1/2", *_H264),
    "sar.webm": ("-vf", "scale=160:240,setsar=2", *_VP9, "-pix_fmt", "yuv420p"),
    "odd.webm": ("-vf", "scale=321:241", *_VP9, "-pix_fmt", "yuv420p"),
    "bt709.mp4": (
        *("-vf", "scale=out_color_matrix=bt709,format=yuv420p", *_H264),
        *("-colorspace", "bt709"),
    ),
    "bt601_full.webm": (
        *("-vf", "scale=out_color_matrix=bt601:out_range=pc,format=yuv420p", *_VP9),
        *("-colorspace", "smpte170m", "-color_range", "pc"),
    ),
    "full.mp4": ("-c:v", "libx264", "-pix_fmt", "yuvj420p", "-crf", 18),
    "ten_bits.mp4": ("-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-crf", 18),
    "av1.mp4": ("-c:v", "libaom-av1", "-crf", 20, "-cpu-used", 8, "-pix_fmt", "yuv420p"),
}
"""ffmpeg's options for each video of the upright picture."""


def available() -> bool:
    """Whether there is an ffmpeg to make them."""
    return shutil.which("ffmpeg") is not None


def upright() -> Image.Image:
    """The picture that all files show."""
    whole = Image.open(ROOT / "tests" / "media" / "signing.jpg")
    return whole.resize(SIZE, Image.Resampling.LANCZOS)


def on_white() -> Image.Image:
    """What files show whose name begins with "alpha": a part is transparent."""
    white = Image.new("RGBA", SIZE, "white")
    return Image.alpha_composite(white, _transparent()).convert("RGB")


def make(folder: Path) -> list[str]:
    """Make all files in a folder; returns their names."""
    _make_pictures(folder)
    _make_videos(folder)
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def _transparent() -> Image.Image:
    """Nothing above her head, and half of it in a strip below."""
    alpha = np.full(SIZE[::-1], 255, np.uint8)
    alpha[:20], alpha[20:30] = 0, 128
    return Image.fromarray(np.dstack((np.asarray(upright()), alpha)))


def _stored(orientation: int) -> Image.Image:
    transpose = _STORED[orientation]
    return upright() if transpose is None else upright().transpose(transpose)


def _make_pictures(folder: Path) -> None:
    for orientation in _STORED:
        exif = Image.Exif()
        exif[0x0112] = orientation
        _stored(orientation).save(folder / f"exif{orientation}.jpg", exif=exif, quality=95)
        if orientation in TURNED:
            for suffix in ("png", "avif"):
                file = folder / f"exif{orientation}.{suffix}"
                _stored(orientation).save(file, exif=exif, quality=95)
            upright().save(folder / f"unturned{orientation}.webp", exif=exif, quality=95)
    picture, transparent = upright(), _transparent()
    for suffix in ("png", "webp", "avif"):
        transparent.save(folder / f"alpha.{suffix}", quality=95)
    blank = Image.new("RGB", SIZE, "blue")
    for suffix in ("gif", "png", "webp"):
        options = {"save_all": True, "append_images": [blank, blank], "duration": 100}
        picture.save(folder / f"moving.{suffix}", quality=95, **options)
    picture.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    picture.save(folder / "progressive.jpg", progressive=True, quality=95)
    picture.quantize(256).save(folder / "palette.png")
    picture.resize((321, 241)).save(folder / "odd.jpg", quality=95)


def _make_videos(folder: Path) -> None:
    source = folder / "upright.png"
    upright().save(source)
    for name, options in _VIDEOS.items():
        _encode(source, folder / name, *options, rate=30 if name == "vfr.mp4" else 10)
    for orientation, matrix in _MATRICES.items():
        turned = folder / "turned.png"
        _stored(orientation).save(turned)
        _encode(turned, folder / f"turned{orientation}.mp4", *_H264)
        _ask_for_a_turn(folder / f"turned{orientation}.mp4", matrix)
        turned.unlink()
    shutil.copy(folder / "turned6.mp4", folder / "turned6.mov")
    for name, codec in (("alpha8.webm", _VP8), ("alpha9.webm", _VP9)):
        _encode(folder / "alpha.png", folder / name, *codec, "-pix_fmt", "yuva420p")
    _run("-i", source, "-pix_fmt", "rgb48be", folder / "sixteen.png")


def _encode(picture: Path, video: Path, *options: object, rate: int = 10) -> None:
    frames = () if "-frames:v" in options else ("-frames:v", 10)
    _run("-loop", 1, "-framerate", rate, "-i", picture, *options, *frames, video)


def _run(*arguments: object) -> None:
    command = ["ffmpeg", "-y", "-loglevel", "error", *map(str, arguments)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def _ask_for_a_turn(video: Path, matrix: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """Write the (2, 2) matrix into the track header of an MP4."""
    content = bytearray(video.read_bytes())
    place = content.index(b"tkhd") + 4 + 40
    (a, b), (c, d) = ((value << 16 for value in row) for row in matrix)
    content[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    video.write_bytes(content)
