"""The networks of holistic-tracking as installed data: a folder for each variant.

The files are put here when the package is built (``build.py package``); ``holistic`` finds them.
"""

__version__ = "0.1.0"
"""Of the models: it changes when one of them does, and pyproject.toml of the tracker names it."""
