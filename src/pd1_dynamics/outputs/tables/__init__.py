"""Tables of the paper: layouts select estimates, nothing is computed here.

:func:`make` fills the layouts, :func:`write` writes a table as CSV, HTML, DOCX and LaTeX.
"""

from pd1_dynamics.contract.layouts import load
from pd1_dynamics.outputs.tables.making import make
from pd1_dynamics.outputs.tables.models import Tested
from pd1_dynamics.outputs.tables.table import Table
from pd1_dynamics.outputs.tables.writing import from_page, sources, write

__all__ = ["Table", "Tested", "from_page", "load", "make", "sources", "write"]
