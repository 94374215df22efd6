"""How far approximate blendshapes are from those of the blendshape network, name by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compress.data.face_points import FacePairs
from holistic.inference.approximate_blendshapes import GIVEN, Half, approximate_blendshapes
from holistic.shared.blendshapes import NAMES


def table(
    pairs: FacePairs, teacher: Callable[[np.ndarray], np.ndarray], fits: Sequence[Half]
) -> str:
    """A Markdown table of given names: mean difference, r, the network's standard deviation."""
    found = np.stack([approximate_blendshapes(mesh, fits) for mesh in pairs.mesh])
    wanted = np.stack([teacher(points) for points in pairs.v2])
    lines = ["| blendshape | mean difference | r | standard deviation |", "|---|---|---|---|"]
    for row in sorted(GIVEN):
        off = np.abs(found[:, row] - wanted[:, row]).mean()
        r = np.corrcoef(found[:, row], wanted[:, row])[0, 1]
        lines.append(f"| `{NAMES[row]}` | {off:.3f} | {r:.2f} | {wanted[:, row].std():.3f} |")
    lines.append(f"\n{len(wanted)} faces; all 52: {np.abs(found - wanted).mean():.4f}")
    return "\n".join(lines)
