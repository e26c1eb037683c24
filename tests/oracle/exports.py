"""Exports of the Python Butler, compared with those of others.

Reads one question a line from standard input, each a JSON object, and answers each with a line of JSON: the differences
between the export that the Butler makes and the other, empty when there are none. A question has

    repo          the repository
    other         an export directory of the same repository
    to            the directory to write to, which is made
    types         dataset types (all)
    search        collections that datasets are looked for in ("*")
    collections   collections that are saved with all below them ("*")
    where         a where-expression ("")
    find_first    whether datasets are looked for in order (false)
    elements      dimension elements all of whose records are saved ([])
    transfer      transfer mode (null)
"""

from __future__ import annotations

import json
import os
import sys

import absent

absent.install()

import yaml  # noqa: E402
from lsst.daf.butler import Butler  # noqa: E402


class Plain(yaml.SafeLoader):
    """Reads what has a tag of the Butler's as a pair of the tag and the text or mapping behind it."""

    yaml_constructors = {
        tag: constructor
        for tag, constructor in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.startswith("tag:yaml.org,2002:")
    }


def tagged(loader, suffix, node):
    if isinstance(node, yaml.MappingNode):
        return [node.tag, loader.construct_mapping(node, deep=True)]
    return [node.tag, loader.construct_scalar(node)]


Plain.add_multi_constructor("", tagged)


def load(file: str):
    with open(file) as stream:
        return yaml.load(stream, Loader=Plain)


def read(directory: str):
    return load(os.path.join(directory, "export.yaml"))


def files(directory: str) -> dict[str, str]:
    """What each file or link below a folder is, except the export file."""
    found = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, directory)
            if key != "export.yaml":
                status = os.lstat(path)
                kind = os.readlink(path) if os.path.islink(path) else f"{status.st_size} bytes, {status.st_nlink} links"
                found[key] = kind
    return found


def differences(theirs, ours, where: str, found: list[str]) -> None:
    """Where two parsed documents differ, also in order."""
    if len(found) > 20:
        return
    if isinstance(theirs, dict) and isinstance(ours, dict) and list(theirs) == list(ours):
        for key in theirs:
            differences(theirs[key], ours[key], f"{where}.{key}", found)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for i, pair in enumerate(zip(theirs, ours)):
            differences(*pair, f"{where}[{i}]", found)
    elif type(theirs) is not type(ours) or theirs != ours:
        found.append(f"{where}: {str(theirs)[:300]!r} is {str(ours)[:300]!r}")


def export(question: dict) -> None:
    with Butler.from_config(question["repo"], writeable=False) as butler:
        search = question.get("search", "*")
        refs = []
        for name in question.get("types") or [t.name for t in butler.registry.queryDatasetTypes()]:
            refs += butler.query_datasets(
                name,
                collections=search,
                where=question.get("where", ""),
                find_first=question.get("find_first", False),
                with_dimension_records=True,
                explain=False,
                limit=None,
            )
        names = butler.collections.query(
            question.get("collections", "*"), flatten_chains=True, include_chains=True
        )
        os.makedirs(question["to"])
        with butler.export(
            directory=question["to"], filename="export.yaml", transfer=question.get("transfer")
        ) as context:
            context.saveDatasets(refs)
            for name in names:
                context.saveCollection(name)
            for element in question.get("elements", []):
                context.saveDimensionData(element, butler.registry.queryDimensionRecords(element))


def answer(question: dict) -> list[str]:
    export(question)
    found: list[str] = []
    differences(read(question["to"]), read(question["other"]), "", found)
    if question.get("transfer") != "relsymlink":
        differences(files(question["to"]), files(question["other"]), "files", found)
    return found


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
