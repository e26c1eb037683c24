"""A call of a Butler with its result or error as JSON, and when two of these are the same."""

from __future__ import annotations

import json

from lsst.daf.butler import ButlerUserError
from plain import plain


def attempt(call, butler):
    """What a call gives, or the kind of error that it raises."""
    try:
        return plain(call(butler))
    except Exception as error:
        is_users = isinstance(error, ButlerUserError)
        return {"raises": type(error).__name__, "is_users": is_users, "says": str(error)[:300]}


def raised(found) -> str | None:
    return found.get("raises") if isinstance(found, dict) else None


def is_same(one, other) -> bool:
    if raised(one) and raised(other):
        return raised(one) == raised(other)
    return one == other


def cut(value) -> str:
    value = json.dumps(value, sort_keys=True)
    return value if len(value) < 1000 else value[:1000] + "..."
