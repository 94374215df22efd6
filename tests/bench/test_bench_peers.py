"""Who the benchmark measures, and how they are chosen."""

import pytest

from bench import peers
from holistic.shared.model_sets import VARIANTS


def names(*patterns):
    return [peer.name for peer in peers.chosen(list(patterns))]


def test_names_are_unique():
    every = names()
    assert len(every) == len(set(every))


def test_our_site_is_measured_with_one_to_four_workers():
    assert names("site-float-c1-*") == [f"site-float-c1-w{workers}" for workers in (1, 2, 3, 4)]


def test_natively_every_variant_is_measured():
    assert names("native-*-c1") == [f"native-{variant}-c1" for variant in VARIANTS]


def test_patterns_add_up_in_the_tables_order():
    assert names("mediapipe-c1", "tasks-*") == ["tasks-c1", "tasks-c0", "mediapipe-c1"]


def test_a_pattern_that_fits_nobody_is_an_error_that_lists_everybody():
    with pytest.raises(ValueError, match=r"no peer is called 'nobody'.*tasks-c1"):
        names("nobody")


def test_our_page_is_told_its_settings():
    page = peers.site_peer("int8", 0, 3).page
    assert page == "index.html?src=camera&complexity=0&workers=3&variant=int8"
