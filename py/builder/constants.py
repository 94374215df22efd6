"""The constants that Python and JavaScript share, written for JavaScript.

They are declared in ``holistic/shared`` and in the tag's table of faults. The module that is made
of those is kept in the repository, so that JavaScript can be checked as it lies there. They are
read by themselves: importing ``holistic`` would need NumPy, which is not there when the site is
built.
"""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

from builder import ROOT

MODULE = ROOT / "web" / "shared" / "constants.js"
FAULTS = ROOT / "web" / "tag" / "faults.py"
SHARED = ROOT / "py" / "holistic" / "shared"
"""Modules of the tracker that the page's MicroPython reads too."""

_QUOTED_KEY = re.compile(r'^( *)"(\w+)":', re.M)

_HEAD = """\
// Made by py/builder/constants.py of holistic/shared and tag/faults.py: change those, and build.
"""


def module_text() -> str:
    """The text of the JavaScript module."""
    names = ("layout", "model_sets", "quality", "blendshapes", "bones", "stillness")
    layout, model_sets, quality, blendshapes, bones, stillness = (
        loaded(SHARED / f"{name}.py") for name in names
    )
    exported = {
        "LAYOUT": ("where everything is: see layout.py", _numbers(layout)),
        "STILLNESS": ("how frames are compared: see stillness.py", _numbers(stillness)),
        "PARTS": ("in the order of the layout", list(layout.PARTS)),
        "BONES": ("of a humanoid, in the order of the layout", list(bones.BONES)),
        "BLENDSHAPES": ("in the order of the record", list(blendshapes.NAMES)),
        "VARIANTS": ("of the models", sorted(model_sets.VARIANTS)),
        "LEVELS": ("of effort, the greatest first", list(quality.LEVELS)),
        "AUTO": ("the variant, and the level, that is chosen by itself", quality.AUTO),
        "APPROXIMATE": ("what asks for rough blendshapes", model_sets.APPROXIMATE),
        "FAULTS": ("by code: what follows, and the sentence", _faults()),
    }
    lines = [_HEAD]
    for name, (meaning, value) in exported.items():
        text = _QUOTED_KEY.sub(r"\1\2:", json.dumps(value, indent=2, ensure_ascii=False))
        lines.append(f"// {meaning[0].upper()}{meaning[1:]}.\nexport const {name} = {text};\n")
    return "\n".join(lines)


def write() -> None:
    """Bring the module up to date."""
    text = module_text()
    if not MODULE.exists() or MODULE.read_text("utf-8") != text:
        MODULE.parent.mkdir(exist_ok=True)
        part = MODULE.with_suffix(".part")
        part.write_text(text, "utf-8")
        part.replace(MODULE)


def loaded(path: Path) -> ModuleType:
    """The module in a file that imports nothing."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _numbers(module: ModuleType) -> dict[str, float]:
    return {name: value for name, value in vars(module).items() if isinstance(value, (int, float))}


def _faults() -> dict[str, dict[str, object]]:
    table = loaded(FAULTS).FAULTS
    return {code: {"follows": list(then), "sentence": text} for code, (then, text) in table.items()}
