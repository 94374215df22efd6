"""web/recording/processing.mjs."""

from jsffi import JsProxy

Processing: JsProxy
