"""web/recording/recording.js."""

from jsffi import JsProxy

Recording: JsProxy
