"""What goes wrong with pictures, videos and the files that are made of them."""

from __future__ import annotations


class MediaError(Exception):
    """An input cannot be read or an output cannot be written; the message says what to do."""


class UnknownProtocolError(MediaError):
    """The FFmpeg at hand does not speak the protocol of an address."""


class DamagedError(MediaError):
    """An input ended before its time or is broken in places; what could be read was handed out."""
