"""A notebook in a real JupyterLab in Chromium, with a real kernel."""

import json
import time
from pathlib import Path

from hosts import TOKEN
from playwright.sync_api import Page
from tab import PATIENCE

_LANGUAGE = {"display_name": "Python 3", "language": "python", "name": "python3"}

_LOADED = """() => {
  const shown = globalThis.jupyterapp?.shell.currentWidget;
  const connected = shown?.sessionContext?.session?.kernel?.connectionStatus === 'connected';
  return connected && shown.content.widgets.length === 2;
}"""

_RUN = """async ([number, source]) => {
  const { content } = jupyterapp.shell.currentWidget;
  const { model } = content.widgets[number];
  if (source !== null) model.sharedModel.setSource(source);
  content.activeCellIndex = number;
  await jupyterapp.commands.execute('notebook:run-cell');
  return model.outputs.toJSON();
}"""

SHOWN, SCRATCH = 0, 1
"""The cells: one that shows something, and one for all else."""


def write(path: Path, source: str) -> None:
    """Write a notebook whose first cell has this source."""
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [
        {**cell, "id": str(number), "source": text} for number, text in enumerate((source, ""))
    ]
    content = {"cells": cells, "metadata": {"kernelspec": _LANGUAGE}}
    path.write_text(json.dumps({**content, "nbformat": 4, "nbformat_minor": 5}), "utf-8")


class Notebook:
    """A page of JupyterLab that shows a notebook."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"{error} {error.stack}"))
        page.set_default_timeout(PATIENCE)
        # In a workspace of its own: the others' notebooks are not opened with it.
        page.goto(f"{address}lab/workspaces/{Path(name).stem}/tree/{name}?token={TOKEN}")
        self._loaded()

    def _loaded(self) -> None:
        self.page.wait_for_function(_LOADED)

    def show(self) -> None:
        """Run the first cell."""
        self._run(SHOWN, None)

    def python(self, source: str) -> str:
        """What the kernel prints, shows or complains of, running this in the other cell."""
        told = self._run(SCRATCH, source)
        return "".join(str(part) for output in told for part in _texts(output))

    def _run(self, number: int, source: str | None) -> list[dict[str, object]]:
        return self.page.evaluate(_RUN, [number, source])

    def wait(self, condition: str) -> None:
        """Wait until an expression is true in the kernel, which is idle in between."""
        deadline = time.monotonic() + PATIENCE / 1000
        while (told := self.python(f"print(bool({condition}))").strip()) != "True":
            assert told == "False", told
            assert time.monotonic() < deadline, f"no {condition}"
            self.page.wait_for_timeout(200)

    def reopen(self) -> None:
        """Save the notebook and load the page again, while the kernel goes on."""
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        self.page.reload()
        self._loaded()


def _texts(output: dict[str, object]) -> list[object]:
    data = output.get("data")
    plain = [data.get("text/plain", "")] if isinstance(data, dict) else []
    return [output.get("text", ""), output.get("evalue", ""), *plain]
