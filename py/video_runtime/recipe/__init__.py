"""How the wheel of the video reader is made; ``make.py`` goes through it.

- ``toolchain``: the build environment: a compiler for an old glibc, an assembler, Python's tools
- ``libraries``: FFmpeg and the libraries that it uses
- ``wheel``: PyAV, and the wheel of all
- ``provenance``: what the committed wheel was made of
"""
