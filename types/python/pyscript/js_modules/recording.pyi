"""web/recording/recording.mjs."""

from jsffi import JsProxy

Recording: JsProxy
