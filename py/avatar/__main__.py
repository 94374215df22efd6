"""``python -m avatar OUT.vrm``: write the avatar."""

import sys
from pathlib import Path

from avatar.vrm import content

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m avatar OUT.vrm")
    Path(sys.argv[1]).write_bytes(content())
