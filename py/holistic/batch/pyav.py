"""PyAV, the user's own or the one of the package holistic-tracking-video.

The latter is installed along on some machines, in a folder that no other program looks into.
"""

from __future__ import annotations

import sys
from importlib import import_module, invalidate_caches
from typing import Any

from holistic.batch.media_errors import MediaError


def pyav() -> Any:
    """The package av: the one that is installed, else that of holistic-tracking-video.

    Raises:
        MediaError: there is neither.
    """
    try:
        av = import_module("av")
    except ImportError:
        av = _bundled_pyav()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)  # else what one file says is missing where the next says it
    return av


def _bundled_pyav() -> Any:
    """PyAV of holistic-tracking-video, which has it in a folder of its own."""
    try:
        site = str(import_module("holistic_tracking_video").SITE)
        if site not in sys.path:
            sys.path.append(site)
            invalidate_caches()
        return import_module("av")
    except ImportError as error:
        raise MediaError(
            "videos are read and written by PyAV, which is not installed: "
            "pip install 'holistic-tracking[video]'"
        ) from error
