"""The reference's Butler server, on a free port of this machine.

    reference.py LABEL=REPO...

Prints `http://ADDRESS` when it listens, and serves until it is killed. It cannot sign links to files of this machine; links
to nowhere with the name of the file take their place, so that the rest of an answer about files can be compared.
"""

import json
import os
import socket
import sys

import absent

absent.install()

os.environ["DAF_BUTLER_SERVER_REPOSITORIES"] = json.dumps({
    label: {"config_uri": repo, "authorized_groups": ["*"]}
    for label, _, repo in (word.partition("=") for word in sys.argv[1:])
})
os.environ["DAF_BUTLER_SERVER_GAFAELFAWR_URL"] = "DISABLED"
os.environ["DAF_BUTLER_SERVER_AUTHENTICATION"] = "rubin_science_platform"

import uvicorn  # noqa: E402
from lsst.daf.butler.remote_butler.server import create_app  # noqa: E402
from lsst.resources.file import FileResourcePath  # noqa: E402

FileResourcePath.generate_presigned_get_url = (
    lambda self, *, expiration_time_seconds: f"http://signed.invalid/{self.basename()}")

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print("http://127.0.0.1:%d" % listener.getsockname()[1], flush=True)
server = uvicorn.Server(uvicorn.Config(create_app, factory=True, log_level="warning", lifespan="off"))
server.run(sockets=[listener])
