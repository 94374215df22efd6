"""What all of the page's Python asks of the document."""

import js


def element(name: str):
    """The page's element with this id."""
    return js.document.getElementById(name)


def all_of(selector: str) -> list:
    """The page's elements that a CSS selector picks."""
    return list(js.document.querySelectorAll(selector))
