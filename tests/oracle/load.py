"""Load export files into a repository as the Python Butler does, without their files: no datastore records are written.

    load.py REPO FILE...

FILE is a path, or the name of a file in the Butler's own tests/registry_data. The files are read in the given order, each
in a transaction of its own.
"""

import sys
from pathlib import Path

import absent

absent.install()

import lsst.daf.butler.tests.registry_data  # noqa: E402
from lsst.daf.butler import Butler  # noqa: E402

REGISTRY_DATA = Path(lsst.daf.butler.tests.registry_data.__file__).parent


def main(repo: str, *files: str) -> None:
    with Butler.from_config(repo, writeable=True) as butler:
        for name in files:
            path = Path(name) if Path(name).exists() else REGISTRY_DATA / name
            butler.import_(filename=str(path.resolve()), format="yaml", without_datastore=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
