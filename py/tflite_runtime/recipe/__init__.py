"""The recipe of the two Pyodide wheels: toolchain, sources, compilation, packaging, provenance.

Standard library only, and free of the packages that it builds. ``make.py`` calls the steps.
"""
