""".tflite files: reading, writing, folding, trimming, and what a model costs."""
