"""web/recording/processing.js."""

from jsffi import JsProxy

Processing: JsProxy
