"""Files of motion from a page's recording: a worker that has no other task writes them."""

from __future__ import annotations

import io
import json

from holistic.interchange.collected import MOTION_WRITERS
from holistic.results.readers import recording_of
from holistic.results.writers import Head


def converted(text: str, form: str) -> bytes:
    """The recording in the JSON ``text`` as a file of the format ``form`` of MOTION_WRITERS.

    Raises:
        ValueError: it is no recording, or there is nobody in it.
    """
    recording = recording_of(json.loads(text))
    file = io.BytesIO()
    source, fps = recording.source or form, recording.fps
    with MOTION_WRITERS[form](file, Head(source, recording.width, recording.height, fps)) as writer:
        for result in recording.results:
            writer.write(result)
    return file.getvalue()
