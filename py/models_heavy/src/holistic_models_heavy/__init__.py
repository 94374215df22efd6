"""The heavy pose network of holistic-tracking as installed data.

The files are put here when the package is built (``build.py package``); ``holistic`` finds them.
"""

__version__ = "0.1.0"
"""Of the models: it changes when one of them does, and pyproject.toml of the tracker names it."""
