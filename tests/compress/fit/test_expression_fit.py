"""The fit of approximate blendshapes."""

import numpy as np
import pytest

from builder import ROOT
from compress.data.face_points import FacePairs
from compress.fit.approximate_blendshapes import faces_of, fitted, module
from compress.measure.expressions import table
from holistic.inference.approximate_blendshapes import (
    GIVEN,
    KINDS,
    Half,
    approximate_blendshapes,
)
from holistic.shared.blendshapes import NAMES

LOWER_LIP = (14, 17, 181, 405)
JAW_OPEN = NAMES.index("jawOpen")


def teacher(points):
    """Jaws are as open as lips are apart; all else says nothing."""
    scores = np.full(52, 0.1 + 1e-3 * points[0, 0] / 640)
    scores[JAW_OPEN] = np.clip((points[14, 1] - points[13, 1]) / 40, 0, 1)
    return scores


@pytest.fixture(scope="module")
def pairs():
    """200 faces of four sources, with mouths more or less open."""
    with np.load(ROOT / "tests" / "parity" / "recordings" / "expressions.npz") as arrays:
        face = arrays["points"] * (640, 480, 640)
    random = np.random.default_rng(3)
    faces = face + random.normal(0, 0.3, (200, *face.shape))
    faces[:, LOWER_LIP, 1] += random.uniform(0, 30, (200, 1))
    return FacePairs(faces[:, :468], faces, np.repeat(["a", "b", "c", "d"], 50))


@pytest.fixture(scope="module")
def fits(pairs):
    return fitted(faces_of(pairs, teacher, 1))


def test_it_learns_what_the_teacher_sees_and_varies_as_much(pairs, fits):
    found = np.stack([approximate_blendshapes(mesh, fits) for mesh in pairs.mesh])
    wanted = np.stack([teacher(points) for points in pairs.v2])
    jaws = found[:, JAW_OPEN], wanted[:, JAW_OPEN]
    assert np.corrcoef(jaws)[0, 1] > 0.9
    assert jaws[0].std() == pytest.approx(jaws[1].std(), rel=0.2)


def test_each_half_has_its_own_kinds(fits):
    assert tuple(fit.kinds for fit in fits) == KINDS


def test_the_module_that_is_written_gives_the_same_fits(fits):
    written = {}
    exec(module(fits, "Written."), written)
    for name, fit in zip(("EYES", "MOUTH"), fits, strict=True):
        read = Half.of(written[f"{name}_MEAN"], written[f"{name}_DEVIATION"], written[name])
        assert read.kinds == fit.kinds
        for field in ("mean", "deviation", "weights", "bias"):
            assert getattr(read, field) == pytest.approx(getattr(fit, field), rel=1e-3, abs=1e-12)


def test_the_table_has_a_line_for_each_name_that_is_given(pairs, fits):
    lines = table(pairs, teacher, fits).splitlines()
    assert len([line for line in lines if line.startswith("| `")]) == len(GIVEN)
    assert "200 faces" in lines[-1]
