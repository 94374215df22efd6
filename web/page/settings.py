"""What the visitor chooses: controls that act on the tag at once, and the page's address, which
keeps what differs from the defaults, so that a link or a reload brings it back.
"""

import js
from dom import all_of, element
from jsffi import JsProxy

LISTS = ("parts", "overlay")
"""Settings that are sets of checkboxes."""

NUMBERS = ("people", "complexity", "blendshapes", "rotations", "workers")
WORDS = ("variant", "level", "resolution")


class Settings:
    """The controls of the tag's attributes. start.js has set those to what the address says."""

    def __init__(self, tracker: JsProxy) -> None:
        self._tracker = tracker
        self._query = js.URLSearchParams.new(js.location.search)
        self._show()
        for control in all_of("[data-setting]"):
            control.addEventListener("change", self._on_change)
        element("mirror").addEventListener("click", self._on_mirror)

    def note_source(self, place: str | None) -> None:
        """Keep a source that an address can name; None where there is none."""
        self._keep("src", place)

    def show_level(self, detail: JsProxy) -> None:
        """Say which effort is made, and why, where the tag chooses it."""
        chosen = self._tracker.level == "auto"
        element("level-now").value = f"Now {detail.level}: {detail.reason}." if chosen else ""

    def _show(self) -> None:
        """Make the controls say what holds."""
        for name in NUMBERS + WORDS:
            _show_value(element(name), str(getattr(self._tracker, name)))
        for name in LISTS:
            words = getattr(self._tracker, name).replace(",", " ").split()
            for box in _boxes(name):
                both = box.value.endswith("-hand") and "hands" in words
                box.checked = both or box.value in words
        self._show_mirror()

    def _show_mirror(self) -> None:
        element("mirror").setAttribute("aria-pressed", "true" if self._tracker.mirror else "false")

    def _on_change(self, event: JsProxy) -> None:
        name = event.currentTarget.dataset.setting
        if name in LISTS:
            self._change_list(name, event.currentTarget)
        else:
            self._change_value(name, event.currentTarget)

    def _change_value(self, name: str, control: JsProxy) -> None:
        if not control.checkValidity():  # the browser says what is wrong
            control.reportValidity()
            control.value = str(getattr(self._tracker, name))
            return
        if name == "level":
            element("level-now").value = ""  # until the tag tells
        self._tracker.setAttribute(name, control.value)
        self._keep(name, None if control.value == _default(control) else control.value)

    def _change_list(self, name: str, box: JsProxy) -> None:
        boxes = _boxes(name)
        chosen = [each.value for each in boxes if each.checked]
        if not chosen and name == "parts":
            box.checked = True  # something must be found
            return
        words = " ".join(chosen) or "none"
        self._tracker.setAttribute(name, words)
        self._keep(name, None if len(chosen) == len(boxes) else words)

    def _on_mirror(self, event: JsProxy) -> None:
        self._tracker.mirror = not self._tracker.mirror
        self._show_mirror()
        self._keep("mirror", "" if self._tracker.mirror else None)

    def _keep(self, name: str, value: str | None) -> None:
        """Have the address say ``value``, or nothing where that is None."""
        if value is None:
            self._query.delete(name)
        else:
            self._query.set(name, value)
        query = self._query.toString()
        js.history.replaceState(None, "", f"{js.location.pathname}{'?' if query else ''}{query}")


def _boxes(name: str) -> list[JsProxy]:
    return all_of(f"input[data-setting={name}]")


def _show_value(control: JsProxy, value: str) -> None:
    """Have a control say ``value``, also if that is not among its own."""
    control.value = value
    if control.value != value:
        control.add(js.Option.new(value))
        control.value = value


def _default(control: JsProxy) -> str:
    """What the control says when the page is new."""
    if control.localName == "select":
        (value,) = [option.value for option in control.options if option.defaultSelected]
        return str(value)
    return str(control.defaultValue)
