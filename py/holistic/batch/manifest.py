"""What was done with a folder of results, input by input, with which version and options.

The manifest is a file of JSON lines in the folder. A line is added when an input is done, so that
a run that is killed has said all that it did; of several lines about one input the last one holds.
Its name begins with an underscore: those who read a folder as a dataset leave such files out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from holistic.batch.jobs import MANIFEST, Job, Outcome
from holistic.options import Options

_ELSEWHERE = ("models", "threads", "cache_bytes", "clock", "mode", "_")
"""Options that do not change what is found, or are of this machine."""


def told(options: Options) -> dict[str, Any]:
    """The options that decide what is found, as JSON has them."""
    values = {
        field.name: getattr(options, field.name)
        for field in fields(options)
        if field.name not in _ELSEWHERE
    }
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


class Manifest:
    """The manifest of the folder ``out``; ``version`` is the tracker's."""

    def __init__(self, out: Path, version: str, options: Options) -> None:
        self._path = out / MANIFEST
        self._out = out
        self._made_with = {"version": version, "options": told(options)}

    def add(self, outcome: Outcome) -> None:
        """Add a line about an input that is done, or has failed.

        Raises:
            OSError: the file cannot be written.
        """
        line = {
            "source": str(outcome.job.source),
            "files": [] if outcome.error else [self._name(file) for file in outcome.job.files],
            "frames": outcome.frames,
            "error": outcome.error,
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            **self._made_with,
        }
        self._out.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab+") as file:
            file.seek(max(file.tell() - 1, 0))
            cut = file.read() not in (b"", b"\n")  # a line that a full disk or a crash has cut
            file.write(b"\n" * cut + json.dumps(line).encode() + b"\n")

    def made_otherwise(self, jobs: Iterable[Job]) -> list[Job]:
        """The jobs that were done with another version or with other options."""
        lines = self._lines()
        return [
            job
            for job in jobs
            if (line := lines.get(str(job.source)))
            and any(line.get(key) != value for key, value in self._made_with.items())
        ]

    def _name(self, file: Path) -> str:
        inside = file.is_relative_to(self._out)
        return (file.relative_to(self._out) if inside else file).as_posix()

    def _lines(self) -> Mapping[str, dict[str, Any]]:
        """The last line about each input that is done; one that was cut off is left out."""
        found: dict[str, dict[str, Any]] = {}
        if not self._path.exists():
            return found
        for text in self._path.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except ValueError:  # the process was killed, or the disk was full
                continue
            if not line.get("error"):
                found[line.get("source")] = line
        return found
