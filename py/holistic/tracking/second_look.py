"""A second look for hands and faces that the first look does not find.

MediaPipe looks for a hand once, where its re-crop says, and for a face where BlazeFace sees one in
the head's region. Blur, the frame's edge and distance defeat both. The tracks here look on in
other regions, in an order of measured gain for cost (docs/accuracy.md), on a budget: while a hand
is lost, each frame's look goes elsewhere, and a person has at most one look more in a frame, the
parts in turn (see ``Turn``). They ask whose hand it is (see ``sides``), and go on without a
body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from holistic.inference.detector import Detection, Detector
from holistic.inference.landmarkers import (
    FaceEstimate,
    FaceLandmarks,
    HandEstimate,
    HandLandmarks,
    HandRecrop,
)
from holistic.inference.roi import Region, extent
from holistic.tracking.regions import hand_region_from_detection
from holistic.tracking.roi_tracks import (
    EVERY_FRAME,
    VISIBILITY,
    ExpectedRegion,
    FaceTrack,
    HandTrack,
)
from holistic.tracking.search import whole_frame, windows
from holistic.tracking.sides import (
    WRISTS,
    claim,
    hands_may_meet,
    is_of,
    looks_like,
    same_hand,
)

MEMORY = 10
"""For how many frames the region of a lost hand is worth a look."""
PATIENCE = 9
"""How many frames a part may be lost before it is looked for in every REST-th frame only."""
REST = 2
TURNS = ("face", *("left_hand", "right_hand") * 3)
"""Whose turn it is to have a second look, frame by frame: a face is rarely lost."""
ROUNDS = 5
"""How many rounds the other looks have before the palm detector, the dearest, has a frame."""
ANYWHERE_INTERVAL = 10
"""In which of its turns a hand that the pose does not lead to is looked for in the whole frame."""

MEETING_INTERVAL = 3
"""Every how many frames a hand that meets the other one is looked for elsewhere."""

DOUBTFUL_SCORE = 0.25
"""Presence from which a hand is believed that is where it is expected, and as large."""
FAINT_SCORE = 0.12
"""The same of a hand that was followed until now or the frame before, for FAINT_FRAMES."""
FAINT_FRAMES = 6
GLIMPSE_SCORE = 0.06
"""Presence from which the points of a hand that is not believed say where to look again."""
_NEAR = (0.25, 0.3, 0.9)  # reach, least and most side of such a hand: see ExpectedRegion
_AS_LAST = (0.35, 0.6, 1.6)  # the same, in sides of its own last region
_RECENT = 2  # frames for which a hand is expected as it was
_STEADY = 0.3  # weight of the present frame in whose hand it is
_DOUBT = -0.1  # claim below which a followed hand is given up, and of one without a body
_LONE_DOUBT = -0.5


class Turn:
    """Whether a part may have a second look in the present frame: ``held``.

    A person's parts may be computed in different workers. They count the same frames, so that they
    share the person's one second look without asking one another. ``always``: a frame stands alone.
    """

    def __init__(self, part: str, *, always: bool = False) -> None:
        self._part = part
        self._always = always
        self.reset()

    def reset(self) -> None:
        """Begin with the first frame."""
        self._frames = 0
        self.held = True

    def begin_frame(self) -> None:
        """A frame begins."""
        self.held = self._always or TURNS[self._frames % len(TURNS)] == self._part
        self._frames += 1


class Scene(NamedTuple):
    """A frame in which one hand is looked for, and what is known of it.

    Attributes:
        frame: uint8 (H, W, 3 or 4).
        pose: the (33, 5) points of the hand's body; None where there is no body.
        others: those of the other bodies.
        hands: the (21, 3) points of the hands that are found already. The other one need not be
            among them: another worker may be at it. With a body hardly anything depends on them.
        second_look: whether the person's second look in this frame is this hand's; where there is
            no body, whether it is looked for at all.
        thorough: whether it is the only frame, so that it is searched to the end.
    """

    frame: np.ndarray
    pose: np.ndarray | None
    others: Sequence[np.ndarray] = ()
    hands: Sequence[np.ndarray] = ()
    second_look: bool = True
    thorough: bool = False


class _Last(NamedTuple):
    """Where a hand was when last seen: its region, the pose's wrist, and how many frames ago."""

    region: Region
    wrist: np.ndarray
    age: int = 0


class PersistentHandTrack(HandTrack):
    """Follows one hand, and looks for it in several regions in turn where it is lost.

    ``landmarks`` is the network that finds its points; another one can take over at any time.
    ``palms`` is the palm detector; while that is None, nobody looks where only it could.
    """

    def __init__(
        self,
        side: str,
        redetect_interval: int = EVERY_FRAME,
        phase: int = 0,
        *,
        recrop: HandRecrop,
        landmarks: HandLandmarks,
        palms: Detector | None = None,
    ) -> None:
        super().__init__(side, redetect_interval, phase)
        self._side = side
        self._recrop, self.landmarks, self.palms = recrop, landmarks, palms
        self.reset()

    def reset(self) -> None:
        """Forget the hand."""
        super().reset()
        self._last: _Last | None = None
        self._claim = 0.0
        self._lost = 0  # frames
        self._faint = 0  # frames in which it was hardly there
        self._looks = 0  # since it was lost
        self._turns = 0
        self._glimpse: np.ndarray | None = None  # points that a look of this frame gave in vain

    def seek(self, scene: Scene) -> HandEstimate | None:
        """The hand, or None."""
        self._frames += 1
        self._turns += scene.second_look
        self._glimpse = None
        meeting: HandEstimate | None = None
        for region, expected in self._regions(scene):
            hand = self._look(scene.frame, region, () if scene.thorough else expected)
            if hand is None:
                continue
            if self._is_mine(hand, scene, near_pose=bool(expected)):
                return self._accept(hand, scene)
            if scene.pose is not None and hands_may_meet(hand.points, scene.pose):
                meeting = meeting or hand
                if self._frames % MEETING_INTERVAL:
                    break
        if meeting:
            return self._accept(meeting, scene)
        self._miss()
        return None

    def _look(
        self, frame: np.ndarray, region: Region, expected: Sequence[ExpectedRegion]
    ) -> HandEstimate | None:
        """The hand in a region, if it is to be believed."""
        sure = self.landmarks.MIN_SCORE
        hand = self.landmarks(frame, region, GLIMPSE_SCORE if expected else sure)
        if hand is None or hand.score > sure:
            return hand
        found = self._region_of(hand.points)
        if hand.score > self._least() and any(place.holds(found) for place in expected):
            return hand
        self._glimpse = hand.points
        return None

    def _least(self) -> float:
        """Presence from which a hand is believed that is where it is expected."""
        followed = self._last is not None and self._lost <= 1 and self._faint < FAINT_FRAMES
        return FAINT_SCORE if followed else DOUBTFUL_SCORE

    def _accept(self, hand: HandEstimate, scene: Scene) -> HandEstimate:
        self.points = hand.points
        wrist = hand.points[0] if scene.pose is None else scene.pose[WRISTS[self._side]]
        self._last = _Last(self._region_of(hand.points), wrist[:2].copy())
        self._lost = self._looks = 0
        self._faint = self._faint + 1 if hand.score <= DOUBTFUL_SCORE else 0
        return hand

    def _miss(self) -> None:
        self.points = None
        self._lost += 1
        if self._last:
            age = self._last.age + 1
            self._last = self._last._replace(age=age) if age <= MEMORY else None

    def _is_mine(self, hand: HandEstimate, scene: Scene, near_pose: bool) -> bool:
        """Whether it is the hand of this body on this side; of a followed one, for some time.

        It has its middle in the frame. One that comes into sight is not looked for where a body has
        it that is too small for it.
        """
        if not _in_frame(hand.points, scene.frame):
            return False
        lone = scene.pose is None or not is_of(hand.points, scene.pose)
        if lone and near_pose and self.points is None:
            return False
        meets = scene.pose is not None and hands_may_meet(hand.points, scene.pose)
        if not meets and any(same_hand(hand.points, other) for other in scene.hands):
            return False
        if scene.pose is None or lone:
            fits = looks_like(hand, self._side)
        else:
            fits = claim(hand, self._side, scene.pose, scene.others)
        if self.points is None:
            self._claim = fits
            return fits > 0
        self._claim += _STEADY * (fits - self._claim)
        return self._claim > (_LONE_DOUBT if lone else _DOUBT)

    def _regions(self, scene: Scene) -> Iterator[tuple[Region, Sequence[ExpectedRegion]]]:
        """Where to look in this frame, best first, and where the hand is expected, if anywhere."""
        pose = scene.pose
        kept = None if self.points is None else self._region_of(self.points)
        if pose is None or pose[self._pose_points[0], VISIBILITY] <= self._MIN_VISIBILITY:
            if kept:
                yield kept, ()
        else:
            region = self._region_from_pose(pose)
            expected = [ExpectedRegion(region, *_NEAR)]
            if self._last and self._last.age <= _RECENT:
                expected.append(ExpectedRegion(self._moved(self._last.region, pose), *_AS_LAST))
            followed = ExpectedRegion(region, *self._EXPECTED)
            for look in self._near_pose(scene, pose, followed, kept and self._moved(kept, pose)):
                yield look, expected
        if self._looks_anywhere(scene):
            for look in self._anywhere(scene):
                yield look, ()

    def _near_pose(
        self, scene: Scene, pose: np.ndarray, expected: ExpectedRegion, kept: Region | None
    ) -> Iterator[Region]:
        """Where the first look would go, and where a second one."""
        trusted = kept is not None and self._trusts(kept, expected)
        if kept and trusted:
            yield kept
        if self._lost == 0:
            fresh = self._choose(kept, self._recrop(scene.frame, expected.region))
            if fresh and not (trusted and fresh is kept):  # that one has been looked at
                yield fresh
        elif self._lost > PATIENCE and self._frames % REST:
            return
        for look in self._looks_in(scene):
            region = look(self, scene, pose, expected.region)
            if region:
                yield region

    def _looks_in(self, scene: Scene) -> Iterator[Look]:
        """The looks of a frame. The palm detector's shares a frame with no other."""
        looks = int(self._lost > 0)
        looks += scene.second_look and not self._looks_anywhere(scene)
        for number in range(len(LOOKS) if scene.thorough else looks):
            look = self._coming_look(scene.thorough)
            alone = look is LOOKS[-1] and not scene.thorough
            if alone and number > 0:
                return
            self._looks += look is not LOOKS[0]
            yield look
            if alone:
                return

    def _coming_look(self, thorough: bool) -> Look:
        """Where the look before hardly saw the hand, else the next one in turn."""
        again, *others, palm = LOOKS
        if self._glimpse is not None:
            return again
        turns = [*others * (1 if thorough else ROUNDS), palm]
        return turns[self._looks % len(turns)]

    def _looks_anywhere(self, scene: Scene) -> bool:
        """Whether the second look is one in the whole frame."""
        if scene.thorough:
            return True
        turn = scene.pose is None or (
            self._lost > PATIENCE and self._turns % ANYWHERE_INTERVAL == 0
        )
        return turn and scene.second_look

    def _anywhere(self, scene: Scene) -> Iterator[Region]:
        """Where the palm detector sees hands in the whole frame, or in its parts."""
        searched = [whole_frame(scene.frame)]
        if scene.thorough and scene.pose is None and not scene.hands:
            searched += windows(scene.frame, 1 / 2)
        for window in searched:
            for palm in self._palms_in(scene.frame, window):
                yield hand_region_from_detection(palm, window)

    def _where_glimpsed(self, scene: Scene, pose: np.ndarray, place: Region) -> Region | None:
        """Where the look before hardly saw it."""
        points, self._glimpse = self._glimpse, None
        return None if points is None else self._region_of(points)

    def _as_it_was(self, scene: Scene, pose: np.ndarray, place: Region) -> Region | None:
        """The last region, moved with the wrist."""
        return self._last and self._moved(self._last.region, pose)

    def _moved(self, region: Region, pose: np.ndarray) -> Region:
        """A region of the frame in which the hand was last seen, moved with the pose's wrist."""
        if self._last is None:
            return region
        x, y = (pose[WRISTS[self._side], :2] - self._last.wrist).tolist()
        return region._replace(x=region.x + x, y=region.y + y)

    def _near_knuckles(self, scene: Scene, pose: np.ndarray, place: Region) -> Region | None:
        """The pose's own region, closer."""
        return place._replace(size=CLOSER * place.size)

    def _once_more(self, scene: Scene, pose: np.ndarray, place: Region) -> Region | None:
        """Where the re-crop says."""
        return self._recrop(scene.frame, place)

    def _at_palm(self, scene: Scene, pose: np.ndarray, place: Region) -> Region | None:
        """Where the palm detector sees the hand whose wrist is nearest."""
        window = place._replace(size=PALM_SEARCH * place.size, angle=0.0)
        wrist = pose[WRISTS[self._side], :2]
        palms = self._palms_in(scene.frame, window)
        if not palms:
            return None
        nearest = min(palms, key=lambda palm: float(np.hypot(*(palm.keypoints[0] - wrist))))
        return hand_region_from_detection(nearest, window)

    def _palms_in(self, frame: np.ndarray, window: Region) -> Sequence[Detection]:
        return self.palms(frame, window, PALMS) if self.palms else ()


def _in_frame(points: np.ndarray, frame: np.ndarray) -> bool:
    """Whether the mean of the (n, 2 or more) points is in the frame."""
    x, y = points[:, :2].mean(axis=0).tolist()
    height, width = frame.shape[:2]
    return bool(0 <= x < width and 0 <= y < height)


CLOSER = 0.75
PALM_SEARCH = 1.6
"""Sides of regions, in sides of the one that the pose gives."""
PALMS = 4
"""How many hands may be in sight of one."""

Look = Callable[[PersistentHandTrack, Scene, np.ndarray, Region], Region | None]

LOOKS: tuple[Look, ...] = (
    PersistentHandTrack._where_glimpsed,
    PersistentHandTrack._as_it_was,
    PersistentHandTrack._near_knuckles,
    PersistentHandTrack._once_more,
    PersistentHandTrack._at_palm,
)
"""Where a lost hand is looked for, in the order of gain for cost (docs/accuracy.md).

The first one is tried wherever there is a glimpse; the others take turns, the last one of all in
every so many ROUNDS: it takes as long as two runs of the hand network, and finds least.
"""


class PersistentFaceTrack(FaceTrack):
    """Follows the face of a body, also where the detector sees none.

    Where a face was in the frame before, that is looked at in place of what is detected. While it
    is lost, the detector searches farther from the head in every second frame. Where it sees
    nothing, the head itself is looked at, which is a second look, if the face holds the ``turn``.
    The other arguments are those of FaceTrack.
    """

    _CLOSE, _WIDER = 2.0, 5.0  # times the extent of the pose's head
    _OFF = 0.5  # how far from the nose the middle of the face may be, in diagonals of its box

    def __init__(self, turn: Turn, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn = turn
        self._lost = 0  # frames

    def update(
        self, frame: np.ndarray, pose: np.ndarray, detector: Detector, landmarks: FaceLandmarks
    ) -> FaceEstimate | None:
        """The face of the body with the (33, 5) points ``pose``, or None."""
        kept = None if self.points is None else self._region_of(self.points)
        face = super().update(frame, pose, detector, landmarks)
        if face is None and (kept or self._turn.held):
            face = landmarks(frame, kept or self._around_head(pose, self._CLOSE))
            if face and not kept and self._is_of(face, pose):
                face = self._settled(face, partial(landmarks, frame))
        followed = kept is not None and self.points is not None
        if face and not followed and not self._is_of(face, pose):
            face = None  # a neighbour's
        self.points = face.points if face else None
        self._lost = 0 if face else self._lost + 1
        return face

    def _searched(self) -> float:
        return self._WIDER if self._lost % REST else self._SEARCHED

    def _is_of(self, face: FaceEstimate, pose: np.ndarray) -> bool:
        left, top, right, bottom = extent(face.points)
        x, y = pose[self._NOSE, :2].tolist()
        off = float(np.hypot((left + right) / 2 - x, (top + bottom) / 2 - y))
        return off < self._OFF * float(np.hypot(right - left, bottom - top))
