"""Test media in the forms that the browser tests need."""

from pathlib import Path

import cv2


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
