"""Where configuration and schemas lie: in the repository, or in an installed package."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
_INSTALLED = PACKAGE / "study"
ROOT = PACKAGE.parents[1]
"""Root of the repository, where there is one."""
CONFIG = _INSTALLED / "config" if _INSTALLED.is_dir() else ROOT / "config"
SCHEMAS = _INSTALLED / "schemas" if _INSTALLED.is_dir() else ROOT / "workflow" / "schemas"
COHORTS = CONFIG / "cohorts"
"""The cohorts that ship."""
