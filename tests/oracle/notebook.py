"""Executes a notebook in its folder and says what its cells gave: notebook.py NOTEBOOK

Prints one JSON object a code cell: its last value as text, or null. The server and the repo are in the environment, as the
notebook says.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

path = Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
for cell in notebook.cells:
    if cell.cell_type == "code":
        texts = [output.data["text/plain"] for output in cell.outputs if output.output_type == "execute_result"]
        print(json.dumps({"source": cell.source.splitlines()[0], "result": texts[-1] if texts else None}))
