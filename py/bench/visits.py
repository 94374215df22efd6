"""What visitors measured with the page's own benchmark (``web/page/benchmark.js``), as a table.

``python build.py bench --visits FILE`` prints it. Their files have the names of a run in
results.json, as far as a page can tell.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HEADING = [
    *("", "frames/s", "latency ms", "p95", "p95/median", "pose", "face", "left hand"),
    *("right hand", "first s", "memory MB", "models", "workers", "cores", "browser"),
]
STAGES = ("pose", "face", "leftHand", "rightHand")

NOTES = """\
*Latency*: from a frame's arrival in the page to its landmarks; then the median time of each part;
*first*: from the button to the first landmarks; *memory*: what the browser tells of the page.
"""


def read(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """The visitors' files by name.

    Raises:
        ValueError: a file is not one that the page has saved.
    """
    found = {}
    for path in paths:
        try:
            found[path.name] = json.loads(path.read_text("utf-8"))
            row(path.name, found[path.name])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a file of the page's benchmark: {error!r}") from error
    return found


def markdown(visits: Mapping[str, Mapping[str, Any]]) -> str:
    """A table with a row for each visit."""
    lines = [HEADING, ["---", *["---:"] * (len(HEADING) - 1)]]
    lines += [row(name, visit) for name, visit in visits.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + f"\n{NOTES}"


def row(name: str, visit: Mapping[str, Any]) -> list[str]:
    """The cells of a visit; what its browser did not tell is empty."""
    median, late, settings = visit["latency_median_ms"], visit["latency_p95_ms"], visit["settings"]
    stages = [visit["stages_ms"][part] for part in STAGES]
    memory = visit["memory_mb"]
    return [
        name,
        f"{visit['frames_per_second']:.1f}",
        f"{median:.0f}",
        f"{late:.0f}",
        f"{late / median:.2f}",
        *("" if stage is None else f"{stage['total']:.1f}" for stage in stages),
        f"{visit['first_landmarks_ms'] / 1000:.2f}",
        "" if memory is None else f"{memory:.0f}",
        settings["variant"],
        str(settings["workers"]),
        str(visit["cores"]),
        visit["browser"],
    ]
