"""MediaPipe Tasks' model bundles, put together from the original models.

Google publishes ``holistic_landmarker.task``, ``pose_landmarker.task`` and ``hand_landmarker.task``
in no package registry. Each is a zip, stored without compression, of the .tflite files under fixed
names, each with metadata that says how its input is normalised.

The web package wants a face model of 478 points and refuses the attention model that has them, so
the benchmark's 468-point model gets ten points of zeros, which cost nothing.
"""

import zipfile
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from compress.tflite import model_file

UNIT = (0.0, 255.0)
"""Mean and deviation that bring bytes to 0..1; the detectors' take them to -1..1."""
SIGNED = (127.5, 127.5)
MESH_POINTS = 468
TASKS_POINTS = 478


Contents = dict[str, tuple[str, tuple[float, float]]]
"""By the name in the bundle: the original model, and its input's mean and deviation."""


def write(path: Path, originals: Path, pose: str) -> None:
    """Write a Holistic bundle with the pose landmark model ``pose``, from a folder of originals."""
    write_bundle(path, originals, holistic(pose))


def holistic(pose: str, face: str = "face_landmark") -> Contents:
    """What is in a Holistic bundle with these landmark models."""
    return {
        "face_detector": ("face_detection_short_range", SIGNED),
        "face_landmarks_detector": (face, UNIT),
        "hand_landmarks_detector": ("hand_landmark_full", UNIT),
        "hand_roi_refinement": ("hand_recrop", UNIT),
        "pose_detector": ("pose_detection", SIGNED),
        "pose_landmarks_detector": (pose, UNIT),
    }


def write_bundle(path: Path, originals: Path, contents: Contents) -> None:
    """Write a bundle of these originals."""
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name, (original, normalisation) in contents.items():
            model = model_file.load(originals / f"{original}.tflite")
            if original == "face_landmark":
                pad_mesh(model)
            describe_input(model, *normalisation)
            archive.writestr(f"{name}.tflite", model_file.serialize(model))
    part.rename(path)


def pad_mesh(model: Any) -> None:
    """Append zeros to the face mesh output for the points that it lacks."""
    graph = model.subgraphs[0]
    mesh = int(graph.outputs[0])
    size = model_file.shape(graph.tensors[mesh])
    padding = np.zeros((*size[:-1], (TASKS_POINTS - MESH_POINTS) * 3), np.float32)
    zeros = model_file.add_tensor(model, b"irises", padding.shape, np.float32)
    model_file.set_constant(model, graph.tensors[zeros], padding)
    padded = model_file.add_tensor(
        model, b"padded_mesh", (*size[:-1], TASKS_POINTS * 3), np.float32
    )
    code = model_file.operator_code(model, schema.BuiltinOperator.CONCATENATION, 1)
    join = model_file.operator(code, [mesh, zeros], [padded])
    join.builtinOptionsType = schema.BuiltinOptions.ConcatenationOptions
    join.builtinOptions = schema.ConcatenationOptionsT()
    join.builtinOptions.axis = len(size) - 1
    graph.operators.append(join)
    graph.outputs = np.array([padded, *graph.outputs[1:]], np.int32)


def describe_input(model: Any, mean: float, deviation: float) -> None:
    """Attach metadata: the input is (byte - mean) / deviation. Replaces what is there."""
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(_metadata(mean, deviation), np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name = "TFLITE_METADATA"
    entry.buffer = len(model.buffers) - 1
    model.metadata = [entry]


def _metadata(mean: float, deviation: float) -> bytes:
    """A flatbuffer of TFLite's metadata schema: ModelMetadata.subgraph_metadata[0]

    .input_tensor_metadata[0].process_units[0].options = NormalizationOptions. The numbers are
    the positions of these fields in their tables, and the count of fields up to there.
    """
    builder = flatbuffers.Builder(256)
    options = _table(builder, 2, {0: _floats(builder, mean), 1: _floats(builder, deviation)})
    builder.StartObject(2)
    builder.PrependUint8Slot(0, 1, 0)  # the options are NormalizationOptions
    builder.PrependUOffsetTRelativeSlot(1, options, 0)
    unit = builder.EndObject()
    tensor = _table(builder, 5, {4: _tables(builder, unit)})
    graph = _table(builder, 3, {2: _tables(builder, tensor)})
    builder.Finish(_table(builder, 4, {3: _tables(builder, graph)}), file_identifier=b"M001")
    return bytes(builder.Output())


def _table(builder: flatbuffers.Builder, fields: int, values: dict[int, int]) -> int:
    builder.StartObject(fields)
    for slot, offset in values.items():
        builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
    return int(builder.EndObject())


def _tables(builder: flatbuffers.Builder, table: int) -> int:
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(table)
    return int(builder.EndVector())


def _floats(builder: flatbuffers.Builder, value: float) -> int:
    builder.StartVector(4, 1, 4)
    builder.PrependFloat32(value)
    return int(builder.EndVector())
