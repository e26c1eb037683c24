"""The same request to the reference's server and to another one, and what differs in the answers.

A request is a JSON object: `method`, `path` below the repo, and if it has them `parameters` (texts by name) and `body` (any
JSON, or under `text` what is no JSON).
"""

from __future__ import annotations

import json
from collections import Counter
from urllib.parse import urlsplit

import httpx2

# Keys whose lists are sets, or have no order that anybody promises.
UNORDERED = {"parents", "dataset_types", "collections", "missing", "files", "file_info", "rows", "implies", "requires"}


class Server:
    """A server with one repo."""

    def __init__(self, root: str):
        self.root = root
        self.client = httpx2.Client(timeout=120, headers={"Authorization": "Bearer anything"})

    def send(self, request: dict) -> httpx2.Response:
        content = request.get("text")
        if "body" in request:
            content = json.dumps(request["body"])
        headers = {} if content is None else {"content-type": "application/json"}
        # A text that is no UTF-8 comes as escapes of single bytes.
        content = content.encode("utf-8", "surrogateescape") if content is not None else None
        return self.client.request(request["method"], f"{self.root}/{request['path']}", content=content,
                                   params=request.get("parameters"), headers=headers, follow_redirects=False)


class Reference(Server):
    """The reference's server, which closes a connection without a word after it failed at a request."""

    def send(self, request: dict) -> httpx2.Response:
        try:
            return super().send(request)
        except httpx2.ReadError:
            return super().send(request)


def difference(request: dict, reference: httpx2.Response, other: httpx2.Response, *, is_good: bool) -> str | None:
    """What differs, in words; None if nothing does. A request that is not good is one that no client makes."""
    if reference.status_code >= 500:
        # The reference fails at what it should refuse.
        return None if other.status_code < 500 else f"both fail: {reference.status_code} and {other.status_code}"
    if reference.status_code == 400:
        # Bytes that are no text, with a status of their own.
        return None if other.status_code in (400, 422) else f"status 400 and {other.status_code}"
    if reference.status_code != other.status_code:
        return f"status {reference.status_code} and {other.status_code}"
    kinds = [r.headers.get("content-type", "").split(";")[0] for r in (reference, other)]
    if kinds[0] != kinds[1]:
        return f"content type {kinds[0]} and {kinds[1]}"
    if reference.is_redirect:
        return difference_of_urls(reference.headers["location"], other.headers["location"])
    if kinds[0] == "application/jsonlines":
        pages = lines(reference), lines(other)
        if not is_good and not pages[0] and len(pages[1]) == 1 and "error" in pages[1][0]:
            # The reference fails after the beginning of its answer, and that ends it.
            return None
        return difference_of_streams(request, *pages)
    return difference_of_values(plain(reference.json()), plain(other.json()))


def plain(value, key: str = ""):
    """A value without what may differ: the order of sets, texts of errors, hosts and signatures of links."""
    if isinstance(value, dict):
        if "detail" in value and set(value) <= {"detail", "error_type"}:
            return {"error": value.get("error_type", "none")}
        if key == "governors":
            return {k: sorted(v) for k, v in value.items()}
        return {k: plain(v, k) for k, v in value.items()}
    if isinstance(value, list):
        found = [plain(v) for v in value]
        if key == "children":
            # The reference repeats the children of a chain that it meets twice.
            return [v for at, v in enumerate(found) if v not in found[:at]]
        return sorted(found, key=text) if key in UNORDERED else found
    if key == "url":
        return shape(value)
    return value


def text(value) -> str:
    return json.dumps(value, sort_keys=True)


def shape(url: str) -> str:
    """What is the same in all links to a file: a permanent one has no host here, a signed one only the file's name."""
    parts = urlsplit(url)
    if parts.path.endswith("/download"):
        return f"{parts.path}?{parts.query}"
    return parts.path.rpartition("/")[2]


def difference_of_urls(reference: str, other: str) -> str | None:
    return None if shape(reference) == shape(other) else f"link to {reference} and to {other}"


def difference_of_values(reference, other) -> str | None:
    if reference == other:
        return None
    if isinstance(reference, dict) and isinstance(other, dict):
        for key in sorted(reference.keys() | other.keys()):
            if key not in reference or key not in other:
                return f"only {'the other' if key in other else 'the reference'} has {key!r}"
            if found := difference_of_values(reference[key], other[key]):
                return f"{key}: {found}"
    if isinstance(reference, list) and isinstance(other, list):
        if len(reference) != len(other):
            return f"{len(reference)} and {len(other)} entries: {cut(reference)} and {cut(other)}"
        for at, pair in enumerate(zip(reference, other)):
            if found := difference_of_values(*pair):
                return f"[{at}]: {found}"
    return f"{cut(reference)} and {cut(other)}"


def cut(value) -> str:
    value = text(value)
    return value if len(value) < 400 else value[:400] + "..."


def lines(response: httpx2.Response) -> list[dict]:
    return [json.loads(line) for line in response.text.splitlines()]


def difference_of_streams(request: dict, reference: list[dict], other: list[dict]) -> str | None:
    """Rows are compared without order, and only counted where a limit leaves open which there are."""
    one, two = Stream(reference), Stream(other)
    if one.error != two.error:
        return f"error {one.error} and {two.error}"
    if one.error is not None:
        return None
    if one.type != two.type:
        return f"rows of type {one.type} and {two.type}"
    spec = request["body"].get("result_spec", request["body"])
    if spec.get("limit") is not None:
        one_count, two_count = one.rows.total(), two.rows.total()
        return None if one_count == two_count else f"{one_count} and {two_count} rows"
    for what in ("rows", "records"):
        missing, more = getattr(one, what) - getattr(two, what), getattr(two, what) - getattr(one, what)
        if missing or more:
            return f"{what}: missing {cut(sorted(missing)[:2])}, too many {cut(sorted(more)[:2])}"
    return None


class Stream:
    """The rows of all pages."""

    def __init__(self, pages: list[dict]):
        pages = [page for page in pages if page["type"] != "keep-alive"]
        self.error = next((page["error"]["error_type"] for page in pages if page["type"] == "error"), None)
        pages = [page for page in pages if page["type"] != "error"]
        self.type = {page["type"] for page in pages}
        self.rows = Counter(text(row) for page in pages for row in page["rows"])
        # Each record once: the reference sends those of a page with it.
        self.records = Counter({
            text([element, record]): 1
            for page in pages for element, records in (page.get("dimension_records") or {}).items() for record in records
        })
