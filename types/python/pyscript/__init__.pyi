"""PyScript."""
