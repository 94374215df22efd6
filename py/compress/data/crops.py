"""Crops of hands, faces, bodies and whole scenes, cut once out of a folder of pictures.

A crop shows more than the region that the tracker would use (``MARGIN``), so that training can
rotate, shift and scale it. Per subject two files: ``<subject>.npy`` (n, side, side, 3) uint8 and
``<subject>.json``, the file and the source of each crop.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from compress.data.distractors import Distractors
from compress.data.regions import SUBJECTS, Finder, crop
from holistic.inference.roi import Region
from holistic.tracking.search import whole_frame
from holistic.tracking.second_look import PALM_SEARCH

MARGIN = 1.5
"""Side of a crop in sides of its region."""

SIDES = {"hand": 336, "face": 288, "face_v2": 384, "pose": 384, "scene": 384, "palm": 384}
"""Pixels of a crop; a region then has the landmark model's own resolution."""

SEARCHED = ("scene", "palm")
"""Subjects that are cut as detectors see them, without a margin: whole pictures, and of palms also
the surroundings of each hand."""

_LONGEST_SIDE = 1600


def pictures(folder: Path) -> Iterator[tuple[str, str, np.ndarray]]:
    """File name, source and RGB picture of everything that a data folder lists.

    The list is ``images.json`` (or ``annotations.json``), else every picture in the folder.
    """
    for listing in (folder / "images.json", folder / "annotations.json"):
        if listing.is_file():
            rows = json.loads(listing.read_text())["images"]
            files = [(row["file"], str(row.get("source", ""))) for row in rows]
            break
    else:
        suffixes = (".jpg", ".jpeg", ".png")
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in suffixes)
        files = [(str(path.relative_to(folder)), "") for path in found]
    for file, source in files:
        image = readable(folder / file)
        if image is not None:
            yield file, source, image


def readable(path: Path) -> np.ndarray | None:
    """An RGB picture (H, W, 3), shrunk where it is very large; None for what is no picture."""
    image = cv2.imread(str(path))
    return None if image is None else cv2.cvtColor(_limited(image), cv2.COLOR_BGR2RGB)


def _limited(image: np.ndarray) -> np.ndarray:
    factor = _LONGEST_SIDE / max(image.shape[:2])
    if factor >= 1:
        return image
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def cut(
    folder: Path,
    models: Path,
    out: Path,
    subjects: list[str],
    exclude: frozenset[str],
    distracted: bool = False,
) -> None:
    """Cut the crops of these subjects out of a folder's pictures, but for excluded sources.

    Each picture also gives one random region to every subject: mostly a negative. ``distracted``
    gives hands those of :mod:`compress.data.distractors` where the original sees none, too.
    """
    distractors = Distractors(models) if distracted else None
    sought = {name: "hand" if name == "palm" else name for name in subjects if name != "scene"}
    finders = {name: Finder(SUBJECTS[found], models) for name, found in sought.items()}
    crops: dict[str, list[np.ndarray]] = {name: [] for name in subjects}
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in subjects}
    random = np.random.default_rng(0)
    for count, (file, source, image) in enumerate(pictures(folder)):
        if source in exclude:
            continue
        for name in subjects:
            regions = [(region, True) for region in _regions(name, image, finders)]
            regions.append((_random_region(image, random), False))
            if distractors is not None and name == "hand":
                others = distractors(image)
                regions += [(one, False) for one in others if not distractors.hand_in(image, one)]
            for region, found in regions:
                margin = 1.0 if name in SEARCHED else MARGIN
                wide = region._replace(size=region.size * margin)
                crops[name].append(crop(image, wide, SIDES[name]))
                rows[name].append({"file": file, "source": source, "found": found})
        if count % 200 == 0:
            print(count, {name: len(found) for name, found in crops.items()}, flush=True)
    out.mkdir(parents=True, exist_ok=True)
    for name in subjects:
        np.save(out / f"{name}.npy", np.stack(crops[name]))
        (out / f"{name}.json").write_text(json.dumps(rows[name]))


def _regions(name: str, image: np.ndarray, finders: dict[str, Finder]) -> list[Region]:
    found = finders[name](image) if name in finders else []
    if name == "palm":
        found = [one._replace(size=PALM_SEARCH * one.size, angle=0.0) for one in found]
    return [whole_frame(image), *found] if name in SEARCHED else found


def _random_region(image: np.ndarray, random: np.random.Generator) -> Region:
    height, width = image.shape[:2]
    side = max(height, width) * float(random.uniform(0.15, 0.8))
    angle = float(random.uniform(-np.pi, np.pi))
    x, y = float(random.uniform(0, width)), float(random.uniform(0, height))
    return Region(x, y, side, angle)
