"""Kinds of analysis, one a file: whatever lies in this folder is a kind that can be declared."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
