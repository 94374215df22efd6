"""web/recording/playback.js."""

from jsffi import JsProxy

Playback: JsProxy
