"""Frames that are decoded while the tracker is at an earlier one."""

import threading

import pytest

from holistic.batch.read_ahead import DEPTH, read_ahead


def test_the_items_are_those_of_the_iteration_in_order():
    assert list(read_ahead(range(100))) == list(range(100))


def test_they_are_taken_before_they_are_asked_for_and_not_without_end():
    taken = []
    enough = threading.Event()

    def items():
        for item in range(100):
            taken.append(item)
            if item == DEPTH:
                enough.set()
            yield item

    found = read_ahead(items())
    assert next(found) == 0
    assert enough.wait(10)
    found.close()
    assert len(taken) <= DEPTH + 2


def test_an_error_comes_after_the_items_before_it():
    def items():
        yield 1
        yield 2
        raise ValueError("broken")

    found = read_ahead(items())
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(ValueError, match="broken"):
        next(found)


def test_its_thread_ends_with_it():
    found = read_ahead(range(100))
    next(found)
    found.close()
    assert not any(thread.name == "read-ahead" for thread in threading.enumerate())
