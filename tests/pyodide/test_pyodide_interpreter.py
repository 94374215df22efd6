"""tflite_runtime.interpreter inside Pyodide, in both flavours, against native LiteRT."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter as NativeInterpreter
from pyodide_session import ROOT, Pyodide

FLOAT = ROOT / "models" / "float"
ORIGINALS = ROOT / "build" / "originals"
MODELS = [
    FLOAT / "face_detector.tflite",
    FLOAT / "face_landmarks.tflite",
    FLOAT / "hand_landmarks.tflite",
    FLOAT / "hand_recrop.tflite",
    FLOAT / "pose_detector.tflite",
    FLOAT / "pose_landmarks_full.tflite",
    FLOAT / "pose_landmarks_lite.tflite",
    # MediaPipe's own files: weights in float16, some sparse, and the segmentation branch.
    ORIGINALS / "pose_detection.tflite",
    ORIGINALS / "pose_landmark_full.tflite",
]

RUN = """
import numpy as np
from tflite_runtime.interpreter import Interpreter

with Interpreter(model_path=path) as interpreter:
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), np.load("/shared/in.npz").values()):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    outputs = interpreter.get_output_details()
    np.savez("/shared/out.npz", *(interpreter.get_tensor(detail["index"]) for detail in outputs))
    result = [detail["name"] for detail in outputs]
"""


@pytest.fixture
def model(pyodide: Pyodide) -> str:
    """A small model's path inside Pyodide: input (1, 256, 256, 3), outputs (1, 2), (1, 2)..."""
    return inside(pyodide, FLOAT / "hand_recrop.tflite")


def inside(pyodide: Pyodide, path: Path) -> str:
    """Copy a model to where Pyodide sees it; its path there."""
    if not path.is_file():
        pytest.skip(f"{path} is missing: run `python build.py models`")
    shutil.copy(path, pyodide.folder)
    return f"/shared/{path.name}"


def failure(pyodide: Pyodide, code: str, **inputs: object) -> str:
    """Type and text of the exception that ``code`` ends with."""
    with pytest.raises(RuntimeError) as raised:
        pyodide.run(f"from tflite_runtime.interpreter import Interpreter\n{code}", **inputs)
    return str(raised.value).strip().splitlines()[-1]


def test_loads_the_flavour_asked_for(pyodide: Pyodide) -> None:
    code = """
from tflite_runtime import _library
result = _library.flavour()
"""
    assert pyodide.run(code) == pyodide.flavour


def test_chooses_relaxed_simd_where_the_engine_has_it(pyodide: Pyodide) -> None:
    code = """
import os
from tflite_runtime import _library
chosen = os.environ.pop(_library.VARIABLE)
result = _library.flavour()
os.environ[_library.VARIABLE] = chosen
"""
    assert pyodide.run(code) == "relaxed"


def test_says_what_is_missing_in_a_browser_without_simd(pyodide: Pyodide) -> None:
    code = """
import os
from tflite_runtime import _library
chosen, probes = os.environ.pop(_library.VARIABLE), dict(_library.PROBES)
_library.PROBES.update(dict.fromkeys(probes, b"what no engine knows"))
try:
    _library.flavour()
except ImportError as error:
    result = str(error)
_library.PROBES.update(probes)
os.environ[_library.VARIABLE] = chosen
"""
    assert "needs WebAssembly SIMD" in pyodide.run(code)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_computes_what_native_litert_computes(pyodide: Pyodide, path: Path) -> None:
    place = inside(pyodide, path)
    native = NativeInterpreter(model_path=str(path), num_threads=1)
    native.allocate_tensors()
    random = np.random.default_rng(1)
    inputs = [random.random(d["shape"], np.float32) for d in native.get_input_details()]
    for detail, value in zip(native.get_input_details(), inputs, strict=True):
        native.set_tensor(detail["index"], value)
    native.invoke()
    np.savez(pyodide.folder / "in.npz", *inputs)
    names = pyodide.run(RUN, path=place)
    outputs = np.load(pyodide.folder / "out.npz")
    assert names == [detail["name"] for detail in native.get_output_details()]
    for detail, output in zip(native.get_output_details(), outputs.values(), strict=True):
        expected = native.get_tensor(detail["index"])
        scale = max(float(np.abs(expected).max()), 1e-3)
        np.testing.assert_allclose(output, expected, rtol=0, atol=5e-4 * scale)


def test_describes_tensors_as_native_litert_does(pyodide: Pyodide, model: str) -> None:
    code = """
from tflite_runtime.interpreter import Interpreter
with Interpreter(model_path=path) as interpreter:
    interpreter.allocate_tensors()
    details = interpreter.get_input_details() + interpreter.get_output_details()
result = [
    {
        **detail,
        "shape": detail["shape"].tolist(),
        "shape_signature": detail["shape_signature"].tolist(),
        "dtype": detail["dtype"].__name__,
        "quantization_parameters": {
            key: getattr(value, "tolist", lambda: value)()
            for key, value in detail["quantization_parameters"].items()
        },
    }
    for detail in details
]
"""
    native = NativeInterpreter(model_path=str(FLOAT / "hand_recrop.tflite"))
    native.allocate_tensors()
    details = native.get_input_details() + native.get_output_details()
    for ours, expected in zip(pyodide.run(code, path=model), details, strict=True):
        assert ours.keys() == expected.keys()
        assert ours["name"] == expected["name"]
        assert ours["index"] == expected["index"]
        assert ours["shape"] == expected["shape"].tolist()
        assert ours["dtype"] == expected["dtype"].__name__
        assert tuple(ours["quantization"]) == expected["quantization"]
        parameters = expected["quantization_parameters"]
        assert ours["quantization_parameters"] == {
            "scales": parameters["scales"].tolist(),
            "zero_points": parameters["zero_points"].tolist(),
            "quantized_dimension": parameters["quantized_dimension"],
        }


def test_a_tensor_is_a_view_of_the_tensors_own_memory(pyodide: Pyodide, model: str) -> None:
    code = """
import numpy as np
from tflite_runtime.interpreter import Interpreter
with Interpreter(model_path=path) as interpreter:
    interpreter.allocate_tensors()
    image = interpreter.get_input_details()[0]["index"]
    scores = interpreter.get_output_details()[0]["index"]
    view, output = interpreter.tensor(image), interpreter.tensor(scores)
    view()[...] = 0.5
    interpreter.invoke()
    first = output().copy()
    memory = bytearray(64 << 20)  # the heap grows
    interpreter.set_tensor(image, np.full(view().shape, 0.5, np.float32))
    interpreter.invoke()
    result = bool((first == output()).all() and (first == interpreter.get_tensor(scores)).all())
"""
    assert pyodide.run(code, path=model)


def test_a_view_keeps_its_interpreter_open(pyodide: Pyodide, model: str) -> None:
    code = """
import gc
from tflite_runtime.interpreter import Interpreter
interpreter = Interpreter(model_path=path)
interpreter.allocate_tensors()
view = interpreter.tensor(interpreter.get_input_details()[0]["index"])()
view[...] = 0.25
del interpreter
gc.collect()
others = [bytearray(view.nbytes) for _ in range(8)]
result = bool((view == 0.25).all())
"""
    assert pyodide.run(code, path=model)


def test_reads_a_model_from_bytes(pyodide: Pyodide, model: str) -> None:
    code = """
from tflite_runtime.interpreter import Interpreter
content = open(path, "rb").read()
result = []
for given in (content, bytearray(content), memoryview(content)):
    with Interpreter(model_content=given) as interpreter:
        interpreter.allocate_tensors()
        interpreter.invoke()
        result.append(interpreter.get_input_details()[0]["shape"].tolist())
"""
    assert pyodide.run(code, path=model) == [[1, 256, 256, 3]] * 3


def test_an_input_can_be_given_another_shape(pyodide: Pyodide, model: str) -> None:
    code = """
from tflite_runtime.interpreter import Interpreter
with Interpreter(model_path=path) as interpreter:
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, (2, 256, 256, 3))
    interpreter.allocate_tensors()
    interpreter.tensor(index)()[...] = 0.5
    interpreter.invoke()
    output = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    result = [list(output.shape), bool((output[0] == output[1]).all())]
"""
    shape, same = pyodide.run(code, path=model)
    assert shape[0] == 2
    assert same


def test_nothing_leaks_when_interpreters_are_closed(pyodide: Pyodide, model: str) -> None:
    code = """
import pyodide_js
from tflite_runtime.interpreter import Interpreter

def cycle():
    with Interpreter(model_path=path) as interpreter:
        interpreter.allocate_tensors()
        interpreter.invoke()

def heap():
    return pyodide_js._module.HEAPU8.length

for _ in range(3):
    cycle()
before = heap()
for _ in range(50):
    cycle()
result = heap() - before
"""
    assert pyodide.run(code, path=model) == 0


def test_a_damaged_model_is_an_error(pyodide: Pyodide, model: str) -> None:
    code = """
from tflite_runtime.interpreter import Interpreter
content = open(path, "rb").read()
result = []
for size in (0, 1, 8, 100, len(content) // 3, len(content) // 2, len(content) - 1000):
    try:
        Interpreter(model_content=content[:size])
    except ValueError as error:
        result.append(str(error))
"""
    messages = pyodide.run(code, path=model)
    assert len(messages) == 7
    assert all("damaged or no TensorFlow Lite model" in message for message in messages)
    assert "(100 bytes)" in messages[3]


def test_random_damage_never_stops_pyodide(pyodide: Pyodide, model: str) -> None:
    code = """
import numpy as np
from tflite_runtime.interpreter import Interpreter
content = np.fromfile(path, np.uint8)
random = np.random.default_rng(7)
result = 0
for _ in range(100):
    damaged = content.copy()
    damaged[random.integers(0, content.size, 20)] = random.integers(0, 256, 20)
    damaged[content.size - 1 - random.integers(0, 8000, 2)] = random.integers(0, 256, 2)
    try:
        with Interpreter(model_content=damaged.tobytes()) as interpreter:
            interpreter.allocate_tensors()
            interpreter.invoke()
    except (ValueError, RuntimeError):
        result += 1
"""
    assert pyodide.run(code, path=model) > 0


def test_an_operator_that_is_not_there_is_named(pyodide: Pyodide, model: str) -> None:
    flatbuffers = pytest.importorskip("flatbuffers")
    from ai_edge_litert import schema_py_generated as schema

    path = pyodide.folder / Path(model).name
    net = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(path.read_bytes(), 0))
    net.operatorCodes[0].builtinCode = schema.BuiltinOperator.HASHTABLE_LOOKUP
    net.operatorCodes[0].deprecatedBuiltinCode = schema.BuiltinOperator.HASHTABLE_LOOKUP
    builder = flatbuffers.Builder()
    builder.Finish(net.Pack(builder), b"TFL3")
    (pyodide.folder / "strange.tflite").write_bytes(builder.Output())
    message = failure(pyodide, "Interpreter(model_path='/shared/strange.tflite')")
    assert message.startswith("ValueError: the model /shared/strange.tflite cannot be run")
    assert "HASHTABLE_LOOKUP" in message


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Interpreter()", "ValueError: give either model_path or model_content"),
        ("Interpreter(model_path='/nowhere')", "FileNotFoundError"),
        ("Interpreter(model_path=path, num_threads=0)", "num_threads must be at least 1, not 0"),
        ("i.set_tensor(0, np.zeros((1, 256, 256, 3)))", "takes float32 of shape (1, 256, 256, 3)"),
        ("i.set_tensor(0, np.zeros((1, 256, 256, 3)))", "not float64 of shape (1, 256, 256, 3)"),
        ("i.set_tensor(0, np.zeros((256, 256, 3), 'f'))", "not float32 of shape (256, 256, 3)"),
        ("i.set_tensor(0, np.zeros(3, 'f'))", "ValueError: tensor 0 (input_1) takes float32"),
        ("i.get_tensor(99999)", "has no tensor 99999"),
        ("i.get_tensor(-1)", "has no tensor -1"),
        ("i.resize_tensor_input(1, (1,))", "tensor 1 is no input of the model"),
        ("i.resize_tensor_input(0, (2, 256, 256, 3)); i.invoke()", "RuntimeError: invoke of the"),
        ("i.resize_tensor_input(0, (1, -5, 9, 3))", "RuntimeError: resize_tensor_input to [1, -5"),
        ("i.close(); i.close(); i.invoke()", "ValueError: this interpreter is closed"),
        ("i.close(); i.get_input_details()", "ValueError: this interpreter is closed"),
    ],
)
def test_misuse_says_what_was_wrong(
    pyodide: Pyodide, model: str, statement: str, expected: str
) -> None:
    code = f"""
import numpy as np
i = Interpreter(model_path=path)
i.allocate_tensors()
{statement}
"""
    assert expected in failure(pyodide, code, path=model)


def test_nothing_is_printed(pyodide: Pyodide, model: str) -> None:
    code = """
from tflite_runtime.interpreter import Interpreter
with Interpreter(model_path=path) as interpreter:
    interpreter.allocate_tensors()
    interpreter.invoke()
"""
    pyodide.run(code, path=model)
    assert pyodide.printed == []
