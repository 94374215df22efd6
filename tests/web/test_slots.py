"""What the page does with the slots of a ring: which is written into, offered, shown and freed."""

import json
import subprocess
from pathlib import Path
from typing import Any

from builder import ROOT
from holistic.shared import layout

SCRIPT = Path(__file__).with_name("slots.mjs")
TAG = (ROOT / "web" / "tag").as_uri() + "/"
BEGIN = """
    const state = (slot) => control[layout.STATE + slot];
    const put = (slot, value, frame) => {
        control[layout.STATE + slot] = value;
        headers[slot * layout.HEADER_WORDS + layout.FRAME] = frame;
    };
"""


def run(program: str) -> Any:
    """What a program returns that has ``slots``, their memory and the ``layout``."""
    command = ["node", str(SCRIPT), TAG, BEGIN + program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_frame_goes_into_a_free_slot_else_into_one_that_nobody_has_admitted() -> None:
    found = run("""
        for (const slot of [0, 1, 2, 3]) put(slot, layout.BUSY | 1, slot);
        const free = slots.claim();
        put(2, layout.READY | 15, 9);
        const waiting = slots.claim();
        return [free, waiting, slots.claim(), state(4), state(2)];
    """)
    assert found == [4, 2, -1, layout.WRITING, layout.WRITING]


def test_what_is_offered_takes_the_place_of_what_waits() -> None:
    found = run("""
        put(0, layout.BUSY | 4, 1);
        put(1, layout.READY | 15, 2);
        const slot = slots.claim();
        slots.offer(slot, 15);
        return [slot, state(0), state(1), state(2)];
    """)
    assert found == [2, layout.BUSY | 4, layout.FREE, layout.READY | 15]


def test_a_header_says_which_frame_is_in_a_slot() -> None:
    found = run("""
        slots.label(3, 17, 640, 480, {stamp: (words, at) => void (words[at] = 123.5)});
        return Array.from(headers.subarray(3 * layout.HEADER_WORDS, 4 * layout.HEADER_WORDS));
    """)
    assert found == [17, 123.5, 640, 480]


def test_frames_that_are_done_come_oldest_first() -> None:
    found = run("""
        put(0, layout.DONE, 8);
        put(1, layout.BUSY | 4, 6);
        slots.finish(slots.claim());
        put(2, layout.DONE, 7);
        const order = [];
        for (let slot; (slot = slots.finished()) >= 0; slots.release(slot)) order.push(slot);
        return [order, slots.areUsed(-1), slots.areUsed(1)];
    """)
    assert found == [[2, 0], True, False]


def test_the_newest_admitted_frame_is_none_that_only_waits() -> None:
    found = run("""
        const none = slots.admitted();
        put(0, layout.DONE, 4);
        put(1, layout.BUSY | 2, 5);
        put(2, layout.READY | 15, 6);
        put(3, layout.WRITING, 7);
        return [none, slots.admitted()];
    """)
    assert found == [-1, 1]
