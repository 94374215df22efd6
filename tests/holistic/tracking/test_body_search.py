"""Finding several bodies: where they are searched, and who is believed."""

import numpy as np
import pytest
from crowds import FRAME, WHOLE, body, faces_at

from holistic.inference.detector import Detection
from holistic.inference.roi import Region
from holistic.tracking.body_search import DEEPEST, BodySearch, Evidence, Twice, is_real
from holistic.tracking.occlusion import Face
from holistic.tracking.search import SearchWindow

SURE = Evidence(change=0.1, shoulders=1.0, hips=1.0, face=0.9)


def nobody(frame, window, limit):
    """A detector of bodies that sees none."""
    return []


def bodies_at(*places):
    """One that sees bodies in the middle of whose heads the ``places`` are: (score, x, y) each."""

    def detect(frame, window, limit):
        return [
            Detection(
                score,
                (x / 640, y / 640, (x + 60) / 640, (y + 160) / 640),
                np.array([(x, y + 100), (x, y), (x, y), (x, y)], float),
            )
            for score, x, y in places
        ]

    return detect


def never(frame, region):
    raise AssertionError("it looked")


def search(landmarks, faces=(), detector=nobody, known=(), searches=(WHOLE,), **more):
    """Who is found besides the ``known``."""
    find = BodySearch(4, detector, faces_at(*faces), landmarks)
    return find(FRAME, list(searches), list(known), **more)


class TestEvidence:
    """Who is believed."""

    def test_whom_everything_speaks_for_is_real(self):
        assert is_real(SURE)

    @pytest.mark.parametrize(
        "doubt", [{"shoulders": 0.1}, {"change": 2.0}, {"face": 0.0, "change": 1.0}]
    )
    def test_shoulders_out_of_sight_a_changed_look_or_no_face_make_doubtful(self, doubt):
        assert not is_real(SURE._replace(**doubt))

    def test_who_turns_away_is_real_if_both_looks_agree(self):
        assert is_real(SURE._replace(face=0.0))

    def test_it_is_read_off_two_looks_and_the_faces(self):
        twice = Twice(body(200, 200), body(200, 200, presence=0.5))
        seen = [Face(0.9, 200, 200, 40), Face(0.7, 400, 200, 40)]
        assert twice.evidence(seen) == pytest.approx((0.0, 0.5, 0.5, 0.9))
        assert twice.evidence([]).face == 0


class TestDetected:
    """Bodies that the detector sees."""

    def test_each_is_looked_at_twice(self):
        regions = []

        def landmarks(frame, region):
            regions.append(region)
            return body(210, 100)

        assert len(search(landmarks, detector=bodies_at((0.9, 200, 100)))) == 1
        assert [region.x for region in regions] == [200, 210]

    def test_one_that_is_seen_in_two_windows_is_looked_at_once(self):
        looks = []

        def landmarks(frame, region):
            looks.append(region)

        half = SearchWindow(WHOLE.window, 1)
        search(landmarks, detector=bodies_at((0.9, 200, 100)), searches=(WHOLE, half))
        assert len(looks) == 1

    def test_none_is_searched_in_small_windows(self):
        small = SearchWindow(WHOLE.window, DEEPEST + 1)
        assert search(never, detector=bodies_at((0.9, 200, 100)), searches=(small,)) == []

    def test_who_is_known_is_not_found_again(self):
        found = search(
            lambda frame, region: body(200, 100),
            detector=bodies_at((0.9, 200, 100)),
            known=[body(201, 101)],
        )
        assert found == []

    def test_who_is_not_believed_is_not_found(self):
        found = search(
            lambda frame, region: body(200, 100),
            detector=bodies_at((0.9, 200, 100)),
            believes=lambda evidence: False,
        )
        assert found == []

    def test_no_more_are_found_than_there_is_room_for(self):
        places = [(0.9, x, 100) for x in range(60, 600, 90)]
        found = search(lambda frame, region: body(region.x, 100), detector=bodies_at(*places))
        assert len(found) == 4


class TestBelowFaces:
    """Bodies of faces that belong to no known body."""

    def test_nothing_is_searched_below_the_face_of_a_known_body(self):
        assert search(never, [(0.9, 200, 200)], known=[body(205, 195)]) == []

    def test_all_other_people_are_covered(self):
        shown = []

        def landmarks(frame, region):
            shown.append((frame, region))
            return body(200 if len(shown) < 3 else 300, 200)

        seen = [(0.9, 200, 200), (0.8, 300, 200)]
        assert len(search(landmarks, seen, known=[body(450, 220)])) == 2
        frame, region = shown[0]
        assert (region.x, region.size) == (200, 480)
        assert frame[200, 200, 0] == 90, "one's own face is there"
        assert frame[200, 300, 0] == frame[260, 300, 0] == 128, "the other one is not"
        assert frame[250, 450, 0] == 128, "nor a person who turns away"
        assert (FRAME == 90).all(), "the frame itself stays"

    def test_a_body_elsewhere_is_the_neighbours(self):
        assert search(lambda frame, region: body(300, 200), [(0.9, 200, 200)]) == []

    def test_where_the_first_region_fails_a_closer_one_is_taken(self):
        sizes = []

        def landmarks(frame, region):
            sizes.append(region.size)
            return None if len(sizes) == 1 else body(200, 200)

        assert len(search(landmarks, [(0.9, 200, 200)])) == 1
        assert sizes[1] < sizes[0]

    @pytest.mark.parametrize("doubtful", [{"presence": 0.2}, {"head": 8.0}])
    def test_a_body_with_a_tiny_head_or_without_shoulders_is_not_believed(self, doubtful):
        assert search(lambda *_: body(200, 200, **doubtful), [(0.9, 200, 200)]) == []

    def test_without_landmarks_below_a_face_there_is_no_body(self):
        assert search(lambda frame, region: None, [(0.9, 200, 200)]) == []

    def test_faces_are_searched_in_small_windows_too(self):
        small = SearchWindow(Region(200, 200, 200, 0.0), DEEPEST + 1)
        assert search(lambda *_: body(200, 200), [(0.9, 200, 200)], searches=(small,))
