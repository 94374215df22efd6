"""web/plots/charts.js."""

from jsffi import JsProxy

Charts: JsProxy
