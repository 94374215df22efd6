"""Test media in the forms that the browser tests need."""

from pathlib import Path

import av
import cv2
import numpy as np


def write_picture(clip: Path, index: int, picture: Path) -> Path:
    """Write frame ``index`` of a clip as a picture."""
    video = cv2.VideoCapture(str(clip))
    video.set(cv2.CAP_PROP_POS_FRAMES, index)
    found, frame = video.read()
    assert found, f"{clip} has no frame {index}"
    cv2.imwrite(str(picture), frame)
    return picture


def write_camera_file(clip: Path, file: Path, rate: int) -> Path:
    """Write a clip as raw YUV4MPEG2, which Chromium's fake camera plays in a loop."""
    video = cv2.VideoCapture(str(clip))
    size = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    width, height = (int(video.get(side)) for side in size)
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420\n".encode())
        while (read := video.read())[0]:
            out.write(b"FRAME\n" + cv2.cvtColor(read[1], cv2.COLOR_BGR2YUV_I420).tobytes())
    return file


def write_video(clip: Path, path: Path, faststart: bool) -> bytes:
    """The clip's frames as a video, as MP4 its index comes first or last; its content."""
    options = {"movflags": "+faststart"} if faststart and path.suffix == ".mp4" else {}
    with av.open(str(clip)) as frames, av.open(str(path), "w", options=options) as made:
        stream = made.add_stream("libvpx-vp9", rate=12)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
        for number, frame in enumerate(frames.decode(video=0)):
            picture = np.ascontiguousarray(frame.to_ndarray(format="rgb24", width=640, height=480))
            still = av.VideoFrame.from_ndarray(picture, format="rgb24")
            still.pts = number
            made.mux(stream.encode(still))
        made.mux(stream.encode(None))
    return path.read_bytes()
