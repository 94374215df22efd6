"""Fitting what tells people from mistakes."""

import numpy as np
import pytest

from builder import ROOT
from evaluate.crowds import Crowds, Look, by_folds, fit
from evaluate.truth import Question, Truth
from evaluate.views import View
from holistic.inference import model_files
from holistic.tracking.body_search import Evidence


def looks(count, seed=0):
    """People with faces and sure shoulders, and things without either."""
    random = np.random.default_rng(seed)
    for i in range(count):
        real = bool(i % 2)
        sure, face = random.normal(0.8 if real else 0.3, 0.1, 2).tolist()
        yield Look(Evidence(random.uniform(0, 1), sure, random.uniform(0, 1), face), real)


def test_the_weights_tell_people_from_mistakes():
    seen = list(looks(200))
    weights = fit(seen)
    assert weights.weights[1] > 0 < weights.weights[3]
    fresh = list(looks(100, seed=1))
    assert sum(weights.believes(look.evidence) == look.real for look in fresh) >= 98


def test_a_picture_is_judged_by_weights_that_were_fitted_on_others():
    right, wrong = list(looks(60)), [look._replace(real=not look.real) for look in looks(60)]
    first, second = by_folds([right, wrong], [0, 1])
    sure = Evidence(0.5, 0.9, 0.5, 0.9)
    assert not first.believes(sure)
    assert second.believes(sure)


@pytest.mark.skipif(
    not model_files.find("face_detector_full_range").exists(),
    reason="the float models are not there: run `python build.py models`",
)
def test_a_person_is_looked_at_and_known_to_be_real():
    view = View(ROOT / "tests" / "media" / "signing.jpg")
    picture = view.read()
    crowds = Crowds({"complexity": 0})
    (pose, *_) = crowds.find(picture, lambda evidence: True)
    box = (0.0, 0.0, 640.0, 480.0)
    marked = Truth("body", box, pose[:13, :2], np.arange(13), 640.0, by_hand=True)
    seen = crowds.looks(Question(view, "one", (marked,), ()))
    assert seen[0].real
    assert seen[0].evidence.face > 0.5
    assert crowds.find(picture, lambda evidence: False) == []
