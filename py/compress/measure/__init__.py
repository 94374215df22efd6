"""How near a model is to its original and to the truth, and what it costs."""
