"""The networks of the variant "auto" of holistic-tracking as installed data, for browsers.

The files are put here when the package is built (``build.py package``); ``holistic`` finds them.
"""

__version__ = "0.1.0"
"""That of holistic_models, which has all networks."""
