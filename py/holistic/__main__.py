"""``python -m holistic``: see ``cli``."""

import sys

from holistic.cli import main

sys.exit(main())
