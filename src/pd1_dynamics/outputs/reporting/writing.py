"""Sections as Markdown and as a Word document; the same bytes for the same words."""

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from docx import Document
from docx.shared import Pt

from pd1_dynamics.outputs.reporting.methods import Section
from pd1_dynamics.outputs.tables.writing import normalised

if TYPE_CHECKING:
    from docx.document import Document as Written


def to_markdown(title: str, sections: Iterable[Section]) -> str:
    """One page: a title, and each section with its paragraphs and table."""
    parts = [f"# {title}"]
    for section in sections:
        parts += [f"## {section.title}", *section.paragraphs]
        if section.table:
            parts.append(table(section.table))
    return "\n\n".join(parts) + "\n"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its header first."""
    shown = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in shown]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def to_docx(title: str, sections: Iterable[Section]) -> bytes:
    """The same as a Word document, with styles of headings and tables."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(10)
    document.add_heading(title, level=0)
    for section in sections:
        document.add_heading(section.title, level=1)
        for paragraph in section.paragraphs:
            document.add_paragraph(paragraph.replace("`", ""))
        if section.table:
            _fill(document, section.table)
    text = io.BytesIO()
    document.save(text)
    return normalised(text.getvalue())


def _fill(document: "Written", rows: Sequence[Sequence[str]]) -> None:
    made = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for place, (cells, row) in enumerate(zip(made.rows, rows, strict=True)):
        for cell, text in zip(cells.cells, row, strict=True):
            run = cell.paragraphs[0].add_run(text.replace("`", ""))
            run.font.size, run.bold = Pt(8), place == 0
