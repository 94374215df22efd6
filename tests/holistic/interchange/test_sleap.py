"""SLEAP's analysis file: its layout, and sleap-io reading it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from holistic.interchange import sleap
from holistic.interchange.keypoints import NAMES

h5py = pytest.importorskip("h5py")


@pytest.fixture
def path(pair, tmp_path):
    sleap.write(pair, tmp_path / "a.analysis.h5")
    return tmp_path / "a.analysis.h5"


def test_tracks_are_people_in_pixels(path, pair):
    with h5py.File(path) as file:
        assert file["tracks"].shape == (2, 2, 75, 3)  # tracks, x and y, nodes, frames
        expected = pair.results[0].people[1].pose.xy * (640, 480)
        assert_allclose(file["tracks"][1, :, :33, 0].T, expected, rtol=1e-6)
        assert np.isnan(file["tracks"][:, :, :, 1]).all()
        assert file["track_occupancy"][:].tolist() == [[1, 1], [0, 0], [0, 1]]


def test_scores_are_visibilities_and_one_for_hands(path, pair):
    with h5py.File(path) as file:
        visibility = pair.results[0].people[0].pose.visibility
        assert_allclose(file["point_scores"][0, :33, 0], visibility, rtol=1e-6)
        assert file["instance_scores"][1, 2] == 1  # of a hand alone
        assert np.isnan(file["instance_scores"][0, 1])


def test_names_are_the_key_points(path):
    with h5py.File(path) as file:
        assert [name.decode() for name in file["node_names"]] == list(NAMES)
        assert [name.decode() for name in file["track_names"]] == ["person1", "person4"]
        assert file["video_path"][()].decode() == "walk.mp4"


def test_sleap_io_reads_it(path, pair):
    library = pytest.importorskip(
        "sleap_io", reason="sleap-io is not installed: it brings a whole ffmpeg of 165 MB"
    )
    labels = library.load_analysis_h5(path)
    assert labels.skeleton.node_names == list(NAMES)
    assert ("left_shoulder", "left_elbow") in [tuple(names) for names in labels.skeleton.edge_names]
    assert [track.name for track in labels.tracks] == ["person1", "person4"]
    first, last = labels.labeled_frames
    assert (first.frame_idx, last.frame_idx) == (0, 2)
    expected = pair.results[0].people[0].pose.xy * (640, 480)
    assert_allclose(first.instances[0].numpy()[:33], expected, rtol=1e-6)
