"""web/recording/playback.mjs."""

from jsffi import JsProxy

Playback: JsProxy
