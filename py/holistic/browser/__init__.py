"""The tracker inside a Web Worker, on memory that it shares with the page.

- ``worker``: computes the worker's part of the frames of every session
"""
