"""A copy that the page has of holistic/shared/landmarks.py."""

from holistic.shared.landmarks import *
