"""MicroPython's bridge to JavaScript."""

from typing import Any, TypeAlias

JsProxy: TypeAlias = Any
"""A value of JavaScript's: its members are known when the page runs, not before."""

class JsException(Exception):
    """What JavaScript threw; ``args`` are its repr, name and message."""

    args: tuple[Any, str, str]

def to_js(value: object) -> JsProxy:
    """A JavaScript object of a dictionary, an array of a list; other values as they are."""
