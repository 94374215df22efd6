"""The steps of the wheels' recipe that need no toolchain: sources and the ninja file."""

import hashlib
import tarfile
import tomllib
from pathlib import Path

import pytest

from builder import ROOT, sources
from tflite_runtime.recipe import ninja

RECIPE = ROOT / "py" / "tflite_runtime"


def archive(folder: Path, files: dict[str, str]) -> sources.Source:
    """Write an archive with ``files`` (name: text) and declare it as a source."""
    path = folder / "thing_1.orig.tar.xz"
    tree = folder / "tree"
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    with tarfile.open(path, "w:xz") as tar:
        tar.add(tree, ".")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return sources.Source(
        "thing", "1", "MIT", f"t/thing/{path.name}", digest, 1, ("src", "COPYING")
    )


def test_a_source_is_unpacked_without_its_leading_folder_and_what_is_not_kept(
    tmp_path: Path,
) -> None:
    names = ["thing-1/src/a.c", "thing-1/src-other/b.c", "thing-1/COPYING", "thing-1/doc/c"]
    source = archive(tmp_path, dict.fromkeys(names, "text"))
    out = tmp_path / "out"
    sources.unpack(source, sources.fetch(source, tmp_path), out)
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files == {"src/a.c", "COPYING"}


def test_an_altered_source_is_refused_and_removed(tmp_path: Path) -> None:
    source = archive(tmp_path, {"thing-1/COPYING": "text"})
    path = tmp_path / source.file
    path.write_bytes(b"something else")
    with pytest.raises(sources.SourceError, match=rf"expected sha256 {source.sha256}, got"):
        sources.fetch(source, tmp_path)
    assert not path.exists()


def test_a_patch_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "a.c").write_text("one\n")
    difference = tmp_path / "thing-change.patch"
    difference.write_text("--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-one\n+two\n")
    sources.patch(tmp_path, [difference])
    assert (tmp_path / "thing" / "a.c").read_text() == "two\n"
    with pytest.raises(sources.SourceError, match=r"thing-change\.patch does not apply"):
        sources.patch(tmp_path, [difference])


def test_every_patch_is_named_after_its_source() -> None:
    table = tomllib.loads((RECIPE / "sources.toml").read_text())
    names = {source.name for source in sources.declared(table)}
    assert {path.name.partition("-")[0] for path in (RECIPE / "patches").iterdir()} <= names


def test_the_ninja_file_compiles_each_flavour_with_its_own_flags(tmp_path: Path) -> None:
    group = {"root": "r", "objects": ["a.c", "b.cc"], "flags": ["-O2"], "include": ["i"]}
    table = {
        "flavour": {"simd": ["-msimd128"], "relaxed": ["-msimd128", "-mrelaxed-simd"]},
        **dict.fromkeys((*ninja.ARCHIVED, "shims"), group),
        "link": {"flags": ["-shared"], "exports": ["First", "Second"]},
    }
    modules = ninja.write(tmp_path, table)
    text = (tmp_path / "build.ninja").read_text()
    assert modules["relaxed"] == "libtensorflowlite_relaxed.so"
    assert "xnnpack_simd = -msimd128 -O2 -Ii\n" in text
    assert "xnnpack_relaxed = -msimd128 -mrelaxed-simd -O2 -Ii\n" in text
    assert "build simd/xnnpack/a.c.o: cc r/a.c\n  flags = $xnnpack_simd\n" in text
    assert "build relaxed/tensorflow/b.cc.o: cxx r/b.cc\n" in text
    assert "-sEXPORTED_FUNCTIONS=_First,_Second" in text


def test_xnnpacks_files_are_read_from_its_cmake_lists(tmp_path: Path) -> None:
    (tmp_path / "cmake" / "gen").mkdir(parents=True)
    (tmp_path / "CMakeLists.txt").write_text(
        'SET(GENERAL\n  src/one.c\n  "${PROJECT_BINARY_DIR}/made.c")\nSET(OTHER src/two.c)\n'
    )
    (tmp_path / "cmake" / "gen" / "wasm_microkernels.cmake").write_text(
        "SET(PROD_WASM_MICROKERNEL_SRCS\n  src/k/k-4x4.c)\nSET(NON_PROD_WASM_SRCS src/slow.c)\n"
    )
    group = {"lists": ["GENERAL"], "microkernels": {"simd": ["wasm"]}}
    assert ninja.xnnpack_files(tmp_path, group, "simd") == ["src/one.c", "src/k/k-4x4.c"]
    with pytest.raises(ValueError, match="no list MISSING"):
        ninja.xnnpack_files(tmp_path, {**group, "lists": ["MISSING"]}, "simd")
