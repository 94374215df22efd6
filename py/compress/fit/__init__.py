"""Making a network smaller and keeping it right: prune, distil, quantize, fit."""
