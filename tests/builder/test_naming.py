"""Names on the site that every host knows, and modules that no document is needed for."""

import gzip
import json
import subprocess

from builder import ROOT
from builder.site import SITE

ALIAS = "holistic-tracking.mjs"
"""An address of the tag that pages may have; it leads to the one that is safe."""


def test_no_host_takes_a_file_for_something_else() -> None:
    named = json.loads((SITE / "manifest.json").read_text("utf-8"))["files"]
    assert [path for path in named if path.endswith((".mjs", ".gz"))] == [ALIAS]


def test_packed_files_may_also_arrive_unpacked() -> None:
    named = json.loads((SITE / "manifest.json").read_text("utf-8"))["files"]
    packed = {path for path, facts in named.items() if "unpacked" in facts}
    assert "python/snapshot.bin" in packed
    assert {path for path in named if path.startswith("models/")} < packed
    for path in packed:
        content = gzip.decompress((SITE / path).read_bytes())
        assert named[path]["unpackedBytes"] == len(content)


def test_the_tag_can_be_imported_where_there_is_no_document() -> None:
    script = (
        "await import('./build/site/holistic-tracking.js').then(({ HolisticTracking }) => "
        "console.log(typeof HolisticTracking))"
    )
    ended = subprocess.run(
        ["node", "--input-type=module", "--eval", script], cwd=ROOT, capture_output=True, text=True
    )
    assert (ended.stdout, ended.returncode) == ("function\n", 0), ended.stderr
