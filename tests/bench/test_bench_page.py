"""The figures in the documentation, and the records that they are made from."""

import json
import shutil

import pytest

from bench import page, peers, record
from bench.record import Record, Row

MACHINE = {"processor": "AMD EPYC", "cores": 2, "memory_gb": 8.0, "system": "Linux"}
CAMERA = "640 x 480 at 120/s"


def a_record(name="My machine", begun="2026-12-01 10:00:00", others=0.0, frames=(20.0, 30.0, 25.0)):
    facts = {
        "begun": begun,
        "machine": MACHINE,
        "chromium": "Chromium 1",
        "clip": "c",
        "seconds": 8,
    }
    ours = {"frames/s": [*frames], "latency ms": [60.0] * 3, "latency p95 ms": [79.0] * 3}
    ours["others' cores"] = [others] * 3
    theirs = {"frames/s": [10.0, 10.0]}
    rows = [
        Row("site-auto-c1-w2", "our site", CAMERA, [0, 1, 2], ours),
        Row("tasks-c1", "their page", CAMERA, [0, 1], theirs),
        Row("site-auto-c1-w2", "our site", "1280 x 960 at 60/s", [0], {"frames/s": [7.0]}),
    ]
    return Record(name, facts, CAMERA, 3, rows)


@pytest.fixture
def docs(tmp_path):
    """A copy of the documentation's pages, with no records yet."""
    for name in ("benchmark.md", "performance.md", "avatars.md"):
        shutil.copy(page.DOCS / name, tmp_path)
    return tmp_path


def test_the_documentation_has_what_the_command_makes_of_the_records():
    for path, text in page.made().items():
        assert path.read_text("utf-8") == text, "run `python build.py bench -- --page`"


def test_a_record_comes_back_as_it_was_kept(tmp_path):
    kept = a_record()
    path = kept.save(tmp_path)
    assert path.name == "2026-12-01-my-machine.json"
    assert record.read(tmp_path) == [kept]


def test_a_record_has_a_line_for_each_row(tmp_path):
    text = a_record().save(tmp_path).read_text("utf-8")
    assert sum('"peer"' in line for line in text.splitlines()) == 3


def test_records_are_read_from_the_newest_on(tmp_path):
    for begun in ("2026-12-01 10:00:00", "2026-12-03 10:00:00", "2026-12-02 10:00:00"):
        a_record(begun=begun).save(tmp_path)
    assert [each.date[-2:] for each in record.read(tmp_path)] == ["03", "02", "01"]


def test_a_file_that_is_no_record_is_named(tmp_path):
    (tmp_path / "other.json").write_text(json.dumps({"rows": []}), "utf-8")
    with pytest.raises(ValueError, match=r"other\.json is no record"):
        record.read(tmp_path)


def test_a_new_record_comes_into_both_pages(docs):
    a_record().save(docs / "benchmark")
    page.write(docs)
    benchmark = (docs / "benchmark.md").read_text("utf-8")
    assert "|  | My machine, 2026-12-01 |" in benchmark
    assert "| our page, `auto`, two workers | 25.0 |" in benchmark
    assert "## My machine, 2026-12-01\n" in benchmark
    assert "| 1280 x 960 at 60/s | our site | 7.0 |" in benchmark
    performance = (docs / "performance.md").read_text("utf-8")
    assert "| our page, `auto`, two workers | 25.0 | 60 (79) |" in performance


def test_what_is_written_by_hand_stays(docs):
    before = (docs / "benchmark.md").read_text("utf-8")
    page.write(docs)
    page.write(docs)
    after = (docs / "benchmark.md").read_text("utf-8")
    assert after.partition("<!--")[0] == before.partition("<!--")[0]
    assert "## Columns" in after


def test_a_machine_that_was_not_quiet_is_marked(docs):
    a_record(others=0.9).save(docs / "benchmark")
    assert "My machine, 2026-12-01 (not quiet)" in page.made(docs)[docs / "benchmark.md"]


def test_ratios_are_by_rounds_that_both_have(docs):
    a_record().save(docs / "benchmark")
    text = page.made(docs)[docs / "benchmark.md"]
    assert "| their page | 2.50 | 2.00 | 3.00 |" in text


def test_a_page_without_markers_is_an_error_that_names_it(docs):
    (docs / "benchmark.md").write_text("# Benchmark\n", "utf-8")
    with pytest.raises(ValueError, match=r"benchmark\.md has no '<!-- figures: overview"):
        page.made(docs)


def test_the_first_table_knows_its_peers():
    assert page.HEADLINES.keys() <= {peer.name for peer in peers.everyone()}
