"""`python -m seedbed.cli`: the same as `seedbed`."""

import sys

from seedbed.cli import main

sys.exit(main())
