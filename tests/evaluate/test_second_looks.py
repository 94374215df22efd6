"""What each second look gains and costs."""

import cv2
import pytest

from builder import ROOT
from evaluate import __main__ as command
from evaluate.second_looks import FIGURE, PICTURES, Gain, table
from holistic.inference import model_files
from holistic.tracking.second_look import LOOKS

MEDIA = ROOT / "tests" / "media"


def test_the_table_has_what_a_look_costs_and_finds():
    head, row = table({"Where the re-crop says": Gain(tries=10, found=4, ms=50.0)}).splitlines()
    assert head.split()[:3] == ["look", "tries", "found"]
    assert row.split()[-4:] == ["10", "4", "5.0", "8.0"]


def test_it_is_for_clips(capsys):
    with pytest.raises(SystemExit):
        command.main(["--second-looks", "somewhere"])
    assert "name them with --clips" in capsys.readouterr().err


@pytest.mark.skipif(
    not model_files.find("palm_detector").exists(),
    reason="the float models are not there: run `python build.py models`",
)
def test_the_command_counts_the_looks_and_draws_curve_and_frames(tmp_path, capsys):
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    (clips / "book.mkv").symlink_to(MEDIA / "intel__book.mkv")
    asked = ["--clips", str(clips), "--frames", "40", "--complexity", "0"]
    assert command.main([*asked, "--second-looks", str(out)]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert len(rows) == len(LOOKS)
    assert sum(int(row.split()[-3]) for row in rows) > 0
    assert "hands found" in (out / FIGURE).read_text("utf-8")
    assert cv2.imread(str(out / PICTURES)).shape[1] == 2 * 480
