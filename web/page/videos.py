"""Videos and recordings: process a video frame by frame, play a recording over its video.

MicroPython, main thread.
"""

import asyncio

import connections
from dom import element
from jsffi import JsException, JsProxy
from panel import Message
from pyscript.ffi import to_js
from pyscript.js_modules import playback, processing, reading, stepping
from recorder import Recorder
from views import COLOURS

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has none of these
    from collections.abc import Coroutine


class Processor:
    """Has every frame of a file tracked and recorded; can be cancelled, and goes on from there."""

    def __init__(self, tracker: JsProxy, recorder: Recorder, message: Message) -> None:
        self._tracker = tracker
        self._recorder = recorder
        self._message = message
        self._process: JsProxy = None
        element("process").addEventListener("click", lambda _: element("process-file").click())
        element("process-file").addEventListener("change", self._on_file)
        element("cancel").addEventListener("click", self._on_cancel)
        element("resume").addEventListener("click", lambda _: self._begin(self._run()))

    def _begin(self, coroutine: "Coroutine[object, None, None]") -> None:
        self._task = asyncio.create_task(coroutine)

    def _on_file(self, event: JsProxy) -> None:
        chosen = element("process-file").files
        if chosen.length:
            self._begin(self._open(chosen.item(0)))
        element("process-file").value = ""

    def _on_cancel(self, event: JsProxy) -> None:
        self._process.cancel()

    async def _open(self, place: JsProxy) -> None:
        try:
            video = await stepping.openVideo(place)
        except JsException as error:
            self._message.say("bad-file", error.args[2])
            return
        self._recorder.begin(place, video.fps)
        self._process = processing.Processing.new(self._tracker, video, self._recorder.held)
        await self._run()

    async def _run(self) -> None:
        process, whole = self._process, False
        self._message.clear()
        self._show(working=True)
        try:
            whole = await process.run(self._note)
        except JsException as error:
            reason = f"The processing stopped: {error.args[2]} What it has is kept."
            self._message.say("not-processed", reason)
        self._show(working=False, whole=whole)

    def _note(self) -> None:
        process = self._process
        element("processed").value = process.progress
        done, speed = process.progress * 100, process.speed
        self._recorder.note_frame(f"{done:.0f} %, {speed:.2f} times as fast as it plays:")

    def _show(self, working: bool, whole: bool = False) -> None:
        element("processed").hidden = whole
        element("cancel").hidden = not working
        element("resume").hidden = working or whole
        element("process").disabled = working
        self._recorder.set_busy(working)


class Player:
    """Plays a recording over its video: the one that was just made, or one from files."""

    def __init__(self, recorder: Recorder, message: Message) -> None:
        self._recorder = recorder
        self._message = message
        self._playback: JsProxy = None
        element("play").addEventListener("click", self._on_play)
        element("open-recording").addEventListener("click", lambda _: element("play-files").click())
        element("play-files").addEventListener("change", self._on_files)
        element("playback").addEventListener("close", lambda _: self._close())

    def _on_play(self, event: JsProxy) -> None:
        self._play(self._recorder.held, self._recorder.video)

    def _on_files(self, event: JsProxy) -> None:
        chosen = list(element("play-files").files)
        element("play-files").value = ""
        if chosen:
            self.open(chosen)

    def concerns(self, files: list[JsProxy]) -> bool:
        """Whether there is a recording among files that were dropped on the page."""
        return any([reading.isRecording(file) for file in files])

    def open(self, files: list[JsProxy]) -> None:
        """Play a recording over its video: both are among the files, and nothing else."""
        self._task = asyncio.create_task(self._read(files))

    async def _read(self, chosen: list[JsProxy]) -> None:
        recordings = [file for file in chosen if reading.isRecording(file)]
        videos = [file for file in chosen if not reading.isRecording(file)]
        if len(recordings) != 1 or len(videos) != 1:
            sentence = "Choose two files at once: a recording (JSON, CSV or NPZ) and its video."
            self._message.say("bad-file", sentence)
            return
        try:
            held = await reading.readRecording(recordings[0], videos[0])
        except JsException as error:
            self._message.say("bad-file", error.args[2])
        else:
            self._play(held, videos[0])

    def _play(self, held: JsProxy, place: JsProxy | str | None) -> None:
        canvas, video = element("video-overlay"), element("video")
        self._close()
        edges, colours = to_js(connections.EDGES), to_js(COLOURS)
        self._playback = playback.Playback.new(video, canvas, edges, colours)
        self._playback.open(held, place)
        element("playback").showModal()

    def _close(self) -> None:
        if self._playback:
            self._playback.close()
            self._playback = None
