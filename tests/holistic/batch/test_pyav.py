"""Whose PyAV it is, and what is said where there is none."""

import shutil

import pytest

from builder import ROOT
from holistic.batch.media import Source
from holistic.batch.media_errors import MediaError

MEDIA = ROOT / "tests" / "media"


def test_without_pyav_the_message_says_what_to_install(monkeypatch, tmp_path):
    shutil.copy(MEDIA / "intel__milk.mkv", tmp_path / "a.mkv")

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("holistic.batch.pyav.import_module", missing)
    with pytest.raises(MediaError, match=r"pip install 'holistic-tracking\[video\]'"):
        Source(str(tmp_path / "a.mkv"))
    assert Source(str(MEDIA / "signing.jpg")).kind == "picture"
