"""Int8 networks give the very numbers of the native interpreter, whatever kernels an engine gets.

Float depthwise convolutions, which have a kernel of ours too, give them but for rounding.

In Chromium the kernels of py/tflite_runtime/kernels run: those for exact byte dot products where
the processor has them, else those for products summed in pairs, where the weights are small enough;
a second Chromium has the latter on every x86-64.
Under Node and in the plain flavour it is XNNPACK's own.
"""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter as NativeInterpreter
from chromium_session import Engine
from pyodide_session import ROOT
from quantized_models import SAME, VALID, Case, build

from holistic.inference.model_files import load

RELU, RELU6 = 1, 3

DEPTHWISE = [
    # Channels around the kernels' blocks of 8 and 16, both kernel sizes.
    *(Case((5, 7, channels), kernel=k) for k in (3, 5) for channels in (1, 7, 8, 9, 16, 17, 40)),
    # Strides, dilations and paddings; a kernel of 7 and one of 2 are XNNPACK's own.
    *(Case((9, 12, 24), kernel=k, stride=s) for k in (3, 5) for s in (2, 3)),
    Case((9, 12, 24), kernel=5, stride=5),
    *(Case((9, 12, 24), kernel=k, dilation=2) for k in (3, 5)),
    *(Case((9, 12, 24), kernel=k, padding=VALID, stride=s) for k in (3, 5) for s in (1, 2)),
    *(Case((9, 12, 20), kernel=k) for k in (2, 7)),
    # Rows longer than what is worked on at once, one pixel, several pictures.
    *(
        Case((3, width, 16), kernel=k)
        for k in (3, 5)
        for width in (1, 2, 63, 64, 65, 131, 132, 133)
    ),
    *(Case((3, 140, 16), kernel=k, stride=s) for k in (3, 5) for s in (2, 3)),
    *(Case((1, 1, 8), kernel=k) for k in (3, 5)),
    Case((6, 6, 24), batch=3),
    # Zero points and activations at the ends of the range.
    *(Case((6, 6, 24), zero_point=z, activation=a) for z in (-128, 0, 127) for a in (RELU, RELU6)),
    # Sums as large as they can be.
    *(Case((6, 6, 24), kernel=k, weights=w) for k in (3, 5) for w in ("least", "greatest")),
]
FULL = [
    *(Case((5, 7, i), kernel=1, outputs=o) for i in (1, 3, 8, 13, 40) for o in (1, 7, 8, 17, 24)),
    *(Case((9, 9, i), kernel=k, outputs=24, stride=2) for i in (3, 16) for k in (2, 3, 5)),
    # Pixels around the kernels' four, inputs of one group of four at each tap of a window.
    *(Case((1, width, 12), kernel=1, outputs=12) for width in (1, 2, 3, 4, 5, 6)),
    *(Case((3, 6, i), kernel=3, outputs=o) for i in (1, 2, 4, 5) for o in (8, 17)),
    Case((9, 9, 8), kernel=3, outputs=9, dilation=2, zero_point=127),
    Case((4, 4, 32), kernel=1, outputs=16, batch=3, activation=RELU6),
    *(Case((4, 4, 64), kernel=1, outputs=16, weights=w) for w in ("least", "greatest")),
]
GROUP, TWO_PAIRS = {2: 64, 3: 42, 5: 25, 7: 64}, 32
"""Limits for weights that may be multiplied by 255 and summed in 16 bits: those of two rows of a
depthwise window, by its size, and four of another convolution."""

NARROW_DEPTHWISE = [
    *(replace(case, limit=GROUP[case.kernel]) for case in DEPTHWISE),
    # Weights too many for a group, or for a pair: such a layer is not computed in pairs.
    *(Case((6, 6, 24), kernel=k, weights="least", limit=GROUP[k] + 1) for k in (3, 5)),
    Case((6, 6, 24), weights="least", limit=65),
]
NARROW_FULL = [
    *(replace(case, limit=TWO_PAIRS) for case in FULL),
    # Inputs around the kernels' blocks of 4 and 8, outputs around those of 8 and 16, odd pixels.
    *(Case((3, 3, i), kernel=1, outputs=9, limit=TWO_PAIRS) for i in (4, 5, 7, 9, 12, 16, 20)),
    *(Case((1, 3, 8), kernel=1, outputs=o, limit=TWO_PAIRS) for o in (16, 25, 32, 33, 40)),
    *(Case((3, 5, i), kernel=3, outputs=17, limit=TWO_PAIRS) for i in (3, 4, 5, 8, 12)),
    # One weight too many: such a layer is not computed in pairs.
    *(Case((3, 3, 8), kernel=1, outputs=8, weights="least", limit=limit) for limit in (33, 64)),
]
REAL_DEPTHWISE = [
    case
    for k in (3, 5)
    for case in (
        # Channels around the kernel's blocks of 4.
        *(Case((5, 7, c), kernel=k, real=True) for c in (1, 2, 3, 4, 5, 7, 8, 9, 16, 40)),
        # Strides, dilations and paddings; rows longer than what is worked on at once; one pixel.
        *(
            Case((9, 12, 24), kernel=k, stride=s, padding=p, real=True)
            for s in (1, 2, 3)
            for p in (SAME, VALID)
        ),
        Case((9, 12, 24), kernel=k, dilation=2, real=True),
        *(Case((3, width, 8), kernel=k, real=True) for width in (1, 2, 63, 64, 65, 131)),
        *(Case((3, 131, 8), kernel=k, stride=s, real=True) for s in (2, 3)),
        Case((1, 1, 6), kernel=k, real=True),
        Case((6, 6, 12), kernel=k, batch=3, real=True),
        *(Case((6, 6, 7), kernel=k, activation=a, real=True) for a in (RELU, RELU6)),
    )
]
REAL_DEPTHWISE += [Case((9, 12, 20), kernel=2, real=True)]  # XNNPACK's own
PADS = [
    Case((6, 5, 3), pad=pad, batch=2)
    for pad in (
        ((0, 0), (1, 1), (1, 1), (0, 0)),
        ((0, 0), (0, 1), (0, 2), (0, 0)),
        ((0, 0), (2, 0), (0, 0), (0, 0)),
        ((0, 0), (0, 0), (3, 1), (1, 4)),
        ((0, 0), (0, 0), (0, 0), (0, 5)),
        ((1, 0), (0, 0), (2, 2), (0, 0)),
    )
]

RUN = """
import numpy as np
from tflite_runtime.interpreter import Interpreter
inputs, outputs = np.load("/shared/in.npz"), {}
for name, given in inputs.items():
    with Interpreter(model_path=f"/shared/{name}.tflite") as interpreter:
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], given)
        interpreter.invoke()
        for number, detail in enumerate(interpreter.get_output_details()):
            outputs[f"{name}.{number}"] = interpreter.get_tensor(detail["index"])
np.savez("/shared/out.npz", **outputs)
"""


def both(engine: Engine, models: dict[str, bytes], inputs: dict[str, np.ndarray]):
    """What the native interpreter and ``engine`` give, by model and number of the output."""
    native = {}
    for name, content in models.items():
        (engine.folder / f"{name}.tflite").write_bytes(content)
        interpreter = NativeInterpreter(model_content=content, num_threads=1)
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], inputs[name])
        interpreter.invoke()
        for number, detail in enumerate(interpreter.get_output_details()):
            native[f"{name}.{number}"] = interpreter.get_tensor(detail["index"])
    np.savez(engine.folder / "in.npz", **inputs)
    engine.run(RUN)
    for name in models:
        (engine.folder / f"{name}.tflite").unlink()
    with np.load(engine.folder / "out.npz") as ours:
        return native, dict(ours)


@pytest.mark.parametrize(
    "cases",
    [DEPTHWISE, FULL, NARROW_DEPTHWISE, NARROW_FULL, PADS],
    ids=["depthwise", "convolutions", "narrow depthwise", "narrow convolutions", "paddings"],
)
@pytest.mark.parametrize("pixels", ["random", "least", "greatest"])
def test_operators_give_the_native_bytes(engine: Engine, cases: list[Case], pixels: str) -> None:
    random = np.random.default_rng(len(cases))
    models = {f"m{index}": build(case, random) for index, case in enumerate(cases)}
    low, high = {"random": (-128, 127), "least": (-128, -128), "greatest": (127, 127)}[pixels]
    inputs = {
        name: random.integers(low, high, (case.batch, *case.shape), np.int8, endpoint=True)
        for name, case in zip(models, cases, strict=True)
    }
    native, ours = both(engine, models, inputs)
    wrong = [
        str(case)
        for name, case in zip(models, cases, strict=True)
        if not np.array_equal(native[f"{name}.0"], ours[f"{name}.0"])
    ]
    assert not wrong, "\n".join(wrong)


def test_float_depthwise_convolutions_give_the_native_numbers(engine: Engine) -> None:
    random = np.random.default_rng(7)
    models = {f"m{index}": build(case, random) for index, case in enumerate(REAL_DEPTHWISE)}
    inputs = {
        name: random.normal(size=(case.batch, *case.shape)).astype(np.float32)
        for name, case in zip(models, REAL_DEPTHWISE, strict=True)
    }
    native, ours = both(engine, models, inputs)
    wrong = [
        str(case)
        for name, case in zip(models, REAL_DEPTHWISE, strict=True)
        # The order in which products are summed is not the same everywhere.
        if not np.allclose(native[f"{name}.0"], ours[f"{name}.0"], rtol=1e-5, atol=1e-5)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["hand_landmarks", "pose_landmarks_lite", "face_landmarks"])
def test_whole_networks_give_the_native_numbers(engine: Engine, name: str) -> None:
    content = load(name, variant="int8")
    interpreter = NativeInterpreter(model_content=content)
    detail = interpreter.get_input_details()[0]
    # A picture, not noise: it is what the networks are for, and in noise a float layer's rounding
    # grows from integer layer to integer layer.
    picture = cv2.imread(str(ROOT / "tests" / "media" / "signing.jpg"))[:, 80:560, ::-1]
    given = cv2.resize(picture, detail["shape"][2:0:-1])[None].astype(np.float32) / 255
    assert detail["dtype"] == np.float32
    native, ours = both(engine, {name: content}, {name: given})
    for key, expected in native.items():
        # What is still float in these networks is summed in another order, and an integer that
        # comes out one step apart moves some outputs more than others.
        scale = max(np.abs(expected).max(), 1e-3)
        assert np.abs(ours[key] - expected).mean() < 2e-2 * scale, key
