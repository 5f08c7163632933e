"""A table as CSV, as an HTML page, and as a Word document; the same bytes for the same table."""

import csv
import io
import zipfile
from datetime import datetime
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from pd1_dynamics.files import write_text, written_aside
from pd1_dynamics.outputs.tables.table import HEADING, LEVEL, Table

if TYPE_CHECKING:
    from docx.document import Document

_INDENT = "\u2003"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold
_WIDE = 5  # with this many columns or more, the page is landscape

STYLE = """\
table.printed { border-collapse: collapse; color: #1a1a1a; }
table.printed { font: 0.875rem/1.4 system-ui, sans-serif; }
table.printed caption { text-align: left; font-weight: 600; padding: 0 0 0.4rem; }
table.printed th, table.printed td { text-align: left; vertical-align: top; }
table.printed th, table.printed td { padding: 0.15rem 0.9rem 0.15rem 0; }
table.printed thead th { border-top: 2px solid #1a1a1a; border-bottom: 1px solid #1a1a1a; }
table.printed tbody th { font-weight: 400; }
table.printed tr.heading th { font-weight: 600; padding-top: 0.5rem; }
table.printed tr.level th { padding-left: 1.2rem; }
table.printed tbody tr:last-child > * { border-bottom: 2px solid #1a1a1a; }
.notes { font: 0.8125rem/1.4 system-ui, sans-serif; color: #404040; max-width: 60rem; padding: 0; }
.notes li { list-style: none; }
"""


def write(table: Table, folder: str | Path) -> None:
    """Write ``<name>.csv``, ``<name>.html`` and ``<name>.docx`` into a folder."""
    folder = Path(folder)
    write_text(to_csv(table), folder / f"{table.name}.csv")
    write_text(to_page(table), folder / f"{table.name}.html")
    with written_aside(folder / f"{table.name}.docx") as path:
        path.write_bytes(to_docx(table))


def to_csv(table: Table) -> str:
    """The table as text: header and lines; levels are indented."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(table.header)
    for line in table.lines:
        first = _INDENT + line.cells[0] if line.role == LEVEL else line.cells[0]
        out.writerow([first, *line.cells[1:]])
    return text.getvalue()


def to_html(table: Table) -> str:
    """The table as a part of an HTML page, with its caption and notes."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.header)
    body = []
    for line in table.lines:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in line.cells[1:])
        first = f'<th scope="row">{escape(line.cells[0])}</th>'
        if line.role == HEADING and not any(line.cells[1:]):
            first = (
                f'<th scope="rowgroup" colspan="{len(table.header)}">{escape(line.cells[0])}</th>'
            )
            cells = ""
        elif line.role == HEADING:
            cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in line.cells[1:])
        body.append(f'<tr class="{line.role}">{first}{cells}</tr>')
    notes = "".join(f"<li>{escape(note)}</li>" for note in table.notes)
    caption = f"{escape(table.number)}. {escape(table.title)}"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.number)}">\n'
        f'<table class="printed" id="{table.name}">\n<caption>{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(body)
        + "\n</tbody>\n</table>\n</div>\n"
        f'<ul class="notes">{notes}</ul>\n'
    )


def to_page(table: Table) -> str:
    """The table as an HTML page of its own."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(table.number)}</title>\n<style>\n{STYLE}"
        "body { margin: 1.5rem; }\n.scroll { overflow-x: auto; }\n</style>\n</head>\n<body>\n"
        f"<main>\n{to_html(table)}</main>\n</body>\n</html>\n"
    )


def from_page(page: str) -> tuple[str, str]:
    """Number of the table on a page that :func:`to_page` wrote, and the part that is the table."""
    number = unescape(page.partition("<title>")[2].partition("</title>")[0])
    return number, page.partition("<main>\n")[2].partition("</main>")[0]


def to_docx(table: Table) -> bytes:
    """The table as a Word document: three rules, the header repeated on each page, notes below."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    section = document.sections[0]
    if len(table.header) >= _WIDE:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(2))
    title = document.add_paragraph()
    title.add_run(f"{table.number}. ").bold = True
    title.add_run(table.title)
    _fill(document, table)
    for note in table.notes:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(note).font.size = Pt(8)
    properties = document.core_properties
    properties.author, properties.title = "pd1-dynamics", f"{table.number}. {table.title}"
    properties.created = properties.modified = datetime(*_EPOCH)
    properties.comments = ""
    raw = io.BytesIO()
    document.save(raw)
    return _normalised(raw.getvalue())


def _fill(document: Any, table: Table) -> None:
    def rule(row: Any, side: str, width: int) -> None:
        for cell in row.cells:
            properties = cell._tc.get_or_add_tcPr()
            borders = properties.first_child_found_in("w:tcBorders")
            if borders is None:
                borders = OxmlElement("w:tcBorders")
                properties.append(borders)
            edge = OxmlElement(f"w:{side}")
            edge.set(qn("w:val"), "single")
            edge.set(qn("w:sz"), str(width))
            borders.append(edge)

    def put(cell: Any, text: str, bold: bool, indent: int = 0) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.paragraph_format.left_indent = Pt(indent)
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(8.5)

    made = document.add_table(rows=1 + len(table.lines), cols=len(table.header))
    for cell, text in zip(made.rows[0].cells, table.header, strict=True):
        put(cell, text, bold=True)
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(repeat)
    rule(made.rows[0], "top", 12)
    rule(made.rows[0], "bottom", 6)
    for row, line in zip(list(made.rows)[1:], table.lines, strict=True):
        cells = row.cells
        for place, text in enumerate(line.cells):
            indent = 10 if line.role == LEVEL and place == 0 else 0
            put(cells[place], text, bold=line.role == HEADING, indent=indent)
    rule(made.rows[-1], "bottom", 12)


def _normalised(document: bytes) -> bytes:
    """The same document with its parts in order and without times."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as parts, zipfile.ZipFile(out, "w") as written:
        for name in sorted(parts.namelist()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            written.writestr(entry, parts.read(name), compresslevel=6)
    return out.getvalue()
