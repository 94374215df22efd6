"""The committed wheels: unaltered, of the recipe beside them, loadable by the pinned Pyodides."""

import tomllib
import zipfile
from pathlib import Path

import pytest

from builder import ROOT, downloads, ingredients, wasm
from tflite_runtime.recipe import crossbuild, provenance

WHEELS = ROOT / "py" / "wheels"
RECORD = ingredients.noted(WHEELS)
TABLE = tomllib.loads((ROOT / "py" / "tflite_runtime" / "sources.toml").read_text())
PYODIDES = {row["version"]: row for row in TABLE["pyodide"]}


def test_there_is_a_record_of_every_wheel() -> None:
    assert {path.name for path in WHEELS.glob("*.whl")} == set(RECORD["wheels"])
    assert {name.partition("-")[0] for name in RECORD["wheels"]} == {
        "holistic_tracking_runtime",
        "holistic_tracking_kernels",
    }


@pytest.mark.parametrize("name", RECORD["wheels"])
def test_wheels_are_what_was_built(name: str) -> None:
    assert provenance.described(WHEELS / name) == RECORD["wheels"][name]


def test_wheels_belong_to_the_recipe() -> None:
    assert provenance.recipe_sha256() == RECORD["recipe_sha256"], (
        "py/tflite_runtime or py/kernels changed after the wheels were built: "
        "run `python build.py wheels`"
    )


def test_an_altered_ingredient_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "kernels").mkdir()
    source = tmp_path / "kernels" / "warp.c"
    source.write_text("one")
    before = provenance.recipe_sha256(tmp_path)
    source.write_text("two")
    altered = provenance.recipe_sha256(tmp_path)
    source.rename(source.with_name("other.c"))
    assert len({before, altered, provenance.recipe_sha256(tmp_path)}) == 3


def modules() -> list[tuple[str, str]]:
    """Each side module, as (wheel, name in it)."""
    return [(wheel, name) for wheel, row in RECORD["wheels"].items() for name in row["modules"]]


@pytest.mark.parametrize("version", PYODIDES)
@pytest.mark.parametrize(("wheel", "name"), modules())
def test_pyodide_has_every_symbol_that_a_side_module_needs(
    wheel: str, name: str, version: str
) -> None:
    pyodide = downloads.npm_package("pyodide", version, PYODIDES[version]["sha256"])
    with zipfile.ZipFile(WHEELS / wheel) as archive:
        assert wasm.missing(archive.read(name), crossbuild.main_module(pyodide)) == set()


def test_the_wheels_are_for_the_lines_that_are_tested() -> None:
    tested = {pin["version"] for name, pin in downloads.PINS["npm"].items() if "pyodide" in name}
    assert tested == PYODIDES.keys()
    assert set(RECORD["pyodide"]) == tested


@pytest.mark.parametrize("name", RECORD["wheels"])
def test_a_wheel_is_named_for_every_line(name: str) -> None:
    tags = sorted(f"py3-none-{row['platform']}" for row in TABLE["pyodide"])
    with zipfile.ZipFile(WHEELS / name) as archive:
        (about,) = (each for each in archive.namelist() if each.endswith("/WHEEL"))
        lines = archive.read(about).decode().splitlines()
    assert [line.removeprefix("Tag: ") for line in lines if line.startswith("Tag: ")] == tags
    platforms = ".".join(sorted(row["platform"] for row in TABLE["pyodide"]))
    assert name.endswith(f"-py3-none-{platforms}.whl")


def test_both_flavours_offer_the_same_functions() -> None:
    (wheel,) = WHEELS.glob("holistic_tracking_runtime-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        plain, relaxed = (
            wasm.exports(archive.read(f"tflite_runtime/libtensorflowlite_{flavour}.wasm"))
            for flavour in ("simd", "relaxed")
        )
    functions = {name for name in plain if name.startswith(("TfLite", "ErrorLog"))}
    assert "TfLiteInterpreterInvoke" in functions
    assert functions <= relaxed


def test_only_the_relaxed_flavour_multiplies_bytes_in_pairs() -> None:
    i16x8_relaxed_dot = b"\xfd\x92\x02"  # of kernels/gemm.c; XNNPACK uses the one that sums four
    (wheel,) = WHEELS.glob("holistic_tracking_runtime-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for flavour, expected in ("relaxed", True), ("simd", False):
            module = archive.read(f"tflite_runtime/libtensorflowlite_{flavour}.wasm")
            assert (i16x8_relaxed_dot in module) == expected


def test_pyodide_loads_no_side_module_before_it_is_wanted() -> None:
    for wheel in RECORD["wheels"]:
        with zipfile.ZipFile(WHEELS / wheel) as archive:
            assert not [name for name in archive.namelist() if ".so" in name]
