"""The Python Butler's command line, with stand-ins for formatters that are not installed (see absent.py)."""

import sys

import absent

absent.install()

from lsst.daf.butler.cli.butler import main  # noqa: E402

sys.argv[0] = "butler"
sys.exit(main())
