"""Names of inputs: addresses, cameras, FIFOs and standard input work, or are refused in time."""

import http.server
import io
import os
import shutil
import socket
import subprocess
import sys
import threading
import zipfile
from functools import partial
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from four_colours import QUARTERS, assert_seen, four_colours
from PIL import Image

from builder import ROOT
from holistic.batch import addresses, videos
from holistic.batch.addresses import is_camera, is_file, last_part, scheme
from holistic.batch.canvas import canvas
from holistic.batch.media import Source
from holistic.batch.media_errors import MediaError
from holistic.batch.pyav import pyav


@pytest.fixture
def picture(tmp_path):
    Image.fromarray(four_colours()).save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.fixture
def video(encode, tmp_path):
    return encode(tmp_path / "a.ts", "-c:v", "libx264", "-pix_fmt", "yuv420p")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(videos, "PATIENCE", 0.5)


@pytest.fixture
def web(tmp_path):
    """The address of a server of the test's folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def silence():
    """The port of a server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class TestNames:
    """What a name is taken for."""

    def test_schemes(self, tmp_path):
        assert scheme("HTTPS://host/a.mp4") == "https"
        assert scheme("a:b.mp4") == scheme("C:\\a.mp4") == scheme("/a//b") == ""

    def test_cameras_and_files(self, picture, monkeypatch):
        monkeypatch.chdir(picture.parent)
        assert is_camera("0")
        picture.rename("7")
        assert is_file("7")
        assert not is_camera("7")
        assert not is_file("-")
        assert not is_file("file:///7")

    def test_what_results_are_called_after(self):
        assert last_part("https://host/b/walk.mp4?x=1#t=2") == "walk.mp4"
        assert last_part("rtsp://host:554/") == "host"
        assert last_part("some/walk.mp4") == "walk.mp4"
        assert last_part("-") == "stdin"


class TestCameras:
    """A camera's number is what the operating system has for it."""

    @pytest.mark.parametrize(
        ("system", "expected"),
        [
            ("linux", ("/dev/video1", "v4l2")),
            ("darwin", ("1", "avfoundation")),
            ("win32", ("video=Second", "dshow")),
        ],
    )
    def test_a_number(self, monkeypatch, system, expected):
        class Devices:
            @staticmethod
            def enumerate_input_devices(_):
                kinds = (("Sound", "audio"), ("First", "video"), ("Second", "video"))
                return [SimpleNamespace(name=name, media_types=(kind,)) for name, kind in kinds]

        def video(name, file, kind, form, patience):
            assert (name, kind, patience) == ("1", "camera", True)
            return file, form

        monkeypatch.setattr(addresses.sys, "platform", system)
        monkeypatch.setattr(addresses, "pyav", Devices)
        monkeypatch.setattr(addresses, "Video", video)
        assert addresses.opened("1") == expected
        if system == "win32":
            with pytest.raises(MediaError, match="there is no camera 2"):
                addresses.opened("2")


class TestRefused:
    """What is no source is refused, with the reason."""

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("nowhere.mp4", "there is no file 'nowhere.mp4'"),
            ("73", "there is no camera 73: connect one"),
            ("/dev/video73", "there is no file '/dev/video73'"),
            ("gopher://host/a.mp4", "addresses begin with one of file, http, https"),
            ("http://127.0.0.1:9/a.mp4", "Connection refused"),
            ("https://127.0.0.1:9/a.mp4", "Connection refused"),
            ("rtsp://127.0.0.1:9/a", "Connection refused"),
            ("http://no.such.host.invalid/a.mp4", "cannot be opened"),
            ("http://", "cannot be opened"),
            ("file:///nowhere.mp4", "there is no file 'file:///nowhere.mp4'"),
        ],
    )
    def test_what_is_not_there(self, name, reason):
        with pytest.raises(MediaError, match=reason):
            Source(name)

    def test_folders_links_to_nothing_sockets_and_terminals(self, tmp_path):
        (tmp_path / "link.mp4").symlink_to(tmp_path / "gone.mp4")
        with pytest.raises(MediaError, match="is a folder"):
            Source(str(tmp_path))
        with pytest.raises(MediaError, match="it is a link to nothing"):
            Source(str(tmp_path / "link.mp4"))
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(tmp_path / "socket"))
            with pytest.raises(MediaError, match="is no file that can be read"):
                Source(str(tmp_path / "socket"))
        leader, follower = os.openpty()
        with pytest.raises(MediaError, match="is a device that is no camera"):
            Source(os.ttyname(follower))
        os.close(leader)
        os.close(follower)


class TestDocuments:
    """What holds pictures among other things is refused: FFmpeg would take it for a video."""

    @pytest.fixture
    def jpeg(self):
        content = io.BytesIO()
        Image.fromarray(four_colours()).save(content, "JPEG")
        return content.getvalue()

    def test_a_pdf(self, tmp_path):
        Image.fromarray(four_colours()).save(tmp_path / "a.pdf")
        with pytest.raises(MediaError, match=r"a\.pdf' is a PDF: take the pictures out of it"):
            Source(str(tmp_path / "a.pdf"))

    def test_a_pdf_that_begins_later_and_is_called_otherwise(self, tmp_path):
        Image.fromarray(four_colours()).save(tmp_path / "a.pdf")
        (tmp_path / "a.jpg").write_bytes(b"\n" * 100 + (tmp_path / "a.pdf").read_bytes())
        with pytest.raises(MediaError, match="is a PDF"):
            Source(str(tmp_path / "a.jpg"))

    @pytest.mark.parametrize("name", ["a.zip", "a.docx"])
    def test_an_archive(self, tmp_path, jpeg, name):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("media/image1.jpeg", jpeg)
        with pytest.raises(MediaError, match="is an archive or an office document"):
            Source(str(tmp_path / name))

    @pytest.mark.parametrize("mark", [b"%!PS-Adobe-3.0", b"\xd0\xcf\x11\xe0", b"Rar!", b"\x1f\x8b"])
    def test_others(self, tmp_path, jpeg, mark):
        (tmp_path / "a.bin").write_bytes(mark + bytes(20) + jpeg * 3)
        with pytest.raises(MediaError, match="take the pictures out of it"):
            Source(str(tmp_path / "a.bin"))

    def test_at_an_address(self, tmp_path, web):
        Image.fromarray(four_colours()).save(tmp_path / "a.pdf")
        with pytest.raises(MediaError, match="is a PDF"):
            Source(f"{web}/a.pdf")


class TestWeb:
    """Addresses of the web."""

    def test_a_picture(self, picture, web):
        source = Source(f"{web}/a.png")
        ((_, frame),) = source
        assert source.kind == "picture"
        assert_seen(frame, QUARTERS)

    def test_a_video(self, video, web):
        source = Source(f"{web}/a.ts")
        assert source.kind == "video"
        assert len(list(source)) == 10

    def test_a_video_that_tells_at_its_end_what_is_in_it(self, encode, tmp_path, web):
        random = np.random.default_rng(1)
        frames = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(50)]
        encode(tmp_path / "a.mp4", "-c:v", "mpeg4", "-q:v", 2, frames=frames)
        assert len(list(Source(f"{web}/a.mp4"))) == 50  # the server sends no parts of files

    @pytest.fixture
    def untold(self, monkeypatch):
        """An FFmpeg that opens no addresses of the web, as one without TLS opens none of https."""
        av = pyav()

        def opened(file, *arguments, **options):
            if str(file).startswith("http"):
                raise av.error.ProtocolNotFoundError(1, "Protocol not found", file)
            return av.open(file, *arguments, **options)

        without = SimpleNamespace(**{**vars(av), "open": opened})
        monkeypatch.setattr(videos, "pyav", lambda: without)

    @pytest.mark.usefixtures("untold")
    def test_a_video_of_which_ffmpeg_does_not_know_the_protocol(self, video, web):
        source = Source(f"{web}/a.ts")
        assert len(list(source)) == 10
        assert source.sound

    @pytest.mark.usefixtures("untold")
    def test_of_a_stream_without_an_end_the_message_says_what_to_install(self, monkeypatch, web):
        class Endless(io.BytesIO):
            headers: ClassVar = {}

        monkeypatch.setattr(addresses, "urlopen", lambda *_, **__: Endless(b"G" * 1000))
        with pytest.raises(MediaError, match="does not know the protocol; another does: pip"):
            Source(f"{web}/live")

    @pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
    def test_a_drawing_of_it_has_its_sound(self, encode, tmp_path, web, name):
        sound = ("-f", "lavfi", "-i", "sine=d=1")
        encode(tmp_path / name, "-c:v", "mpeg4", "-c:a", "aac", inputs=sound)
        source, path = Source(f"{web}/{name}"), tmp_path / "drawn.mp4"
        with path.open("wb") as file, canvas(file, path, source) as drawing:
            for timestamp, frame in source:
                drawing.write(timestamp, frame)
        with pyav().open(str(path)) as drawn:
            assert [stream.type for stream in drawn.streams] == ["video", "audio"]

    def test_what_is_not_there(self, web):
        with pytest.raises(MediaError, match="404"):
            Source(f"{web}/b.png")

    def test_a_page_is_no_video(self, web, tmp_path):
        (tmp_path / "a.html").write_text("<!doctype html><title>a page</title>")
        with pytest.raises(MediaError, match="is not a picture or a video"):
            Source(f"{web}/a.html")

    @pytest.mark.parametrize("kind", ["http", "https", "rtsp", "tcp"])
    def test_a_server_that_never_answers_is_not_waited_for(self, impatient, silence, kind):
        with pytest.raises(MediaError, match="cannot be opened"):
            Source(f"{kind}://127.0.0.1:{silence}/a")

    def test_a_file_by_its_address(self, picture):
        assert Source(picture.as_uri()).kind == "picture"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs here")
class TestFifos:
    """What is read from a FIFO."""

    @pytest.fixture
    def fifo(self, tmp_path):
        os.mkfifo(tmp_path / "fifo")
        return tmp_path / "fifo"

    def write(self, fifo, content, pieces=1):
        def write():
            with fifo.open("wb") as file:
                size = -(-len(content) // pieces) or 1
                for start in range(0, len(content), size):
                    file.write(content[start : start + size])
                    file.flush()

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        return thread

    @pytest.mark.parametrize("pieces", [1, 7])
    def test_a_picture(self, fifo, picture, pieces):
        self.write(fifo, picture.read_bytes(), pieces)
        source = Source(str(fifo))
        ((_, frame),) = source
        assert source.kind == "picture"
        assert_seen(frame, QUARTERS)

    @pytest.mark.parametrize("name", ["a.ts", "a.mkv", "a.h264", "a.mjpeg", "a.avi"])
    def test_a_video(self, fifo, encode, tmp_path, name):
        codec = ("-c:v", "mjpeg") if name == "a.mjpeg" else ("-pix_fmt", "yuv420p")
        path = encode(tmp_path / name, *codec)
        self.write(fifo, path.read_bytes(), pieces=3)
        source = Source(str(fifo))
        assert source.kind == "video"
        assert len(list(source)) == 10

    @pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
    def test_a_video_that_tells_at_its_end_what_is_in_it(self, fifo, encode, tmp_path, name):
        random = np.random.default_rng(1)
        frames = [random.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(50)]
        path = encode(tmp_path / name, "-c:v", "mpeg4", "-q:v", 2, frames=frames)
        assert path.stat().st_size > 150_000
        self.write(fifo, path.read_bytes(), pieces=3)
        assert len(list(Source(str(fifo)))) == 50

    def test_nobody_who_writes_is_not_waited_for(self, fifo, impatient):
        with pytest.raises(MediaError, match=r"nothing was written into it for 0\.5 seconds"):
            Source(str(fifo))

    def test_whoever_stops_writing_is_not_waited_for(self, fifo, impatient, video):
        going_on = threading.Event()
        content = video.read_bytes()

        def write():
            with fifo.open("wb") as file:
                file.write(content[: len(content) // 2])
                file.flush()
                going_on.wait(20)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            with pytest.raises(MediaError, match="nothing was written into it"):
                list(Source(str(fifo)))
        finally:
            going_on.set()
            writer.join()

    def test_a_fifo_that_ends_at_once(self, fifo, impatient):
        self.write(fifo, b"")
        with pytest.raises(MediaError, match="nothing was written into it"):
            Source(str(fifo))


class TestStandardInput:
    """``-`` is what is piped into the program."""

    def read(self, content):
        code = (
            "from holistic.batch.media import Source\n"
            "source = Source('-')\n"
            "print(source.kind, source.width, len(list(source)))\n"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "py")}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, input=content, env=environment, capture_output=True)

    def test_a_picture_and_a_video(self, picture, video):
        assert self.read(picture.read_bytes()).stdout.split() == [b"picture", b"64", b"1"]
        assert self.read(video.read_bytes()).stdout.split() == [b"video", b"64", b"10"]

    def test_nothing(self):
        assert b"'-' is empty: nothing was written into it" in self.read(b"").stderr

    def test_on_windows_it_is_read_without_patience(self, picture, monkeypatch):
        monkeypatch.delattr(os, "readv")
        with picture.open("rb") as file:
            piped = addresses._Patient(os.dup(file.fileno()), "-", 1)
            monkeypatch.setattr(addresses.sys, "platform", "win32")
            assert io.BufferedReader(piped).read() == picture.read_bytes()

    def test_a_terminal_is_refused(self, monkeypatch):
        leader, follower = os.openpty()
        with os.fdopen(follower) as terminal:
            monkeypatch.setattr(addresses.sys, "stdin", terminal)
            with pytest.raises(MediaError, match="that is a terminal: pipe a file into it"):
                Source("-")
        os.close(leader)


def test_a_picture_that_came_from_a_pipe_may_be_of_any_kind(tmp_path):
    shutil.copy(ROOT / "tests" / "media" / "signing.jpg", tmp_path / "a.jpg")
    for suffix in ("png", "gif", "webp", "tif", "bmp", "avif", "jp2", "ppm", "ico"):
        Image.open(tmp_path / "a.jpg").save(tmp_path / f"a.{suffix}")
    for path in tmp_path.iterdir():
        assert addresses._is_picture(path.read_bytes()[:65536], ""), path.name
