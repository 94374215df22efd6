"""Who the benchmark measures, and how they are chosen."""

import tarfile

import pytest

from bench import packages, peers, session
from bench.__main__ import QUICK_PEERS
from holistic.shared.model_sets import VARIANTS


def names(*patterns):
    return [peer.name for peer in peers.chosen(list(patterns))]


def test_names_are_unique():
    every = names()
    assert len(every) == len(set(every))


def test_our_site_is_measured_with_one_to_four_workers():
    assert names("site-float-c1-*") == [f"site-float-c1-w{workers}" for workers in (1, 2, 3, 4)]


def test_natively_every_variant_is_measured():
    assert names("native-*-c1") == [f"native-{variant}-c1" for variant in VARIANTS]


def test_patterns_add_up_in_the_tables_order():
    assert names("mediapipe-c1", "tasks-*") == ["tasks-c1", "tasks-c0", "mediapipe-c1"]


def test_a_pattern_that_fits_nobody_is_an_error_that_lists_everybody():
    with pytest.raises(ValueError, match=r"no peer is called 'nobody'.*tasks-c1"):
        names("nobody")


def test_our_page_is_told_its_settings():
    page = peers.site_peer("int8", 0, 3).page
    assert page == "index.html?src=camera&complexity=0&workers=3&variant=int8&level=full&still=0"


def test_every_peer_of_the_benchmark_has_its_page():
    for peer in peers.chosen(["tasks-*", "legacy-*", "human-*", "litert-*", "camera"]):
        module = peer.page.partition("peer=")[2].partition("&")[0]
        assert (packages.PAGES / f"{module}.mjs").is_file()


def test_what_the_pages_load_is_pinned():
    for name in packages.NPM_PEERS:
        pin = packages.PINS[name]
        assert len(pin["sha256"]) == 64
        assert pin["files"]


def test_only_what_a_page_needs_is_unpacked(tmp_path):
    content = tmp_path / "package"
    for name in ("dist/index.js", "dist/other.js", "models/a.json", "models/a.bin"):
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(name, "utf-8")
    tarball = tmp_path / "package.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.add(content, "package")
    packages.unpack(tarball, tmp_path / "out", ["dist/index.js", "models/a.*"])
    names = sorted(path.name for path in (tmp_path / "out").rglob("*.*"))
    assert names == ["a.bin", "a.json", "index.js"]


def test_the_quick_session_has_ours_and_everyone_elses():
    quick = [peer.name for peer in peers.chosen(QUICK_PEERS)]
    assert {session.FASTEST, "tasks-c1", "legacy-c1", "human-c1", "litert-c1"} <= set(quick)
    assert {f"native-{variant}-c1" for variant in VARIANTS} | {"mediapipe-c1"} <= set(quick)
