"""What all of the page's Python asks of the document."""

import js
from jsffi import JsProxy


def element(name: str) -> JsProxy:
    """The page's element with this id."""
    return js.document.getElementById(name)


def all_of(selector: str) -> list[JsProxy]:
    """The page's elements that a CSS selector picks."""
    return list(js.document.querySelectorAll(selector))
