"""PyScript's part of the bridge to JavaScript."""

from jsffi import to_js as to_js
