"""The compression toolchain: it turns MediaPipe's models into the smaller and faster ones we ship.

Rooms, each of which imports only those before it: ``tflite`` (files), ``data`` (pictures), ``fit``
(pruning, distillation, quantization), ``measure`` and ``report``. ``pipeline`` runs a recipe's
stages, ``cli`` the commands. Nothing here runs in the tracker.
"""
