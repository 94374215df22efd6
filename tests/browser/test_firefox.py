"""Firefox too: a picture, a video file and a camera, with shared memory and one worker."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import HANDS_CLIP
from firefox import firefox
from tab import Tab, check_played_to_its_last_frame
from test_landmarks import CLOSE, native_distances

from builder import environment


@pytest.fixture(scope="module")
def tab(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    executable = environment.firefox()
    if executable is None:
        pytest.skip("there is no Firefox, and no apt to install one: set $FIREFOX to its path")
    with firefox(executable, tmp_path_factory.mktemp("firefox")) as page:
        tab = Tab(page, f"{site}?workers=1&variant=float", "pixelsWanted = 1;")
        tab.wait_for("ready")
        yield tab


def test_a_picture_gives_what_the_native_tracker_finds(tab: Tab, picture: Path) -> None:
    tab.choose_file(picture)
    (result,) = tab.wait_for("landmarks")
    assert tab.seen("ready")[0]["shared"]
    assert np.max(list(native_distances([result]).values())) < CLOSE
    assert tab.complaints == []


def test_a_video_file_is_played_to_its_last_frame(tab: Tab) -> None:
    check_played_to_its_last_frame(tab, HANDS_CLIP)
    assert tab.complaints == []


def test_a_camera_is_tracked(tab: Tab) -> None:
    tab.start_camera()
    tab.wait_for_more("landmarks", 3)
    assert tab.complaints == []
