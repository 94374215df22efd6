"""A copy that the page has of holistic/shared/connections.py."""

from holistic.shared.connections import *
