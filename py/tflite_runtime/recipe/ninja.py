"""Writes the build.ninja that compiles XNNPACK and TensorFlow Lite and links the side modules.

What is compiled stands in objects.toml; XNNPACK's lists of files are read from its own CMake
files, so that they fit the version unpacked. Paths are relative to the build folder, in which
each source has the folder of its name, our shims are in ``shims`` and our microkernels in
``kernels``.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RULES = """\
rule cc
  command = emcc -c -std=gnu11 $flags $in -o $out -MMD -MF $out.d
  depfile = $out.d
  deps = gcc
rule cxx
  command = em++ -c -std=c++17 $flags $in -o $out -MMD -MF $out.d
  depfile = $out.d
  deps = gcc
rule archive
  command = rm -f $out && emar crs $out @$out.rsp
  rspfile = $out.rsp
  rspfile_content = $in
rule link
  command = em++ $flags $in -o $out
"""

ARCHIVED = ("xnnpack", "kernels", "pthreadpool", "farmhash", "tensorflow", "flatbuffers")
"""Groups that are archived, so that the linker takes from them what is asked for."""


def write(folder: Path, table: dict[str, Any]) -> dict[str, str]:
    """Write ``folder``/build.ninja from the parsed objects.toml; each flavour's side module."""
    lines = [RULES]
    modules = {flavour: f"libtensorflowlite_{flavour}.so" for flavour in table["flavour"]}
    for flavour, module in modules.items():
        lines += _flavour(folder, table, flavour, module)
    (folder / "build.ninja").write_text("\n".join(lines) + "\n")
    return modules


def _flavour(folder: Path, table: dict[str, Any], flavour: str, module: str) -> Iterator[str]:
    """The statements that make one side module."""
    archives = []
    for name in ARCHIVED:
        objects, statements = _compile(folder, table, flavour, name)
        yield from statements
        archives.append(f"{flavour}/lib{name}.a")
        yield f"build {archives[-1]}: archive {' '.join(objects)}"
    shims, statements = _compile(folder, table, flavour, "shims")
    yield from statements
    exports = ",".join(f"_{name}" for name in table["link"]["exports"])
    flags = [*table["link"]["flags"], *table["flavour"][flavour], f"-sEXPORTED_FUNCTIONS={exports}"]
    # Twice, since the archives need one another.
    inputs = " ".join(shims + archives + archives)
    yield f"build {module}: link {inputs}\n  flags = {' '.join(flags)}"


def _compile(
    folder: Path, table: dict[str, Any], flavour: str, name: str
) -> tuple[list[str], list[str]]:
    """The object files of one group, and the statements that make them."""
    group = table[name]
    files = list(group["objects"])
    if "lists" in group:
        files += xnnpack_files(folder / name, group, flavour)
    flags = [*table["flavour"][flavour], *group["flags"]]
    flags += [f"-DXNN_ENABLE_{processor}=0" for processor in group.get("disabled", ())]
    flags += [f"-I{path}" for path in group["include"]]
    variable = f"{name}_{flavour}"
    statements = [f"{variable} = {' '.join(flags)}"]
    objects = []
    for file in dict.fromkeys(files):
        objects.append(f"{flavour}/{name}/{file}.o")
        rule = "cc" if file.endswith(".c") else "cxx"
        source = f"{group['root']}/{file}"
        statements.append(f"build {objects[-1]}: {rule} {source}\n  flags = ${variable}")
    return objects, statements


def xnnpack_files(folder: Path, group: dict[str, Any], flavour: str) -> list[str]:
    """XNNPACK's general files and the microkernels of ``flavour``."""
    general = (folder / "CMakeLists.txt").read_text()
    files = [file for name in group["lists"] for file in _cmake_list(general, name)]
    for instructions in group["microkernels"][flavour]:
        text = (folder / "cmake" / "gen" / f"{instructions}_microkernels.cmake").read_text()
        files += _cmake_list(text, f"PROD_{instructions.upper()}_MICROKERNEL_SRCS")
    return files


def _cmake_list(text: str, name: str) -> list[str]:
    """The source files in ``SET(name ...)`` of a CMake file, without generated ones."""
    found = re.search(rf"SET\({name}\s(.*?)\)", text, re.DOTALL)
    if found is None:
        raise ValueError(f"XNNPACK's CMake files have no list {name}")
    return [file for file in found[1].split() if re.fullmatch(r"src/[\w/.-]+\.(c|cc)", file)]
