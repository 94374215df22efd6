"""The picture of where a frame's time goes, from what page and workers noted."""

import pytest

from bench import SkippedError, timeline
from holistic.shared import layout, schedule

PAGE, FIRST, SECOND = 0.1, 0.2, 0.3
BEGIN, ORIGIN = 10_000.0, 500.0
"""When the page began: on the notes' clock, and on the camera's."""

TIMES = {
    "pose": {"total": 12.0, "warp": 1.0, "network": 10.0},
    "face": {"total": 6.0, "warp": 0.5, "network": 5.0},
}


def change(word, old, new):
    return "compareExchange", layout.STATE + word, old, new


def notes_of_a_frame(slot, start):
    """One frame in this slot: captured at ``start`` on the page's clock, shown 40 ms later."""
    state = layout.STATE + slot
    at = BEGIN + start
    face, both = (schedule.bits_of(parts) for parts in (("face",), ("pose", "face")))
    return [
        [PAGE, at + 5.0, *change(slot, layout.FREE, layout.WRITING)],
        [PAGE, at + 6.0, *change(slot, layout.WRITING, layout.READY)],
        [FIRST, at + 20.0, *change(slot, layout.BUSY | both, layout.BUSY | face)],
        [SECOND, at + 30.0, *change(slot, layout.BUSY | face, layout.DONE)],
        [PAGE, at + 32.0, "paint", 0],
        [PAGE, at + 40.0, "landmarks", 0, ORIGIN + start, TIMES],
        [PAGE, at + 41.0, "store", state, layout.FREE],
    ]


def found(*starts):
    notes = [note for slot, start in enumerate(starts) for note in notes_of_a_frame(slot, start)]
    return timeline.spans(notes[::-1], PAGE, BEGIN, ORIGIN)


def span(spans, stage, part=""):
    (one,) = [each for each in spans if (each.stage, each.part) == (stage, part)]
    return one.lane, one.start, one.end


def test_the_page_captures_copies_and_draws():
    spans = found(100.0)
    assert span(spans, "capture") == ("page", 100.0, 105.0)
    assert span(spans, "copy") == ("page", 105.0, 106.0)
    assert span(spans, "draw") == ("page", 132.0, 140.0)


def test_workers_are_lanes_and_their_stages_end_when_they_say_so():
    spans = found(100.0)
    assert span(spans, "warp", "pose") == ("worker 1", 108.0, 109.0)
    assert span(spans, "network", "pose") == ("worker 1", 109.0, 119.0)
    assert span(spans, "decode", "pose") == ("worker 1", 119.0, 120.0)
    assert span(spans, "decode", "face") == ("worker 2", 129.5, 130.0)


def test_a_frame_whose_beginning_was_not_seen_is_left_out():
    late = notes_of_a_frame(0, 100.0)[1:] + notes_of_a_frame(1, 200.0)
    captured = [s.start for s in timeline.spans(late, PAGE, BEGIN, ORIGIN) if s.stage == "capture"]
    assert captured == [200.0]


def test_no_frame_at_all_is_said():
    with pytest.raises(SkippedError, match="no frame"):
        timeline.spans([], PAGE, BEGIN, ORIGIN)


def test_the_shown_frames_begin_at_nothing():
    shown = timeline.typical(found(100.0, 150.0, 200.0), frames=2)
    assert {each.frame for each in shown} == {0, 1}
    assert min(each.start for each in shown) == 0.0


def test_the_picture_names_lanes_and_stages(tmp_path):
    peer = timeline.PagePeer("ours", "our page", "index.html")
    paths = timeline.save(peer, found(100.0, 150.0), tmp_path)
    picture = paths[1].read_text()
    assert all(word in picture for word in ("worker 2", "network", "decode", "pose 1", "face 2"))
