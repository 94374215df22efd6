"""The commands of :mod:`compress.cli`, one function each.

A function imports what it needs when it runs: ``originals`` must do without NumPy, and ``float``
without PyTorch.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

MODELS = Path(__file__).resolve().parents[3] / "models"
FLOATS = MODELS / "float"

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What ``add_subparsers`` gives; argparse has no public name for it."""
