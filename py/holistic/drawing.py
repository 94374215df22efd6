"""Landmarks drawn over a frame: ``results.drawing``."""

from holistic.results.drawing import VISIBLE, draw, draw_person

__all__ = ["VISIBLE", "draw", "draw_person"]
