"""One network looks at one region of a frame: regions of interest, models, decoding."""
