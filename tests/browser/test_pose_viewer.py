"""pose-format's viewer for web pages, npm's pose-viewer, shows the .pose files that we write."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from builder import ROOT, downloads
from holistic import cli, recording
from holistic.results.readers import Recording

CLIP = ROOT / "tests" / "media" / "intel__milk.mkv"
VIEWER = "package/dist/pose-viewer/"
PAGE = """<!doctype html><script type="module" src="viewer/pose-viewer.esm.js"></script>
<pose-viewer src="clip.pose" renderer="{renderer}" autoplay="false" width="640px" height="480px">
</pose-viewer>"""

READ = "document.querySelector('pose-viewer').getPose?.().then(pose => Boolean(pose))"

SHOWN = """async () => {
  const viewer = document.querySelector('pose-viewer');
  const { header, body } = await viewer.getPose();
  return {
    components: header.components.map(({ name, points }) => [name, points.length]),
    size: [header.width, header.height],
    fps: body.fps,
    frames: body.frames.length,
    nose: body.frames[0].people[0].POSE_LANDMARKS[0],
  };
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's folder with the viewer and a clip's landmarks, as .pose and as JSON."""
    folder = tmp_path_factory.mktemp("viewer")
    (folder / "viewer").mkdir()
    with tarfile.open(downloads.pinned_npm_package("pose-viewer")) as archive:
        for member in archive.getmembers():
            if member.name.startswith(VIEWER) and member.name.endswith(".js"):
                content: Any = archive.extractfile(member)
                (folder / "viewer" / Path(member.name).name).write_bytes(content.read())
    for name in ("clip.pose", "clip.json"):
        assert cli.main([str(CLIP), "--out", str(folder / name)]) == 0
    for renderer in ("canvas", "svg"):
        (folder / f"{renderer}.html").write_text(PAGE.format(renderer=renderer))
    return folder


@pytest.fixture(scope="module")
def clip(folder: Path) -> Recording:
    """What is in the file."""
    return recording.read(folder / "clip.json")


@pytest.fixture
def page(launch: Callable[..., Browser]) -> Iterator[Page]:
    context = launch().new_context(viewport={"width": 800, "height": 600})
    yield context.new_page()
    context.close()


def test_the_viewer_reads_every_part_of_every_frame(
    page: Page, folder: Path, clip: Recording, serve: Callable[..., str]
) -> None:
    page.goto(f"{serve(folder)}canvas.html")
    page.wait_for_function(READ)
    shown = page.evaluate(SHOWN)
    assert shown["components"] == [
        ["POSE_LANDMARKS", 33],
        ["FACE_LANDMARKS", 468],
        ["LEFT_HAND_LANDMARKS", 21],
        ["RIGHT_HAND_LANDMARKS", 21],
        ["POSE_WORLD_LANDMARKS", 33],
    ]
    assert shown["size"] == [clip.width, clip.height]
    assert shown["frames"] == len(clip.results)
    person = clip.results[0].person
    assert person is not None
    assert person.pose is not None
    x, y, _ = person.pose[0, :3] * (clip.width, clip.height, 1)
    assert (shown["nose"]["X"], shown["nose"]["Y"]) == pytest.approx((x, y), abs=0.1)


@pytest.mark.parametrize(
    ("renderer", "drawn"),
    [
        ("svg", "root.querySelectorAll('circle').length > 500"),
        (
            "canvas",
            """(canvas => canvas?.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
            .data.some(value => value > 0))(root.querySelector('canvas'))""",
        ),
    ],
)
def test_the_viewer_draws_the_person(
    page: Page, folder: Path, serve: Callable[..., str], renderer: str, drawn: str
) -> None:
    page.goto(f"{serve(folder)}{renderer}.html")
    page.wait_for_function(
        f"(root => root && ({drawn}))(document.querySelector('pose-viewer').shadowRoot)"
    )
