"""Stand-ins for formatter classes of a full Rubin installation, so that the Python Butler imports exports naming them.

The Butler stops at a formatter that it cannot import. `install()` makes those that its own configuration names, and the
ones of the fixtures, importable as classes that accept any file and read nothing. Classes that exist are left alone.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from pathlib import Path

import lsst.daf.butler
import yaml

MORE = ["lsst.obs.subaru.rawFormatter.HyperSuprimeCamRawFormatter"]


def configured() -> set[str]:
    """Formatter names in the Butler's default configuration."""
    path = Path(lsst.daf.butler.__file__).parent / "configs" / "datastores" / "formatters.yaml"
    text = "\n".join(line for line in path.read_text().splitlines() if "!include" not in line)
    found = set()
    for key, value in yaml.safe_load(text).items():
        if key == "default":
            found |= set(value)
        elif isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict) and "formatter" in value:
            found.add(value["formatter"])
    return found


class AbsentFormatters(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules that hold a stand-in, and the packages above them, when nobody else does."""

    def __init__(self, names):
        self.modules: dict[str, set[str]] = {}
        for name in names:
            module, _, cls = name.rpartition(".")
            self.modules.setdefault(module, set()).add(cls)
            while "." in module:
                module = module.rpartition(".")[0]
                self.modules.setdefault(module, set())

    def find_spec(self, fullname, path, target=None):
        if fullname in self.modules:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def exec_module(self, module):
        for name in self.modules[module.__name__]:
            setattr(module, name, stand_in(module.__name__, name))


def stand_in(module: str, name: str) -> type:
    """A formatter that accepts every extension and cannot read."""

    def validate_extension(cls, location):
        return None

    return type(name, (lsst.daf.butler.FormatterV2,),
                {"__module__": module, "validate_extension": classmethod(validate_extension)})


def install() -> None:
    """Put the finder behind all others."""
    sys.meta_path.append(AbsentFormatters(configured() | set(MORE)))
