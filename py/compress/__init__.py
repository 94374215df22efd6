"""The compression toolchain: it turns MediaPipe's models into the smaller and faster ones we ship.

Every stage reads one .tflite file and writes another, so that a model goes through any subset:
``fold`` (constants to float32), ``trim`` (drop outputs and what only they need), then pruning,
distillation and quantization. Nothing here runs in the tracker.
"""
