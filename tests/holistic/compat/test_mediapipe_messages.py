"""MediaPipe's messages are protobuf's, whatever a program does with them."""

import copy
import pickle
from itertools import pairwise

import numpy as np
import pytest
from google.protobuf import text_format
from google.protobuf.json_format import MessageToDict, ParseDict

from holistic.compat.mediapipe import messages, results
from holistic.compat.mediapipe.framework.formats import (
    classification_pb2,
    detection_pb2,
    landmark_pb2,
    location_data_pb2,
)

POINTS = np.array([[0.5, 0.25, 0.125], [0.75, 1, 0]])


def test_landmarks_are_added_one_by_one_or_together():
    landmarks = landmark_pb2.NormalizedLandmarkList()
    landmarks.landmark.add(x=0.5).y = 0.25
    landmarks.landmark.extend([landmark_pb2.NormalizedLandmark(x=0.75, visibility=1)])
    assert [point.x for point in landmarks.landmark] == [0.5, 0.75]
    copied = landmark_pb2.NormalizedLandmarkList()
    copied.CopyFrom(landmarks)
    copied.landmark[0].x = 0
    assert landmarks.landmark[0].x == 0.5


def test_a_field_that_was_not_given_is_known_as_such():
    point = results.landmark_list(POINTS).landmark[0]
    assert point.HasField("x")
    assert not point.HasField("visibility")
    assert point.visibility == 0
    seen = results.landmark_list(POINTS, np.array([1, 0])).landmark
    assert [point.HasField("visibility") for point in seen] == [True, True]
    with pytest.raises(ValueError, match="colour"):
        point.HasField("colour")


def test_world_landmarks_are_of_another_kind():
    assert isinstance(results.landmark_list(POINTS), landmark_pb2.NormalizedLandmarkList)
    assert isinstance(results.world_landmark_list(POINTS), landmark_pb2.LandmarkList)


def test_message_to_dict_and_back():
    label = results.handedness(0.25)
    told = {"classification": [{"index": 0, "score": 0.75, "label": "Left"}]}
    assert MessageToDict(label) == told
    assert ParseDict(told, classification_pb2.ClassificationList()) == label


def test_text_that_mediapipe_prints_is_read():
    landmarks = text_format.Parse(
        "landmark {x: 0.5 y: 0.25 z: 0.125} landmark {x: 0.75 y: 1 z: 0}",
        landmark_pb2.NormalizedLandmarkList(),
    )
    assert landmarks == results.landmark_list(POINTS)


def test_bytes_are_those_of_mediapipe():
    given = landmark_pb2.NormalizedLandmark(x=0.5, visibility=1).SerializeToString()
    assert given == bytes.fromhex("0d0000003f 250000803f")
    face = results.detection(0.5, (0, 0, 1, 1), np.array([[0.5, 0.5]]))
    assert face.SerializeToString().startswith(bytes.fromhex("1201 00 1a04 0000003f 22"))
    assert detection_pb2.Detection.FromString(face.SerializeToString()) == face


def test_a_detection_says_where_it_is():
    face = results.detection(0.5, (0.25, 0.25, 0.75, 1), np.array([[0.5, 0.75]]))
    place = face.location_data
    assert place.format == location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX
    box = place.relative_bounding_box
    assert (box.xmin, box.ymin, box.width, box.height) == (0.25, 0.25, 0.5, 0.75)
    assert [(point.x, point.y) for point in place.relative_keypoints] == [(0.5, 0.75)]
    assert (list(face.score), list(face.label_id)) == ([0.5], [0])


def test_messages_travel_between_processes():
    landmarks = results.landmark_list(POINTS)
    assert pickle.loads(pickle.dumps(landmarks)) == landmarks
    assert copy.deepcopy(landmarks) == landmarks


def test_no_number_of_a_field_is_given_twice():
    for name, fields in messages._MESSAGES.items():
        numbers = [int(field.rpartition("= ")[2]) for field in fields.split("; ")]
        assert all(first < second for first, second in pairwise(numbers)), name
