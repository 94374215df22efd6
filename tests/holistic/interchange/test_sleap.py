"""SLEAP's files: the layout of the analysis file, and sleap-io reading both."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from holistic.interchange import sleap, slp
from holistic.interchange.keypoints import LINES, NAMES

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


@pytest.fixture(params=[".analysis.h5", ".slp"])
def labels(request, pair, tmp_path):
    """What sleap-io finds in a file of either kind."""
    library = pytest.importorskip("sleap_io", reason="sleap-io is not installed")
    file = tmp_path / f"walk{request.param}"
    if request.param == ".slp":
        slp.write(pair, file)
        return library.load_slp(file)
    sleap.write(pair, file)
    return library.load_analysis_h5(file)


def test_sleap_io_reads_the_skeleton(labels):
    assert labels.skeleton.node_names == list(NAMES)
    edges = [tuple(names) for names in labels.skeleton.edge_names]
    assert edges == [(NAMES[start], NAMES[end]) for start, end in LINES]


def test_sleap_io_reads_everybodys_points(labels, pair):
    assert [track.name for track in labels.tracks] == ["person1", "person4"]
    first, last = labels.labeled_frames
    assert (first.frame_idx, last.frame_idx) == (0, 2)
    assert [instance.track.name for instance in first] == ["person1", "person4"]
    for instance, person in zip(first, pair.results[0].people, strict=True):
        expected = np.concatenate([person.pose.xy, person.left_hand.xy, person.right_hand.xy])
        assert_allclose(instance.numpy(), expected * (640, 480), rtol=1e-6)
        assert_allclose(instance.points["score"][:33], person.pose.visibility, rtol=1e-6)
    (alone,) = last
    assert alone.score == 1  # of a hand alone
    assert alone.n_visible == 21
    assert np.isnan(alone.numpy()[:33]).all()


def test_a_project_tells_its_video(pair, tmp_path):
    library = pytest.importorskip("sleap_io", reason="sleap-io is not installed")
    slp.write(pair, tmp_path / "walk.slp")
    (video,) = library.load_slp(tmp_path / "walk.slp").videos
    assert (video.filename, list(video.shape)) == ("walk.mp4", [3, 480, 640, 3])


def test_sleap_io_writes_a_project_again(pair, tmp_path):
    library = pytest.importorskip("sleap_io", reason="sleap-io is not installed")
    slp.write(pair, tmp_path / "walk.slp")
    library.save_slp(library.load_slp(tmp_path / "walk.slp"), tmp_path / "again.slp")
    first, again = (library.load_slp(tmp_path / name).numpy() for name in ("walk.slp", "again.slp"))
    assert_allclose(first, again)
