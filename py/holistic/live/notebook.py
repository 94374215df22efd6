"""The tag in a Jupyter notebook, with its results in Python, by anywidget (MIT).

    from holistic.live.notebook import HolisticWidget

    widget = HolisticWidget("https://tracker.example/", src="camera", mirror=True)
    widget.on_result(lambda result: print(len(result.people)))
    widget

The tracker runs in the notebook's page, on the machine of whoever looks at it: a camera works
through a remote kernel too, and no picture leaves the page. What comes to Python are results. While
Python is busy they are left out, so that the newest is never old. A file of the kernel's machine,
``src=Path("person.jpg")``, goes to the page.

Source: anywidget 0.11, ``AnyWidget``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from holistic.results.optional import library
from holistic.results.readers import person_of
from holistic.results.result import HANDEDNESS, SHAPES, Person, Result
from holistic.results.tables import APPROXIMATE, BLENDSHAPES
from holistic.shared.bones import BONES

EXTRA = "notebook"

Attribute = str | int | bool | Path | None

_CAPITAL = re.compile("([A-Z])")

if TYPE_CHECKING:
    AnyWidget: Any = object
else:
    AnyWidget = library("anywidget", EXTRA).AnyWidget
    traitlets = library("traitlets", EXTRA)


class HolisticWidget(AnyWidget):  # type: ignore[misc]
    """Shows the tag and receives its results.

    Args:
        site: the address of the folder that ``build.py build`` makes, or of a package that has it.
            The notebook's page must be allowed to load modules from there.
        attributes: the tag's, such as ``src="camera"``, ``complexity=0``, ``mirror=True``; see
            docs/embedding.md. ``src`` may be a ``Path``, too.

    Raises:
        OSError: the file cannot be read.

    Attributes:
        result: the newest ``Result``, None before the first one.
        state: of the tag: "idle", "opening", "running", "waiting" or "ended".
        error: what the tag's last error says, None if there was none.
    """

    _esm = Path(__file__).with_name("notebook.js")

    if TYPE_CHECKING:
        attributes: dict[str, Any]
        file: dict[str, Any]
    else:
        site = traitlets.Unicode().tag(sync=True)
        attributes = traitlets.Dict().tag(sync=True)
        file = traitlets.Dict().tag(sync=True)
        received = traitlets.Int(0).tag(sync=True)
        result = traitlets.Any(None, allow_none=True)
        state = traitlets.Unicode("idle")
        error = traitlets.Unicode(None, allow_none=True)

    def __init__(self, site: str, **attributes: Attribute) -> None:
        super().__init__(site=site)
        self._listeners: list[Callable[[Result], object]] = []
        self.on_msg(self._receive)
        self.set(**attributes)

    def on_result(self, listener: Callable[[Result], object]) -> None:
        """Call ``listener`` with every result from now on."""
        self._listeners.append(listener)

    def set(self, **attributes: Attribute) -> None:
        """Change some of the tag's attributes; None removes one.

        Raises:
            OSError: the file ``src`` cannot be read.
        """
        if "src" in attributes:
            path = attributes["src"]
            if isinstance(path, Path):
                attributes["src"] = None
                self.file = {"name": path.name, "content": path.read_bytes()}
            else:
                self.file = {}
        self.attributes = {**self.attributes, **attributes}

    def _receive(self, _: Any, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        if content["kind"] == "state":
            self.state = content["state"]
        elif content["kind"] == "error":
            self.error = content["message"]
        else:
            self.received = content["number"]
            self.result = result = result_of(content, buffers)
            for listener in self._listeners:
                listener(result)


def result_of(content: Mapping[str, Any], buffers: Sequence[Any]) -> Result:
    """The ``Result`` in a message of notebook.js, whose arrays are in ``buffers``."""
    people = tuple(_person(person, buffers) for person in content["people"])
    return Result(
        content["timestamp"],
        content["width"],
        content["height"],
        people,
        still=content.get("still", False),
        skipped=tuple(_name(part) for part in content.get("skipped", ())),
    )


def _name(event_name: str) -> str:
    """What something of a person is called here: ``leftHand`` is ``left_hand``."""
    return _CAPITAL.sub(r"_\1", event_name).lower()


def _person(told: Mapping[str, Any], buffers: Sequence[Any]) -> Person:
    arrays: dict[str, Any] = {
        _name(name): np.frombuffer(buffers[at], np.float32) for name, at in told["arrays"].items()
    }
    if "irises" in arrays:
        arrays["face"] = np.concatenate((arrays["face"], arrays.pop("irises")))
    parts = {
        name: values.reshape(-1, SHAPES[name][1]) if name in SHAPES else values
        for name, values in arrays.items()
    }
    if told["bones"]:
        parts["rotations"] = [told["bones"][name] for name in BONES]
    hands = {name: told[f"{name.partition('_')[0]}Handedness"] for name in HANDEDNESS.values()}
    scores = {_name(name): score for name, score in told["scores"].items() if score is not None}
    whole = {"id": int(told["id"]), **parts, **hands, "scores": scores}
    expression = {BLENDSHAPES: told["blendshapes"], APPROXIMATE: told["blendshapesApproximate"]}
    return person_of({**whole, **expression})
