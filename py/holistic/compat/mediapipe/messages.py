"""MediaPipe's messages: protobuf messages of the same names, fields and numbers as its own.

So programs can do with them whatever protobuf does: ``CopyFrom``, ``HasField``, ``landmark.add()``,
``SerializeToString``, ``MessageToDict``, ``text_format``. MediaPipe reads what they write, and the
other way round. They live in a descriptor pool of their own, where they meet no message of a real
MediaPipe in the same program.

Source: mediapipe/framework/formats, landmark.proto, classification.proto, detection.proto and
location_data.proto (less the mask of LocationData, which no solution gives).
"""

from __future__ import annotations

from typing import Any

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as error:  # pragma: no cover - natively it is always there
    raise ImportError(
        "MediaPipe's messages need protobuf: pip install protobuf, or in Pyodide "
        'await micropip.install("protobuf")'
    ) from error

_Types = descriptor_pb2.FieldDescriptorProto

_PACKAGE = "mediapipe"

_SCALARS = {
    "float": _Types.TYPE_FLOAT,
    "int32": _Types.TYPE_INT32,
    "int64": _Types.TYPE_INT64,
    "string": _Types.TYPE_STRING,
}

_POINT = "float x = 1; float y = 2; float z = 3; float visibility = 4; float presence = 5"
_BOX = "{0} xmin = 1; {0} ymin = 2; {0} width = 3; {0} height = 4"

_MESSAGES = {
    "Landmark": _POINT,
    "LandmarkList": "repeated Landmark landmark = 1",
    "LandmarkListCollection": "repeated LandmarkList landmark_list = 1",
    "NormalizedLandmark": _POINT,
    "NormalizedLandmarkList": "repeated NormalizedLandmark landmark = 1",
    "NormalizedLandmarkListCollection": "repeated NormalizedLandmarkList landmark_list = 1",
    "Classification": "int32 index = 1; float score = 2; string label = 3; string display_name = 4",
    "ClassificationList": "repeated Classification classification = 1",
    "ClassificationListCollection": "repeated ClassificationList classification_list = 1",
    "LocationData": (
        "Format format = 1; BoundingBox bounding_box = 2; "
        "RelativeBoundingBox relative_bounding_box = 3; "
        "repeated RelativeKeypoint relative_keypoints = 5"
    ),
    "LocationData.BoundingBox": _BOX.format("int32"),
    "LocationData.RelativeBoundingBox": _BOX.format("float"),
    "LocationData.RelativeKeypoint": (
        "float x = 1; float y = 2; string keypoint_label = 3; float score = 4"
    ),
    "Detection": (
        "repeated string label = 1; repeated int32 label_id = 2; repeated float score = 3; "
        "LocationData location_data = 4; string feature_tag = 5; string track_id = 6; "
        "int64 detection_id = 7; repeated AssociatedDetection associated_detections = 8; "
        "repeated string display_name = 9; int64 timestamp_usec = 10"
    ),
    "Detection.AssociatedDetection": "int32 id = 1; float confidence = 2",
    "DetectionList": "repeated Detection detection = 1",
}
"""By name, a message's fields as .proto files have them; fields are optional or repeated."""

_ENUMS = {
    "LocationData.Format": ("GLOBAL", "BOUNDING_BOX", "RELATIVE_BOUNDING_BOX", "MASK"),
}
"""By name, an enum's values, counted from 0."""


def _add_field(message: Any, name: str, field: str) -> None:
    """Add the field that a line of a .proto file declares to the message called ``name``."""
    *rule, kind, title, _, number = field.split()
    added = message.field.add(name=title, number=int(number))
    added.label = _Types.LABEL_REPEATED if rule else _Types.LABEL_OPTIONAL
    if kind in _SCALARS:
        added.type = _SCALARS[kind]
        added.options.packed = bool(rule) and kind != "string"
        return
    nested = f"{name}.{kind}"
    added.type = _Types.TYPE_ENUM if nested in _ENUMS else _Types.TYPE_MESSAGE
    own = nested in _ENUMS or nested in _MESSAGES
    added.type_name = f".{_PACKAGE}.{nested if own else kind}"


def _file() -> Any:
    """The descriptor of a .proto file with all messages."""
    file = descriptor_pb2.FileDescriptorProto(
        name="holistic/compat/mediapipe.proto", package=_PACKAGE, syntax="proto2"
    )
    messages: dict[str, Any] = {}
    for name, fields in _MESSAGES.items():
        outer, _, inner = name.rpartition(".")
        place = messages[outer].nested_type if outer else file.message_type
        messages[name] = place.add(name=inner)
        for field in fields.split("; "):
            _add_field(messages[name], name, field)
    for name, values in _ENUMS.items():
        outer, _, inner = name.rpartition(".")
        enum = messages[outer].enum_type.add(name=inner)
        for number, value in enumerate(values):
            enum.value.add(name=value, number=number)
    return file


_POOL = descriptor_pool.DescriptorPool()
_POOL.AddSerializedFile(_file().SerializeToString())


def _class(name: str) -> Any:
    """The class of a message; pickle finds it by its name in this module."""
    message = message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
    message.__module__ = __name__
    return message


Landmark = _class("Landmark")
LandmarkList = _class("LandmarkList")
LandmarkListCollection = _class("LandmarkListCollection")
NormalizedLandmark = _class("NormalizedLandmark")
NormalizedLandmarkList = _class("NormalizedLandmarkList")
NormalizedLandmarkListCollection = _class("NormalizedLandmarkListCollection")
Classification = _class("Classification")
ClassificationList = _class("ClassificationList")
ClassificationListCollection = _class("ClassificationListCollection")
LocationData = _class("LocationData")
Detection = _class("Detection")
DetectionList = _class("DetectionList")
