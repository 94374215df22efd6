"""The table of what visitors measured with the page's own benchmark."""

import json

import pytest

from bench import visits


@pytest.fixture
def visit():
    times = {"total": 12.34, "warp": 1.0, "network": 10.0}
    return {
        "frames_per_second": 29.96,
        "latency_median_ms": 40.0,
        "latency_p95_ms": 50.0,
        "stages_ms": {"pose": times, "face": times, "leftHand": None, "rightHand": times},
        "first_landmarks_ms": 2500.0,
        "memory_mb": None,
        "settings": {"variant": "auto", "workers": 2},
        "cores": 8,
        "browser": "a browser",
    }


def test_a_visit_is_a_row_and_what_was_not_told_is_empty(visit, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(visit))
    expected = (
        "| mine.json | 30.0 | 40 | 50 | 1.25 | 12.3 | 12.3 |  | 12.3 | 2.50 |  | auto | 2 | 8 |"
    )
    assert expected in visits.markdown(visits.read([path]))


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON"])
def test_another_file_is_an_error_that_names_it(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"other\.json is not a file of the page's benchmark"):
        visits.read([path])
