""".tflite files: reads, writes, folds, trims and runs them, and counts what a model costs."""
