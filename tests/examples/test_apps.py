"""The example apps, run by the real Gradio and the real Streamlit."""

import importlib.util
import json

import numpy as np
import pytest
from PIL import Image

from builder import ROOT
from holistic.inference import model_files

EXAMPLES = ROOT / "py" / "examples"
PICTURE = ROOT / "tests" / "media" / "signing.jpg"

pytestmark = pytest.mark.skipif(
    not model_files.find("pose_landmarks_full").exists(),
    reason="the float models are not there: run `python build.py models`",
)


def test_gradio_gives_the_drawing_and_the_angles_of_joints(monkeypatch):
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    pytest.importorskip("gradio", reason="Gradio is not installed")
    spec = importlib.util.spec_from_file_location("gradio_app", EXAMPLES / "gradio_app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    picture = np.asarray(Image.open(PICTURE).convert("RGB"))
    drawing, rows = module.app.fn(picture)
    assert drawing.shape == picture.shape
    assert (drawing != picture).any()
    assert [0, "left elbow"] in [row[:2] for row in rows]
    assert module.app.fn(None) == (None, [])


def test_streamlit_shows_what_it_found_in_an_uploaded_picture():
    testing = pytest.importorskip("streamlit.testing.v1", reason="Streamlit is not installed")
    app = testing.AppTest.from_file(str(EXAMPLES / "streamlit_app.py"), default_timeout=60).run()
    assert "Choose a picture" in app.info[0].value
    app.file_uploader[0].set_value(("signing.jpg", PICTURE.read_bytes(), "image/jpeg")).run()
    assert not app.exception
    table = app.dataframe[0].value
    assert set(table["part"]) >= {"pose", "face", "left_hand", "right_hand"}
    assert json.dumps(table["x"].tolist())
