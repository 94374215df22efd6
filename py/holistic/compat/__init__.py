"""Other libraries' interfaces on top of this tracker.

- ``mediapipe``: MediaPipe's ``solutions``
"""
