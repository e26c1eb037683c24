"""What the Python Butler's command line answers: a JSON list of argument lists in, a JSON list of [exit code, stdout] out.

All run in one process, because starting it takes longer than most answers.
"""

from __future__ import annotations

import json
import os
import sys

import absent

absent.install()

from click.testing import CliRunner  # noqa: E402
from lsst.daf.butler.cli.butler import cli  # noqa: E402

if __name__ == "__main__":
    answers = []
    # What commands print past the runner must not end up among the answers.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for arguments in json.load(sys.stdin):
        result = CliRunner().invoke(cli, arguments)
        answers.append([result.exit_code, result.stdout])
    json.dump(answers, out)
