"""Measures how near a model is to its original and to ground truth, and what it costs."""
