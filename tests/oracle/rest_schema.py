"""Has schemathesis ask a server for what its OpenAPI description allows, and for what it does not: the address of the server
and the label of a repo in, schemathesis' report out; exits with its code.

The requests are the same every time. `PANTRY_SCHEMA_EXAMPLES` is how many random ones each operation gets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

# Which repos, elements and datasets there are is not in the description; with random names everything would be 404.
NAMES = {
    "label": ["{label}"],
    "element": ["instrument", "visit", "detector", "patch", "htm7"],
    "id": ["{dataset}"],
}

# That a request is well-formed does not mean that it can be answered: an expression may name what does not exist.
NOT_CHECKED = "positive_data_acceptance"


def describe(address: str, label: str, dataset: str) -> dict:
    with urllib.request.urlopen(f"{address}/api/v1/openapi.json") as answer:
        description = json.load(answer)
    for path in description["paths"].values():
        for parameter in path["get"].get("parameters", []):
            if names := NAMES.get(parameter["name"]):
                names = [name.format(label=label, dataset=dataset) for name in names]
                parameter["schema"] = {"type": "string", "enum": names}
    return description


def main(address: str, label: str, dataset: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        description = Path(folder) / "openapi.json"
        description.write_text(json.dumps(describe(address, label, dataset)))
        words = ["run", str(description), "--url", address, "--phases", "coverage,fuzzing", "--checks", "all",
                 "--exclude-checks", NOT_CHECKED, "--seed", "1", "--generation-database", "none",
                 "--suppress-health-check", "all", "--no-shrink", "--no-color", "--max-examples",
                 os.environ.get("PANTRY_SCHEMA_EXAMPLES", "30"), "--request-timeout", "60"]
        ran = subprocess.run([str(Path(sys.executable).parent / "st"), *words], cwd=folder, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    print(ran.stdout)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
