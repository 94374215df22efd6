"""From frame to frame: who is where, which region to look at next, smoothing."""
