"""Drawing as MediaPipe's programs do it, with OpenCV and without it."""

import sys
import types

import cv2
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from holistic.compat.mediapipe.framework.formats import detection_pb2, landmark_pb2
from holistic.compat.mediapipe.framework.formats.location_data_pb2 import LocationData
from holistic.compat.mediapipe.solutions import drawing_utils


def listed(*points):
    """A list of normalised landmarks."""
    landmarks = landmark_pb2.NormalizedLandmarkList()
    for point in points:
        landmarks.landmark.add(**dict(zip("xyz", point, strict=False)))
    return landmarks


@pytest.fixture(params=["opencv", "pillow"])
def drawn_by(request, monkeypatch):
    """What draws."""
    if request.param == "pillow":
        monkeypatch.setitem(sys.modules, "cv2", None)
    return request.param


@pytest.fixture
def image():
    """A black picture."""
    return np.zeros((100, 100, 3), np.uint8)


class Axes:
    """A stand-in for matplotlib's: what was plotted."""

    def __init__(self):
        self.points, self.lines, self.view = [], [], None

    def view_init(self, **view):
        self.view = view

    def scatter3D(self, x, y, z, **style):  # noqa: N802 - matplotlib's name
        self.points.append(((x[0], y[0], z[0]), style["color"]))

    def plot3D(self, x, y, z, **style):  # noqa: N802 - matplotlib's name
        self.lines.append(tuple(zip(x, y, z, strict=True)))


class TestPlotting:
    """drawing_utils.plot_landmarks, which MediaPipe's examples end with."""

    @pytest.fixture
    def axes(self, monkeypatch):
        axes = Axes()
        pyplot = types.ModuleType("matplotlib.pyplot")
        pyplot.figure = lambda figsize: None
        pyplot.axes = lambda projection: axes
        pyplot.show = lambda: None
        matplotlib = types.ModuleType("matplotlib")
        matplotlib.pyplot = pyplot
        monkeypatch.setitem(sys.modules, "matplotlib", matplotlib)
        monkeypatch.setitem(sys.modules, "matplotlib.pyplot", pyplot)
        return axes

    def test_points_and_lines_stand_upright(self, axes):
        landmarks = listed((0.25, 0.5, 0.75), (0.5, 0.125, 0.25), (0.75, 0.75, 0.75))
        landmarks.landmark[2].visibility = 0.1
        drawing_utils.plot_landmarks(landmarks, {(0, 1), (1, 2)}, azimuth=5)
        assert axes.view == {"elev": 10, "azim": 5}
        assert axes.points == [((-0.75, 0.25, -0.5), (1, 0, 0)), ((-0.25, 0.5, -0.125), (1, 0, 0))]
        assert axes.lines == [((-0.75, 0.25, -0.5), (-0.25, 0.5, -0.125))]

    def test_nothing_found_is_nothing_plotted(self, axes):
        drawing_utils.plot_landmarks(None, {(0, 1)})
        assert axes.view is None

    def test_without_matplotlib_the_message_says_what_to_install(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        with pytest.raises(ImportError, match="needs matplotlib: pip install"):
            drawing_utils.plot_landmarks(listed((0, 0)))


@pytest.mark.usefixtures("drawn_by")
class TestDrawing:
    """draw_landmarks, draw_detection and draw_axis."""

    def test_points_and_lines_are_drawn_in_their_colours(self, image):
        drawing_utils.draw_landmarks(image, listed((0.2, 0.5), (0.8, 0.5)), [(0, 1)])
        assert image[50, 20].tolist() == [0, 0, 255]
        assert image[50, 50].tolist() == [224, 224, 224]
        assert not image[30].any()

    def test_invisible_points_and_points_outside_are_left_out(self, image):
        ends = listed((0.5, 0.5), (1.2, 0.5), (0.1, 0.1))
        ends.landmark[0].visibility = 0.3
        drawing_utils.draw_landmarks(image, ends, [(0, 1), (0, 2)])
        assert image[:30].any()
        assert not image[30:].any()

    def test_a_view_of_a_picture_is_drawn_into(self, image):
        drawing_utils.draw_landmarks(image[:, ::-1, ::-1], listed((0.2, 0.5)))
        assert image[50, 79].tolist() == [255, 0, 0]

    def test_nothing_found_is_nothing_drawn(self, image):
        drawing_utils.draw_landmarks(image, None)
        assert not image.any()

    def test_a_detection_is_its_box_and_its_points(self, image):
        detection = detection_pb2.Detection()
        place = detection.location_data
        place.format = LocationData.RELATIVE_BOUNDING_BOX
        place.relative_bounding_box.CopyFrom(
            LocationData.RelativeBoundingBox(xmin=0.25, ymin=0.5, width=0.5, height=0.25)
        )
        place.relative_keypoints.add(x=0.5, y=0.6)
        place.relative_keypoints.add(x=1.5, y=0.6)  # outside
        drawing_utils.draw_detection(image, detection)
        assert image[60, 50].tolist() == [0, 0, 255]
        assert image[60, 25].tolist() == image[50, 50].tolist() == [224, 224, 224]
        assert not image[:40].any()

    def test_a_box_that_is_partly_outside_ends_at_the_border(self, image):
        detection = detection_pb2.Detection()
        place = detection.location_data
        place.format = LocationData.RELATIVE_BOUNDING_BOX
        place.relative_bounding_box.CopyFrom(
            LocationData.RelativeBoundingBox(xmin=-0.25, ymin=0.5, width=0.5, height=0.75)
        )
        drawing_utils.draw_detection(image, detection)
        assert image[75, 0].any()
        assert image[99, 10].any()

    def test_the_axes_of_an_object_are_red_green_and_blue(self, image):
        drawing_utils.draw_axis(image, np.eye(3), np.array([0, 0, -0.2]))
        assert image[50, 65].tolist() == [0, 0, 255]
        assert image[35, 50].tolist() == [0, 128, 0]

    def test_errors_name_the_problem(self, image):
        one = listed((0.5, 0.5))
        grey = np.zeros((9, 9), np.uint8)
        with pytest.raises(ValueError, match="three channel"):
            drawing_utils.draw_landmarks(grey, one)
        with pytest.raises(ValueError, match="three channel"):
            drawing_utils.draw_detection(grey, detection_pb2.Detection())
        with pytest.raises(ValueError, match="must be relative"):
            drawing_utils.draw_detection(image, detection_pb2.Detection())
        with pytest.raises(ValueError, match=r"\(0, 7\) does not fit 1"):
            drawing_utils.draw_landmarks(image, one, [(0, 7)])


def test_opencv_draws_the_very_pixels_that_mediapipe_draws(image):
    expected = image.copy()
    for radius, color in ((3, (224, 224, 224)), (2, (0, 0, 255))):
        cv2.circle(expected, (10, 99), radius, color, 2)
    drawing_utils.draw_landmarks(image, listed((0.1, 1)))
    assert_array_equal(image, expected)


@pytest.mark.parametrize(
    ("place", "pixel"),
    [((0, 0), (0, 0)), ((1, 1), (63, 47)), ((0.5, 0.25), (32, 12)), ((1.01, 0), None)],
)
def test_fractions_of_a_picture_become_pixels(place, pixel):
    assert drawing_utils._normalized_to_pixel_coordinates(*place, 64, 48) == pixel
