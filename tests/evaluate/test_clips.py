"""The evaluation on clips: ``python build.py evaluate --clips FOLDER``."""

import numpy as np
import pytest

from builder import ROOT
from evaluate import __main__ as command
from evaluate.clip_scores import CLIP_HEAD, in_view, jitter, row, score
from evaluate.clips import SHAPES, Clip, Followed, clips
from evaluate.followers import kept
from evaluate.views import EvaluationError
from holistic.inference import model_files

MEDIA = ROOT / "tests" / "media"
FRAMES = 12
SIZE = 640, 480


def still(**wrists):
    """A clip of a person who keeps still: hands at these pixels, absent where None.

    The pose has the left wrist at (450, 300), the right one at (190, 300), in all frames.
    """
    parts = {part: np.full((FRAMES, *shape), np.nan, np.float32) for part, shape in SHAPES.items()}
    pose = np.full((33, 4), 0.5)
    pose[:, 3] = 0.9
    pose[[13, 15, 17, 19, 21], :2] = np.array(((430, 420), *[(450, 300)] * 4)) / SIZE
    pose[[14, 16, 18, 20, 22], :2] = np.array(((210, 420), *[(190, 300)] * 4)) / SIZE
    parts["pose"][:] = pose
    shape = np.random.default_rng(0).uniform(-1, 1, (21, 3)) * (0.06, 0.08, 0)
    shape -= shape[0]
    for side, wrist in wrists.items():
        if wrist is not None:
            parts[side][:] = shape + np.append(np.array(wrist) / SIZE, 0)
    return Followed(parts, np.full(FRAMES, 20.0), SIZE, 30.0)


OWN = {"left_hand": (450, 300), "right_hand": (190, 300)}


class TestScores:
    """What is counted."""

    def test_hands_on_their_wrists_are_found_and_nothing_is_wrong(self):
        counted = score(still(**OWN))
        assert (counted.in_view, counted.lost, counted.found) == (2 * FRAMES, 0, 2 * FRAMES)
        assert (counted.duplicates, counted.sides, counted.ghosts, counted.alone) == (0, 0, 0, 0)

    def test_a_hand_in_view_without_landmarks_is_lost_and_waited_for(self):
        clip = still(**OWN)
        clip.parts["left_hand"][3:9] = np.nan
        counted = score(clip)
        assert counted.lost == 6
        assert counted.waits / counted.waits_count == pytest.approx(200)

    def test_a_hand_at_the_edge_or_of_an_unsure_wrist_is_not_in_view(self):
        pose = still().parts["pose"]
        assert in_view(pose, "left_hand").all()
        pose[:3, 15, 3] = 0.4
        pose[3:5, 19, 0] = 0.99
        assert in_view(pose, "left_hand").tolist() == [False] * 5 + [True] * (FRAMES - 5)

    def test_two_on_one_hand_are_doubles_and_one_is_on_the_wrong_side(self):
        counted = score(still(left_hand=(190, 300), right_hand=(190, 300)))
        assert counted.duplicates == FRAMES
        assert counted.sides == FRAMES

    def test_where_forearms_meet_two_on_one_hand_are_no_doubles(self):
        clip = still(left_hand=(320, 300), right_hand=(320, 300))
        clip.parts["pose"][:, [15, 16], :2] = np.array((320, 300)) / SIZE
        counted = score(clip)
        assert (counted.duplicates, counted.meetings) == (0, FRAMES)

    def test_a_hand_away_from_the_wrist_or_out_of_the_frame_is_a_ghost(self):
        assert score(still(left_hand=(450, 40), right_hand=(190, 600))).ghosts == 2 * FRAMES

    def test_a_hand_without_a_pose_is_alone(self):
        clip = still(**OWN)
        clip.parts["pose"][:4] = np.nan
        assert score(clip).alone == 8

    def test_jitter_is_of_parts_at_rest(self):
        points = still(**OWN).parts["left_hand"][..., :2].astype(float) * SIZE
        assert jitter(points) == pytest.approx(0, abs=1e-3)
        assert len(jitter(points)) == FRAMES - 2
        shaken = points + np.where(np.arange(FRAMES) % 2, 0.5, -0.5)[:, None, None]
        assert jitter(shaken).min() > 5
        moving = points + np.arange(FRAMES)[:, None, None] * 30.0
        assert len(jitter(moving)) == 0

    def test_scores_of_clips_add_up_to_a_row(self):
        one = score(still(**OWN))
        both = one.plus(one)
        assert both.in_view == 2 * one.in_view
        assert len(row("all", "holistic", both)) == len(CLIP_HEAD)


class Remembered:
    """A follower that finds nobody and notes what it was asked."""

    name = "remembered"
    sources = ()

    def __init__(self):
        self.asked = []

    def __repr__(self):
        return "Remembered()"

    def follow(self, clip, file):
        self.asked.append(clip)
        still(**OWN).save(file)


class TestClips:
    """Reading clips, and keeping what was found in them."""

    def test_frames_have_the_clips_time_stamps_up_to_the_limit(self):
        times = []
        clip = Clip(MEDIA / "intel__milk.mkv", 4)
        followed = clip.follow(lambda frame, time: times.append((frame.shape, time)) or {})
        assert times == [((480, 640, 3), pytest.approx(1000 * i / 30)) for i in range(4)]
        assert followed.size == (640, 480)
        assert np.isnan(followed.parts["pose"]).all()

    def test_a_file_that_is_no_clip_is_named(self, tmp_path):
        (tmp_path / "a.mp4").write_bytes(b"nothing")
        (clip,) = clips(tmp_path, 3)
        with pytest.raises(EvaluationError, match=r"a\.mp4 cannot be read"):
            clip.follow(lambda *_: {})

    def test_a_folder_without_clips_is_named(self, tmp_path):
        with pytest.raises(EvaluationError, match="no clips"):
            clips(tmp_path, 3)

    def test_what_was_found_is_kept(self, tmp_path):
        follower, clip = Remembered(), Clip(MEDIA / "intel__milk.mkv", 4)
        first = kept(follower, clip, tmp_path)
        again = kept(follower, clip, tmp_path)
        assert follower.asked == [clip]
        assert (again.parts["pose"] == first.parts["pose"]).all()
        kept(follower, clip._replace(limit=5), tmp_path)
        assert len(follower.asked) == 2


@pytest.mark.skipif(
    not model_files.find("palm_detector").exists(), reason="the float models are not there"
)
def test_the_command_prints_a_row_for_each_clip_and_one_for_all(tmp_path, capsys):
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "milk.mkv").symlink_to(MEDIA / "intel__milk.mkv")
    asked = ["--clips", str(folder), "--frames", "6", "--variant", "int8", "--no-mediapipe"]
    assert command.main([*asked, "--answers", str(tmp_path / "answers")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["clip", "tracker"]
    assert [line.split()[0] for line in lines[1:5]] == ["milk", "milk", "all", "all"]
