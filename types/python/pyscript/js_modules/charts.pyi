"""web/plots/charts.mjs."""

from jsffi import JsProxy

Charts: JsProxy
