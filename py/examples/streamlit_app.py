"""A Streamlit app: a picture in, the drawing and all landmarks as a table out.

After ``pip install "holistic-tracking[tables]" streamlit`` run it by
``streamlit run streamlit_app.py``.
"""

from __future__ import annotations

import numpy as np
import streamlit
from PIL import Image, ImageOps

from holistic import Tracker
from holistic.drawing import draw


@streamlit.cache_resource
def tracker(people: int) -> Tracker:
    """One for all visitors: a tracker of pictures is safe to share."""
    return Tracker(mode="picture", max_people=people)


streamlit.title("Whole-body landmarks")
people = streamlit.slider("People at the most", 1, 16, 1)
file = streamlit.file_uploader("A picture", ["jpg", "jpeg", "png", "webp"])
if file is None:
    streamlit.info("Choose a picture: it stays on this server.")
else:
    upright = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
    picture = np.asarray(upright)
    result = tracker(people).process(picture)
    streamlit.image(draw(picture, result), f"{len(result.people)} found")
    streamlit.dataframe(result.to_pandas())
    streamlit.download_button("As JSON", result.to_json(), "landmarks.json")
