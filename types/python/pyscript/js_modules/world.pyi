"""web/plots/world.js."""

from jsffi import JsProxy

World: JsProxy
