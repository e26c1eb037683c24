"""What a caller with globs of collections sees, by every way there is, compared with the direct Butler.

    rules.py REPO URL TOKEN COLLECTION...

REPO is a folder, URL its address at a server, TOKEN what is sent, and COLLECTION... all that the caller may read. Prints one JSON
object: `allowed` and `hidden` (how many datasets), `wrong` (names of the ways that show another thing).
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

import absent

absent.install()

from lsst.daf.butler import Butler, MissingCollectionError  # noqa: E402

REPO, URL, TOKEN, *COLLECTIONS = sys.argv[1:]
os.environ["BUTLER_RUBIN_ACCESS_TOKEN"] = TOKEN


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(path: str, body=None) -> tuple[int, object]:
    """Status and JSON of one request, without the client."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{URL}/v1/{path}", data, {"Authorization": f"Bearer {TOKEN}"})
    try:
        with urllib.request.build_opener(NoRedirect).open(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, None


def rest(path: str, **query: str) -> tuple[int, object]:
    """Status and JSON of one question to the notebook REST."""
    url = URL.replace("/api/butler/repo/", "/api/v1/repos/") + path
    if query:
        url += "?" + urllib.parse.urlencode(query)
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    try:
        with urllib.request.urlopen(request) as answer:
            is_json = answer.headers["Content-Type"] == "application/json"
            return answer.status, json.load(answer) if is_json else answer.read()
    except urllib.error.HTTPError as error:
        return error.code, None


def column(path: str, name: str, **query: str) -> set:
    """The values in a column of a table, without null."""
    return {row[name] for row in rest(path, **query)[1]["rows"]} - {None}


def is_missing(call) -> bool:
    try:
        call()
    except MissingCollectionError:
        return True
    return False


direct, remote = Butler.from_config(REPO), Butler(URL)
every = {r.id: r for r in direct.query_all_datasets("*", name="*", find_first=False, limit=None)}
visible = direct.query_all_datasets(COLLECTIONS, name="*", find_first=False, limit=None)
visible = {r.id: r for r in visible}
hidden = [i for i in every if i not in visible]
there = set(COLLECTIONS)
all_collections = direct.collections.query("*")
elsewhere = [c for c in all_collections if c not in there]


def found(ref):
    return remote.find_dataset(ref.datasetType.name, ref.dataId, collections=[ref.run])


def with_tree(call, collection):
    with remote.query() as query:
        return call(query.join_dataset_search("raw", collection))


def is_found(ref) -> bool:
    return found(ref) == ref if ref.run in there else is_missing(lambda: found(ref))


def files_by_id(i) -> int:
    return ask(f"get_file/{i}")[0]


def files_by_data_id(ref) -> int:
    body = {"dataset_type": ref.datasetType.name, "data_id": dict(ref.dataId.mapping), "collections": [ref.run]}
    return ask("get_file_by_data_id", body | {"default_data_id": {}, "timespan": None})[0]


ids = [str(i) for i in every]
nowhere = rest("/datasets", collections="no/such/collection")
request = urllib.request.Request(URL.split("/api/")[0] + "/api/v1/repos", headers={"Authorization": f"Bearer {TOKEN}"})
with urllib.request.urlopen(request) as answer:
    repos = json.load(answer)
infos = remote.collections.query_info("*", include_parents=True, include_summary=True)
summaries = {t for info in infos for t in info.dataset_types or ()}
checks = {
    "collections": lambda: set(remote.collections.query("*")) == there,
    "infos": lambda: {info.name for info in infos} == there,
    "parents": lambda: all(set(info.parents or ()) <= there for info in infos),
    "children": lambda: all(set(info.children) <= there for info in infos),
    "summaries": lambda: summaries == {r.datasetType.name for r in visible.values()},
    "no info": lambda: all(is_missing(lambda c=c: remote.collections.get_info(c)) for c in elsewhere),
    "no summary": lambda: all(is_missing(lambda c=c: remote.registry.getCollectionSummary(c)) for c in elsewhere),
    "registry": lambda: set(remote.registry.queryCollections()) == there,
    "all datasets": lambda: set(remote.query_all_datasets("*", name="*", find_first=False, limit=None))
    == set(visible.values()),
    "no datasets": lambda: all(is_missing(lambda c=c: remote.query_all_datasets(c, name="*")) for c in elsewhere),
    "by id": lambda: all(remote.get_dataset(i) == visible.get(i) for i in every),
    "many": lambda: set(remote.get_many_datasets(list(every))) == set(visible.values()),
    "found": lambda: all(is_found(ref) for ref in every.values()),
    "rows": lambda: all(is_missing(lambda c=c: with_tree(lambda q: list(q.datasets("raw", c)), c)) for c in elsewhere),
    "count": lambda: all(is_missing(lambda c=c: with_tree(lambda q: q.data_ids(["exposure"]).count(), c)) for c in elsewhere),
    "any": lambda: all(is_missing(lambda c=c: with_tree(lambda q: q.any(), c)) for c in elsewhere),
    "explain": lambda: all(is_missing(lambda c=c: with_tree(lambda q: q.explain_no_results(), c)) for c in elsewhere),
    "files": lambda: all((files_by_id(i) == 200) == (i in visible) for i in every),
    "files by data ID": lambda: all((files_by_data_id(r) == 200) == (r.run in there) for r in every.values()),
    "transfer": lambda: set(ask("file_transfer", {"dataset_ids": ids})[1]["files"]) == {str(i) for i in visible},
    "download": lambda: all((ask(f"dataset/{i}/download")[0] == 307) == (i in visible) for i in every),
    "REST repos": lambda: {r["butler"] for r in repos["rows"]} == {urllib.parse.urlsplit(URL).path},
    "REST collections": lambda: column("/collections", "name") == there,
    "REST trees": lambda: column("/collections", "name", chains="tree") == there,
    "REST summaries": lambda: all((rest("/collections/summary", name=c)[0] == 200) == (c in there) for c in all_collections),
    "REST datasets": lambda: column("/datasets", "id") == {str(i) for i in visible},
    "REST no datasets": lambda: all(rest("/datasets", collections=c) == nowhere for c in elsewhere),
    "REST by id": lambda: all((rest(f"/datasets/{i}")[0] == 200) == (i in visible) for i in every),
    "REST files": lambda: all((rest(f"/datasets/{i}/file")[0] == 200) == (i in visible) for i in every),
    "REST cover": lambda: column("/covers", "id", ra="0", dec="0", radius="180") <= {str(i) for i in visible},
}


def attempt(check) -> str | None:
    try:
        return None if check() else "differs"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"


wrong = {name: said for name, check in checks.items() if (said := attempt(check))}
print(json.dumps({"allowed": len(visible), "hidden": len(hidden), "wrong": wrong}))
