"""The benchmark's page of results."""

import dataclasses
import json

import pytest

from bench import peers, record, report
from bench.clip import Format
from bench.results import PARTS, Case, Results, Run, Start

SESSION = {"plan": ["everything"], "site": "0123"}
CAMERA, LARGE = Format(640, 480, 120), Format(1280, 960, 60)
OURS = peers.site_peer("float", 1, 2)
THEIRS = peers.PagePeer("theirs", "their page", "peer.html")
NATIVE = peers.NativePeer("native", "their Python", "mediapipe", 1)


def run(speed, **values):
    start = Start(2000.0, 3_000_000, 1_000_000, {"pose": 1500.0})
    fields = {field.name: 0 for field in dataclasses.fields(Run)}
    fields |= {"frames_per_second": speed, "found": dict.fromkeys((*PARTS, "all"), 1.0)}
    fields |= {"cpu_ms_by_process": {}, "cpu_ms_by_thread": {}}
    return Run(**fields | {"cold": start, "warm": start} | values)


def results(**runs):
    cases = [Case(peer, CAMERA) for peer in (OURS, THEIRS, NATIVE)]
    cases += [Case(OURS, LARGE)]
    machine = {"cores": 2, "processor": "a processor", "memory_gb": 8, "system": "Linux"}
    facts = {"begun": "today", "seconds": 10.0, "clip": "clip.mkv", "chromium": "Chromium 1"}
    return Results(cases, {**facts, "machine": machine, **SESSION})


@pytest.fixture
def found():
    found = results()
    ours, theirs, native, large = found.cases
    found.runs = {
        ours.name: {0: run(20.0), 1: run(30.0), 2: run(40.0)},
        theirs.name: {0: run(10.0), 1: run(10.0)},
        native.name: {0: run(15.0, cold=None, warm=None, blocked_share=None, storing_ms=None)},
        large.name: {0: run(7.5)},
    }
    found.problems = {theirs.name: "it crashed"}
    return found


def line(text, *starts):
    return next(row for row in text.splitlines() if row.startswith(starts))


def test_a_row_has_medians_over_the_rounds(found):
    assert line(report.markdown(record.of(found)), f"| {OURS.title} | 30.0 |")


def test_what_a_native_peer_lacks_is_left_empty(found):
    start = report.markdown(record.of(found)).partition("## Start and memory")[2]
    assert line(start, "| their Python") == "| their Python | 0.00 |  |  |  |  |  |  |  | 0 |"


def test_a_column_that_nobody_has_is_left_out(found):
    del found.runs[found.cases[0].name], found.runs[found.cases[1].name]
    del found.runs[found.cases[-1].name]
    start = report.markdown(record.of(found)).partition("## Start and memory")[2]
    assert line(start, "|  |") == "|  | first s, cold | memory MB |"


def test_what_keeping_our_page_costs_is_a_figure_of_its_own(found):
    ours, theirs, *_ = found.cases
    found.runs[ours.name] = {0: run(20.0, storing_ms=480.0)}
    found.runs[theirs.name] = {0: run(10.0, storing_ms=None)}
    start = report.markdown(record.of(found)).partition("## Start and memory")[2]
    heading = [cell.strip() for cell in line(start, "|  |").split("|")]
    cells = [[cell.strip() for cell in line(start, f"| {t}").split("|")] for t in (OURS.title, "their page")]
    assert [row[heading.index("storing ms")] for row in cells] == ["480", ""]


def test_a_page_has_processor_time_by_thread(found):
    lanes = {"page, main thread": 5.0, "page, worker 1": 20.0, "camera, playing its file": 2.0}
    lanes |= {"storage": 0.2, "network service": 0.3}
    others = {"page, main thread": 100.0, "GPU process, compositor": 3.0}
    ours, theirs, *_ = found.cases
    found.runs[ours.name] = {0: run(20.0, cpu_ms_by_thread=lanes)}
    found.runs[theirs.name] = {0: run(10.0, cpu_ms_by_thread=others)}
    table = report.markdown(record.of(found)).partition("by thread\n\n")[2]
    assert line(table, "|  |") == (
        "|  | page, main thread | page, worker 1 | GPU process, compositor "
        "| camera, playing its file | the rest |"
    )
    assert line(table, f"| {OURS.title}") == f"| {OURS.title} | 5.0 | 20.0 |  | 2.0 | 0.5 |"
    assert line(table, "| their page") == "| their page | 100.0 |  | 3.0 |  | 0.0 |"


def test_a_lane_that_a_round_lacks_counts_as_none_there(found):
    ours = found.cases[0]
    found.runs[ours.name] = {
        0: run(20.0, cpu_ms_by_thread={"page, worker 1": 20.0, "storage": 1.0}),
        1: run(20.0, cpu_ms_by_thread={"page, worker 1": 30.0}),
    }
    (row, *_) = record.of(found).rows
    assert row.threads == {"page, worker 1": [20.0, 30.0], "storage": [1.0, 0.0]}


def test_a_machine_that_was_not_quiet_is_said_to_be_none(found):
    assert "Other work" not in report.facts(record.of(found))
    ours = found.cases[0]
    found.runs = {ours.name: {0: run(20.0, cores_used_by_others=1.2)}}
    assert "**Other work used 1.2 cores meanwhile**" in report.facts(record.of(found))


def test_comparison_is_by_rounds_that_both_have(found):
    comparison = report.markdown(record.of(found)).partition("over others'")[2]
    assert line(comparison, "| their page") == "| their page | 2.50 | 2.00 | 3.00 |"


def test_natively_auto_is_compared_with_each_variant(found):
    auto, int8 = (Case(peers.native_peer(variant, 1), CAMERA) for variant in ("auto", "int8"))
    found.cases += [auto, int8]
    found.runs |= {auto.name: {0: run(90.0), 1: run(96.0)}, int8.name: {0: run(90.0), 1: run(80.0)}}
    compared = report.markdown(record.of(found)).partition("of the native `auto`")[2]
    assert line(compared, "| int8") == "| int8, complexity 1 | 1.10 | 1.00 | 1.20 |"


def test_cameras_are_reported_once_there_are_several(found):
    assert "| 1280 x 960 at 60/s | " in report.markdown(record.of(found))
    del found.runs[found.cases[-1].name]
    assert "## Other cameras" not in report.markdown(record.of(found))


def test_what_was_not_measured_is_said(found):
    text = report.markdown(record.of(found))
    assert "- theirs 640x480@120: it crashed" in text


def test_results_without_our_site_have_no_comparison(found):
    del found.runs[found.cases[0].name], found.runs[found.cases[-1].name]
    assert "over others'" not in report.markdown(record.of(found))


def test_results_are_saved_with_every_round(found, tmp_path):
    found.save(tmp_path / "results.json")
    saved = json.loads((tmp_path / "results.json").read_text())
    ours, theirs, *_ = saved["cases"]
    assert [ours["rounds"][i]["frames_per_second"] for i in "012"] == [20.0, 30.0, 40.0]
    assert theirs["problem"] == "it crashed"


def test_a_session_that_was_interrupted_is_gone_on_with(found, tmp_path):
    found.save(tmp_path / "results.json")
    again = results()
    again.resume(tmp_path / "results.json")
    assert again.runs == found.runs


def test_saved_results_can_be_kept_later(found, tmp_path):
    found.save(tmp_path / "results.json")
    loaded = Results.load(tmp_path / "results.json")
    assert record.of(loaded) == record.of(found)


def test_results_that_are_not_there_cannot_be_kept(tmp_path):
    with pytest.raises(ValueError, match=r"results\.json has no results to keep"):
        Results.load(tmp_path / "results.json")


@pytest.mark.parametrize("change", [{"ended": "now"}, {"site": "4567"}, {"seconds": 5.0}])
def test_what_has_ended_or_is_of_something_else_is_not(found, tmp_path, change):
    found.facts |= change
    found.save(tmp_path / "results.json")
    again = results()
    again.resume(tmp_path / "results.json")
    assert again.runs == {}
