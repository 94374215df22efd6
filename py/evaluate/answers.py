"""What predictors answered is kept, so that an evaluation that was cut short goes on.

Each predictor has a file of its own with a line of JSON for each view. Its name says who answered
what: another tracker, another model or other pictures make another file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from evaluate.predictors import Predictor
from evaluate.scores import Found
from evaluate.views import View
from holistic.inference import model_files

ENDINGS = (".py", *model_files.SUFFIXES)
"""Of the files that answers depend on."""


def kept(predictor: Predictor, views: Sequence[View], folder: Path) -> Iterator[Found]:
    """The predictor's answers to all views, those from ``folder`` that are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    of = fingerprint(repr((predictor, views)), predictor.sources)
    file = folder / f"{slug(predictor.name)}-{of}.jsonl"
    answers = _lines(file)
    yield from (_found(json.loads(line)) for line in answers)
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(answers)  # without a line that was cut short
        for found in predictor.predict(views[len(answers) :]):
            stream.write(f"{json.dumps(_plain(found))}\n")
            stream.flush()
            yield found


def _lines(file: Path) -> list[str]:
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return [line for line in lines if line.endswith("\n")]


def _plain(found: Found) -> dict[str, list[list[list[float]]]]:
    return {part: [np.round(points, 3).tolist() for points in found[part]] for part in found}


def _found(content: dict[str, list[list[list[float]]]]) -> Found:
    return {part: [np.array(points) for points in content[part]] for part in content}


def slug(name: str) -> str:
    """The name, fit for a file's."""
    return re.sub(r"\W+", "-", name)


def fingerprint(question: str, sources: Iterable[Path]) -> str:
    """Of who answers what, in words, and of the folders of code and models that it depends on."""
    digest = hashlib.sha256(question.encode())
    for path in _contents(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _contents(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.name.endswith(ENDINGS))
