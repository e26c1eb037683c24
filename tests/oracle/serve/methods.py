"""Which methods the classes of the remote client have, read from the installed package: those it implements, and those it does not."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager

from lsst.daf.butler.remote_butler import _query_driver, _registry, _remote_butler, _remote_butler_collections
from lsst.daf.butler.remote_butler import _remote_file_transfer_source as transfer

CLASSES = [_remote_butler.RemoteButler, _remote_butler_collections.RemoteButlerCollections, _registry.RemoteButlerRegistry,
           _query_driver.RemoteQueryDriver, transfer.RemoteFileTransferSource]


def methods(cls) -> dict[str, Callable]:
    """The methods and properties that a class defines itself."""
    found = {}
    for name, member in vars(cls).items():
        if isinstance(member, property):
            member = member.fget
        if inspect.isfunction(member) and not name.startswith("__"):
            found[name] = member
    return found


def is_implemented(method: Callable) -> bool:
    """Whether a method does anything but raise NotImplementedError."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(method))))
    body = [s for s in tree.body[0].body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return not (isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.unparse(body[0]))


def unimplemented() -> list[tuple[type, str]]:
    return [(cls, name) for cls in CLASSES for name, method in methods(cls).items() if not is_implemented(method)]


def implemented() -> set[str]:
    return {f"{cls.__name__}.{name}" for cls in CLASSES for name, method in methods(cls).items() if is_implemented(method)}


def call_unimplemented(owner, name: str) -> str:
    """Call a method with nothing in its required arguments; the name of what it raises."""
    method = getattr(type(owner), name)
    parameters = list(inspect.signature(method).parameters.values())[1:]
    required = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    try:
        result = getattr(owner, name)(*[None for _ in required])
        if hasattr(result, "__enter__"):
            with result:
                pass
    except Exception as error:
        return type(error).__name__
    return "nothing"


@contextmanager
def counted():
    """Counts the calls of all methods while it is open."""
    calls: Counter[str] = Counter()
    originals = [(cls, name, vars(cls)[name]) for cls in CLASSES for name in methods(cls)]

    def count(method, key):
        @functools.wraps(method)
        def counting(*args, **kwargs):
            calls[key] += 1
            return method(*args, **kwargs)
        return counting

    for cls, name, member in originals:
        key = f"{cls.__name__}.{name}"
        if isinstance(member, property):
            setattr(cls, name, property(count(member.fget, key), member.fset))
        else:
            setattr(cls, name, count(member, key))
    try:
        yield calls
    finally:
        for cls, name, member in originals:
            setattr(cls, name, member)
