"""The requests that the client makes, taken down where they leave it."""

from __future__ import annotations

import json
from contextlib import contextmanager

import httpx2


@contextmanager
def recorded(root: str):
    """A list that grows by the requests to the repo at `root`, each once, in the form of compare.py."""
    found: dict[str, dict] = {}
    send = httpx2.HTTPTransport.handle_request

    def handle_request(self, request):
        url = str(request.url.copy_with(query=None))
        if url.startswith(root + "/v1"):
            taken = {"method": request.method, "path": url.removeprefix(root + "/")}
            if request.url.params:
                taken["parameters"] = dict(request.url.params)
            if content := request.read():
                taken["body"] = json.loads(content)
            found.setdefault(json.dumps(taken, sort_keys=True), taken)
        return send(self, request)

    httpx2.HTTPTransport.handle_request = handle_request
    try:
        yield found
    finally:
        httpx2.HTTPTransport.handle_request = send
