"""Results as a notebook's tag sends them."""

import pytest

pytest.importorskip("anywidget", reason="anywidget is not installed: it comes with the notebook")

FRAME = {"timestamp": 33.0, "width": 640, "height": 480, "people": []}


def test_a_result_says_what_was_not_computed() -> None:
    from holistic.live.notebook import result_of

    result = result_of({**FRAME, "still": False, "skipped": ["pose", "leftHand"]}, [])
    assert (result.still, result.skipped) == (False, ("pose", "left_hand"))
    assert result_of({**FRAME, "still": True, "skipped": []}, []).still
    assert result_of(FRAME, []).skipped == ()
