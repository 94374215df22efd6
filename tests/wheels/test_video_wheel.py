"""The committed video reader: of the recipe beside it, without GPL parts, for all Linuxes."""

import hashlib
import json
import platform
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from builder import ROOT, environment, ingredients
from video_runtime.recipe import provenance

RECORD = ingredients.noted(environment.VIDEO)
WHEEL = environment.VIDEO / RECORD["wheel"]["name"]
TABLE = tomllib.loads((ROOT / "py" / "video_runtime" / "sources.toml").read_text())
SYSTEM = {
    *("libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0"),
    *("ld-linux-x86-64.so.2", "libresolv.so.2"),
}
GPL = (b"x264_encoder", b"x265_encoder", b"--enable-gpl", b"--enable-nonfree")
HERE = (sys.platform, platform.machine()) == ("linux", "x86_64")


def libraries() -> dict[str, bytes]:
    """What is compiled in the wheel, by its name."""
    with zipfile.ZipFile(WHEEL) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".so" in name}


def metadata(name: str) -> str:
    with zipfile.ZipFile(WHEEL) as archive:
        (path,) = (each for each in archive.namelist() if each.endswith(f".dist-info/{name}"))
        return archive.read(path).decode()


def test_there_is_one_wheel_and_it_is_what_was_built() -> None:
    assert list(environment.VIDEO.glob("*.whl")) == [WHEEL]
    assert hashlib.sha256(WHEEL.read_bytes()).hexdigest() == RECORD["wheel"]["sha256"]


def test_it_belongs_to_the_recipe() -> None:
    assert provenance.recipe_sha256() == RECORD["recipe_sha256"], (
        "py/video_runtime changed after the wheel was built: run `python build.py video`"
    )


def test_it_is_small_enough_to_be_committed() -> None:
    assert WHEEL.stat().st_size < 12_000_000


def test_it_runs_on_every_linux_that_the_tracker_runs_on() -> None:
    assert WHEEL.name.endswith("-cp311-abi3-manylinux_2_28_x86_64.whl")
    found = {
        int(each) for file in libraries().values() for each in re.findall(rb"GLIBC_2\.(\d+)", file)
    }
    assert max(found) <= 28


def test_it_has_its_own_libraries_and_the_systems_only() -> None:
    files = libraries()
    named = {
        each.decode()
        for file in files.values()
        for each in re.findall(rb"lib[\w-]+\.so\.\d+", file)
    }
    own = {re.sub(r"-[0-9a-f]{8}", "", Path(name).name) for name in files}
    own = {re.match(r"lib\w+\.so\.\d+", name)[0] for name in own if name.startswith("lib")}
    used = {re.sub(r"-[0-9a-f]{8}", "", name) for name in named}
    assert used <= SYSTEM | own
    assert {name.partition(".")[0] for name in own} == {
        *("libavcodec", "libavdevice", "libavfilter", "libavformat", "libavutil"),
        *("libswresample", "libswscale"),
    }


def test_no_part_is_under_the_gpl() -> None:
    for name, content in libraries().items():
        assert not [sign for sign in GPL if sign in content], name


def test_it_tells_no_path_of_the_machine_that_made_it() -> None:
    for name, content in libraries().items():
        assert not re.search(rb"/(home|root|work)/|/tmp/(?!%s)", content), name


@pytest.mark.skipif(not HERE, reason="the wheel is for Linux x86_64")
def test_its_libraries_say_that_they_are_under_the_lgpl(tmp_path: Path) -> None:
    with zipfile.ZipFile(WHEEL) as archive:
        archive.extractall(tmp_path)
    program = (
        "import sys, json, holistic_tracking_video as video; sys.path.insert(0, str(video.SITE))\n"
        "from av._core import library_meta; print(json.dumps(library_meta))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    assert len(told) == 7
    for library in told.values():
        assert library["license"] == "LGPL version 2.1 or later"
        assert "gpl" not in library["configuration"]
        assert "x26" not in library["configuration"]


def test_no_other_package_is_in_it() -> None:
    with zipfile.ZipFile(WHEEL) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top.partition("-")[0].partition(".")[0] for top in tops} == {"holistic_tracking_video"}


@pytest.mark.parametrize(
    "words", ["GNU LESSER GENERAL PUBLIC LICENSE", "WebM", "VideoLAN", "Opus", "zlib", "PyAV"]
)
def test_the_licences_are_inside(words: str) -> None:
    with zipfile.ZipFile(WHEEL) as archive:
        texts = [archive.read(name) for name in archive.namelist() if "/licenses/" in name]
    assert any(words.encode() in text for text in texts)


def test_the_notice_tells_the_versions_and_where_the_source_is() -> None:
    with zipfile.ZipFile(WHEEL) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith("/NOTICE"))
        notice = archive.read(path).decode()
    assert "@" not in notice
    for source in TABLE["source"]:
        assert source["version"] in notice
    assert "py/video_runtime" in notice


def test_the_tracker_requires_this_version_where_it_runs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (line,) = (each for each in project["dependencies"] if "tracking-video" in each)
    version = re.search(r"^Version: (\d+)\.(\d+)", metadata("METADATA"), re.M)
    assert version
    assert line.startswith(
        f"holistic-tracking-video>={version[1]}.{version[2]},<{int(version[1]) + 1};"
    )
    assert line.endswith("sys_platform == 'linux' and platform_machine == 'x86_64'")


def test_its_pyav_is_one_that_the_extra_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    least, below = re.fullmatch(
        r"av>=(\d+),<(\d+)", project["optional-dependencies"]["video"][0]
    ).groups()
    assert int(least) <= int(TABLE["pyav"]["version"].split(".")[0]) < int(below)
    assert re.search(
        rf"^Version: {re.escape(TABLE['pyav']['version'])}$", metadata("METADATA"), re.M
    )
