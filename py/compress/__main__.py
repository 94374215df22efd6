"""``python -m compress``: see :mod:`compress.cli`."""

import sys

from compress.cli import main

sys.exit(main())
