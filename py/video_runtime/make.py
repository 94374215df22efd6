"""Builds the wheel of the video reader, PyAV with an FFmpeg that has no GPL part, from source.

    python py/video_runtime/make.py

fetches a compiler by pip and the sources from Debian's mirror, compiles FFmpeg and what it uses,
and PyAV for it, and packs them into py/video_runtime/wheels, with provenance.json. What is done
already is kept in the cache folder and not done again. No root is needed.
"""

import argparse
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from builder import BuildError, downloads, sources  # noqa: E402 - in the folder above this script's
from video_runtime.recipe import libraries, provenance, toolchain, wheel  # noqa: E402

WHEELS = HERE / "wheels"


def make(cache: Path, out: Path = WHEELS) -> Path:
    """Do everything; ``cache`` keeps the tools, the archives and what was compiled.

    Returns the wheel's path. Raises BuildError or SourceError, whose message says
    what failed and what to do.
    """
    table = tomllib.loads((HERE / "sources.toml").read_text())
    folder = cache / "video"
    print(f"video: tools and sources in {folder}", flush=True)
    tools = toolchain.make(folder / "tools", table["toolchain"])
    libraries.build(tools, table, cache, folder)
    print("video: compiling PyAV and packing", flush=True)
    made = wheel.build(tools, table, folder, out)
    for old in out.glob("*.whl"):
        if old != made:
            old.unlink()
    provenance.write(made, table)
    print(f"video: done: {made.name}")
    return made


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = downloads.cache_folder().parent
    parser.add_argument("--cache", type=Path, default=default, help="%(default)s")
    parser.add_argument("--wheels", type=Path, default=WHEELS, help="where the wheel goes")
    options = parser.parse_args()
    try:
        make(options.cache, options.wheels)
    except (BuildError, sources.SourceError) as error:
        sys.exit(f"video: {error}")


if __name__ == "__main__":
    main()
