"""web/plots/world.mjs."""

from jsffi import JsProxy

World: JsProxy
