"""The tracker inside a Web Worker, on memory that it shares with the page.

- ``worker``: does the worker's tasks for the frames of every session
- ``converting``: files of motion from a page's recording
- ``shared_memory``: the doorbell and the sessions' blackboards
"""
