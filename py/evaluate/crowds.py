"""What speaks for a body, fitted on marked pictures and cross-validated.

``holistic.tracking.body_search`` weighs the evidence for each body that it has looked at. The
weights are fitted by logistic regression on what it looks at in pictures in which all bodies are
marked. A picture is judged by weights that were fitted on others.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from evaluate.report import aligned
from evaluate.scores import SAME, Tally, distances, inside
from evaluate.truth import Question
from holistic.inference.model_cache import ModelCache
from holistic.inference.model_files import load
from holistic.options import Options
from holistic.shared.layout import MAX_PEOPLE
from holistic.shared.model_sets import FACE_DETECTORS, POSE_MODELS
from holistic.tracking.body_search import ENOUGH, WEIGHTS, BodySearch, Evidence
from holistic.tracking.search import FRACTIONS, DetectionScheduler, SearchWindow

FOLDS = 5
MARGIN = 0.5
"""Log odds from which a body is believed."""
_RIDGE = 1.0
_STEPS = 30
_SETTINGS = ("one", "several")


class Weights(NamedTuple):
    """Of the evidence (n,), and what the weighted evidence must be above."""

    weights: np.ndarray
    enough: float

    def believes(self, evidence: Evidence) -> bool:
        """Whether a body is real."""
        return float(np.dot(evidence, self.weights)) > self.enough


class Look(NamedTuple):
    """A body that was looked at: the evidence, and whether it is real."""

    evidence: Evidence
    real: bool


def fit(looks: Sequence[Look]) -> Weights:
    """The weights that tell the real ones, by logistic regression with a ridge."""
    evidence = np.array([look.evidence for look in looks])
    real = np.array([look.real for look in looks], float)
    middle, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-6
    rows = np.hstack(((evidence - middle) / spread, np.ones((len(evidence), 1))))
    ridge = np.diag([_RIDGE] * evidence.shape[1] + [1e-6])
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):  # Newton's method
        likely = 0.5 + 0.5 * np.tanh(rows @ weights / 2)
        slope = rows.T @ (likely - real) + ridge @ weights
        bend = rows.T @ (rows * (likely * (1 - likely))[:, None]) + ridge
        weights -= np.linalg.solve(bend, slope)
    each = weights[:-1] / spread
    return Weights(each, float(MARGIN - weights[-1] + each @ middle))


class Crowds:
    """Searches pictures for bodies, again and again with other weights.

    What the networks have seen is remembered. ``settings`` are those of a tracker.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        options = Options(**settings, max_people=MAX_PEOPLE, mode="picture")
        models = ModelCache(partial(load, chosen=options.models, variant=options.variant))
        self._search = BodySearch(
            MAX_PEOPLE,
            _remembered(models("pose_detector")),
            _remembered(models(FACE_DETECTORS["full"])),
            _remembered(models(POSE_MODELS[options.complexity])),
        )

    def find(self, picture: np.ndarray, believes: Callable[[Evidence], bool]) -> list[np.ndarray]:
        """The (33, 5) points of the bodies in a picture."""
        bodies = self._search(picture, self._windows(picture), [], believes)
        return [body.points for body in bodies]

    def looks(self, question: Question) -> list[Look]:
        """All bodies that are looked at, but for those of whom nobody knows whether they are real.

        Nobody knows of those who are marked as a crowd, or are at a marked one without being it.
        """
        picture = question.view.read()
        truths = [truth for truth in question.truths if truth.part == "body"]
        boxes = [*question.ignored, *(truth.box for truth in truths)]
        seen = self._search.looks(picture, self._windows(picture), [])
        found = []
        for body, evidence in seen:
            away = (distances(truth, body.points).mean() / truth.side for truth in truths)
            real = min(away, default=np.inf) <= SAME
            if real or not inside(body.points, boxes):
                found.append(Look(evidence, real))
        return found

    @staticmethod
    def _windows(picture: np.ndarray) -> list[SearchWindow]:
        return DetectionScheduler(MAX_PEOPLE, len(FRACTIONS)).searches(picture, 0.0, 0, [], [])


def judged(
    crowds: Crowds, questions: Sequence[Question], weights: Sequence[Weights]
) -> dict[str, Tally]:
    """What is found in the pictures by setting, each picture judged by weights of its own."""
    tallies = {setting: Tally("body") for setting in _SETTINGS}
    for question, own in zip(questions, weights, strict=True):
        found = crowds.find(question.view.read(), own.believes)
        tallies[question.setting].add(question, {"body": [points[:, :2] for points in found]})
    return tallies


def by_folds(looks: Sequence[Sequence[Look]], folds: Sequence[int]) -> list[Weights]:
    """The weights for each picture, fitted on the looks of the pictures of the other folds."""
    of_fold = {
        fold: fit(
            [
                look
                for each, other in zip(looks, folds, strict=True)
                if other != fold
                for look in each
            ]
        )
        for fold in set(folds)
    }
    return [of_fold[fold] for fold in folds]


def report(questions: Sequence[Question], settings: dict[str, Any]) -> str:
    """The weights, and what is missed and invented, as text."""
    whole = [question for question in questions if _asks_for_bodies(question)]
    crowds = Crowds(settings)
    looks = [crowds.looks(question) for question in tqdm(whole, unit="picture")]
    everybody = [look for each in looks for look in each]
    fitted = fit(everybody)
    sources = sorted({_source(question) for question in whole})
    ways = {
        "as it is": [Weights(np.array(WEIGHTS), ENOUGH)] * len(whole),
        "fitted": [fitted] * len(whole),
        f"{FOLDS} folds": by_folds(looks, [i % FOLDS for i in range(len(whole))]),
        "folds by source": by_folds(looks, [sources.index(_source(each)) for each in whole]),
    }
    rows: list[tuple[str, ...]] = [("weights", "setting", "asked", "missed", "invented")]
    for name, weights in ways.items():
        for setting, tally in judged(crowds, whole, weights).items():
            counts = (str(int(tally.counts(count).sum())) for count in rows[0][2:])
            rows.append((name, setting, *counts))
    named = zip(Evidence._fields, fitted.weights.tolist(), strict=True)
    of_each = ", ".join(f"{name} {weight:.1f}" for name, weight in named)
    real = sum(look.real for look in everybody)
    counted = f"{len(everybody)} bodies looked at, {real} of them real."
    return f"{counted}\nfitted: {of_each}; enough {fitted.enough:.1f}\n\n{aligned(rows, words=2)}"


def _asks_for_bodies(question: Question) -> bool:
    """Whether it is a whole picture in which bodies are marked, or nobody is there."""
    bodies = not question.truths or any(truth.part == "body" for truth in question.truths)
    return question.setting in _SETTINGS and bodies


def _source(question: Question) -> str:
    """The data set of a picture: its file's name begins with it."""
    return question.view.path.name.split("_")[0]


def _remembered(submodel: Callable[..., Any]) -> Any:
    """The submodel, which is run once for each picture and region."""
    answers: dict[tuple[Any, ...], Any] = {}

    def answer(picture: np.ndarray, *asked: Any) -> Any:
        key = (zlib.crc32(picture.data), *asked)
        if key not in answers:
            answers[key] = submodel(picture, *asked)
        return answers[key]

    return answer
