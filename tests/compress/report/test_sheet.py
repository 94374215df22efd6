"""The page that shows the models' figures."""

from compress.measure import frame_cost
from compress.report import sheet
from compress.report.figures import Figures
from holistic.shared.model_sets import POSE_MODELS

QUIET = {"date": "2026-11-27", "load": 0.5}
LATER = {"date": "2026-11-30", "load": 2.5}


def row(model, variant, size, **kinds):
    costs = {"bytes": size, "unpacked": size, "parameters": 5, "macs": 7_000_000, "wide_macs": 0}
    return {
        "model": model,
        "variant": variant,
        "path": f"{variant}/{model}.tflite",
        **costs,
        **kinds,
    }


def times(rows, kind, best):
    """One processor's times, alike for all files."""
    return {kind: {row["path"]: {"best": best, "median": 2 * best} for row in rows}}


def test_the_page_shows_every_figure_beside_the_originals(tmp_path):
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    truth = {"truth": {"pictures": 3, "mean": 6.5, "median": 4.0}}
    found = {"eval": {"objects": 9, "lost": 0.25, "lost_first": 0, "invented": 0, "pixels": 0.5}}
    rows = [
        row("hand", "float", 200, crops=seen, truth=truth),
        row("hand", "int8", 100, crops=seen, truth=truth),
        row("pose_detector", "int8", 50, crops=found),
    ]
    dynamic = {"model": "pose_detector", "milliseconds": {"best": 3.0, "median": 4.0}}
    dynamic |= {"weight_only": {"best": 1.0, "median": 2.0}, "crops": found}
    z80 = {**QUIET, **times(rows[1:], "native", 3.0)}
    figures = Figures(rows, [dynamic], processors={"Z80": z80})
    page = sheet.write(figures, tmp_path).read_text()
    assert "Times on Z80 (2026-11-27, load 0.5)." in page
    assert "| hand | float | 200 | 200 | 5 | 7.0 | 0.0 |  |  |" in page
    assert "| hand | int8 | 100 | 100 | 5 | 7.0 | 0.0 | 3.00 (6.00) |  |" in page
    assert "| pose_detector | 1.00 (2.00) | 3.00 (4.00) | 0.50 | 0.250 |" in page
    assert "| hand | int8 | eval | 1.25 | 4.50 | 6.50 (4.00) |" in page
    assert "| pose_detector | int8 | eval | 9 | 0.250 |" in page
    lost = "| lost, of the original's people and faces | at most 0.01 | 0.25 "
    assert f"{lost}| pose_detector int8, eval | **no** |" in page
    assert "| pose_landmarks_full |" not in page  # no frame without all of its models
    for plot in ("sizes", "latency"):
        assert f"report/{plot}.svg" in page
        assert "hand" in (tmp_path / "report" / f"{plot}.svg").read_text()


def test_a_frame_sums_what_it_runs_and_falls_back_on_larger_variants(tmp_path):
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    names = ("pose_landmarks_lite", "hand_landmarks", *frame_cost.DETECTORS, *frame_cost.TRACKED)
    rows = [row(name, "float", 10, crops=seen) for name in names]
    rows.append(row("hand_landmarks", "int8", 4, crops=seen))
    names = [f"pose_landmarks_lite {variant}" for variant in ("float", "int8")]
    native = times(rows, "native", 11.0)
    native["native"]["int8/hand_landmarks.tflite"]["best"] = 5.0
    figures = Figures(
        rows,
        memory=dict(zip(names, (9_000_000, 5_000_000), strict=True)),
        processors={
            "6502": {**QUIET, **times(rows, "native", 99.0)},
            "Z80": {
                **QUIET,
                **native,
                **times(rows, "browser", 2.0),
                "heap": {names[1]: 4_500_000},
            },
        },
    )
    page = sheet.write(figures, tmp_path).read_text()
    # Six files; one pose, one face, two hands with two recrops, of 7 million each.
    assert (
        "| pose_landmarks_lite | float | 60 | 60 | 42 | 66.0 (1.00 x) | 12.0 (1.00 x) | 9.0 |  |"
        in page
    )
    assert (
        "| pose_landmarks_lite | int8 | 54 | 54 | 42 | 54.0 (1.22 x) | 12.0 (1.00 x) | 5.0 | 4.5 |"
        in page
    )
    assert "| pose_landmarks_lite | pruned_int8 | 54 | 54 | 42 | 54.0 (1.22 x) |" in page


def test_the_light_frame_has_the_light_hand_where_there_is_one(tmp_path):
    names = (*POSE_MODELS, "hand_landmarks", *frame_cost.DETECTORS, *frame_cost.TRACKED)
    rows = [row(name, "float", 10, crops={}) for name in names]
    rows += [row("hand_landmarks", "pruned_int8", 6, crops={})]
    rows += [row("hand_landmarks_lite", "pruned_int8", 1, crops={})]
    page = sheet.write(Figures(rows), tmp_path).read_text()
    assert "| pose_landmarks_full | float | 60 |" in page
    assert "| pose_landmarks_full | pruned_int8 | 56 |" in page
    assert "| pose_landmarks_lite | float | 60 |" in page
    assert "| pose_landmarks_lite | pruned_int8 | 51 |" in page


def test_processors_are_compared_by_frames_and_by_networks(tmp_path):
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    names = ("pose_landmarks_lite", "hand_landmarks", *frame_cost.DETECTORS, *frame_cost.TRACKED)
    rows = [row(name, "float", 10, crops=seen) for name in names]
    found = {**times(rows, "native", 2.0), **times(rows, "browser", 3.0)}
    processors = {"Z80": {**QUIET, **found}}
    page = sheet.write(Figures(rows, processors=processors), tmp_path).read_text()
    light = "| Z80 (2026-11-27, load 0.5) | pose_landmarks_lite | float |"
    assert f"{light} 12.0 (1.00 x) | 18.0 (1.00 x) |" in page
    assert "| model | variant | Z80 (2026-11-27, load 0.5) |" in page
    assert "| pose_detector | float | 1.50 |" in page
    for name in ("pose_detector", "hand_landmarks"):
        del found["native"][f"float/{name}.tflite"]
    page = sheet.write(Figures(rows, processors=processors), tmp_path).read_text()
    assert f"{light}  | 18.0 (1.00 x) |" in page
    assert "| pose_detector | float |  |" in page
    assert "## Processors" not in sheet.write(Figures(rows), tmp_path).read_text()


def test_single_models_can_be_timed_on_another_processor(tmp_path):
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    rows = [row(name, "int8", 100, crops=seen) for name in ("hand", "face")]
    whole = {**QUIET, **times(rows[:1], "native", 3.0)}
    part = {"part": True, **LATER, **times(rows[1:], "native", 1.0)}
    page = sheet.write(Figures(rows, processors={"Z80": whole, "6502": part}), tmp_path).read_text()
    others = "Those of face int8 are on 6502 (2026-11-30, load 2.5)."
    assert f"Times on Z80 (2026-11-27, load 0.5). {others}" in page
    assert "| hand | int8 | 100 | 100 | 5 | 7.0 | 0.0 | 3.00 (6.00) |  |" in page
    assert "| face | int8 | 100 | 100 | 5 | 7.0 | 0.0 | 1.00 (2.00) |  |" in page
    again = {"6800": part, "6502": part | times(rows[1:], "native", 4.0)}
    page = sheet.write(Figures(rows, processors={"Z80": whole} | again), tmp_path).read_text()
    assert "| face | int8 | 100 | 100 | 5 | 7.0 | 0.0 | 4.00 (8.00) |  |" in page


def test_the_curve_shows_what_was_tried_beside_what_is_shipped(tmp_path):
    seen = {"eval": {"pictures": 3, "pixels": 1.25, "pixels_p95": 4.5}}
    rows = [row("hand", variant, 100, crops=seen) for variant in ("float", "int8")]
    tried = [
        {**row("hand", "pruned", 70, crops=seen), "recipe": "hand.pruned", "removed": 0.25},
        {**row("hand", "int8", 60, crops=seen), "recipe": "hand.int8", "bits": 4.5},
        row("hand", "", 50, crops=seen, macs=5e6, recipe="hand.trained_int8", channels=0.4),
    ]
    page = sheet.write(Figures(rows, curve=tried), tmp_path).read_text()
    assert "| hand.pruned without 25% of its work | 70 | 7.0 | 100% | 1.25 |" in page
    assert "| hand.trained_int8 without 40% of its channels | 50 | 5.0 | 71% | 1.25 |" in page
    assert "| hand.int8 at 4.5 bits | 60 |" in page
    assert "| hand.int8 | 100 |" in page
    for plot in ("curve-size", "curve-work"):
        drawn = (tmp_path / "report" / f"{plot}.svg").read_text()
        assert "hand shipped" in drawn
        assert "hand.pruned" in drawn
