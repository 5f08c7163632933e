"""A table as CSV, HTML page, Word document and LaTeX; the same bytes for the same table."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from pd1_dynamics.files import write_text, written_aside
from pd1_dynamics.outputs.sources import linked
from pd1_dynamics.outputs.tables.footnotes import noted, parted
from pd1_dynamics.outputs.tables.table import HEADING, LEVEL, Line, Table, lines_of

if TYPE_CHECKING:
    from docx.document import Document

_INDENT = "\u2003"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip file can hold
_WIDE = 6  # with this many columns or more, the page is landscape
_CROWDED = 11  # and with this many its type is small
_TYPE = {False: (8.5, 0.19), True: (6.5, 0.135)}  # points, and cm that a letter takes, by crowding
_PADDING = 0.4  # cm that a cell leaves free
_LONGEST = 44  # letters of a cell that stays in one line where there is room
_MARGIN = 2.0  # cm
_PAPER = (21.0, 29.7)  # cm

STYLE = """\
table.printed { border-collapse: collapse; color: #1a1a1a; }
table.printed { font: 0.875rem/1.4 system-ui, sans-serif; }
table.printed caption { text-align: left; font-weight: 600; padding: 0 0 0.4rem; }
table.printed th, table.printed td { text-align: left; vertical-align: top; }
table.printed th, table.printed td { padding: 0.15rem 0.9rem 0.15rem 0; }
table.printed thead th { border-top: 2px solid #1a1a1a; border-bottom: 1px solid #1a1a1a; }
table.printed tbody th { font-weight: 400; }
table.printed td { white-space: nowrap; }
table.printed td.long { white-space: normal; }
table.printed tr.heading th { font-weight: 600; padding-top: 0.5rem; }
table.printed tr.level th { padding-left: 1.2rem; }
table.printed sup, .notes sup { font-size: 0.7em; line-height: 0; }
table.printed tbody tr:last-child > * { border-bottom: 2px solid #1a1a1a; }
.notes { font: 0.8125rem/1.4 system-ui, sans-serif; color: #404040; max-width: 60rem; padding: 0; }
.notes li { list-style: none; }
a.number { color: inherit; text-decoration: underline dotted #b5b5b5; text-underline-offset: 3px; }
a.number:hover, a.number:focus { text-decoration: underline solid currentColor; }
"""


def write(table: Table, folder: str | Path) -> None:
    """Write ``<name>.csv``, ``.html``, ``.docx`` and ``.tex`` into a folder."""
    folder = Path(folder)
    write_text(to_csv(table), folder / f"{table.name}.csv")
    write_text(to_tex(table), folder / f"{table.name}.tex")
    write_text(to_page(table), folder / f"{table.name}.html")
    with written_aside(folder / f"{table.name}.docx") as path:
        path.write_bytes(to_docx(table))


def sources(tables: Sequence[Table]) -> pd.DataFrame:
    """Where tables show estimates: one row a cell.

    Returns
    -------
    DataFrame
        ``table`` (file name), ``number`` (as printed), ``row`` (the labels of the line, with that
        of the row above a level), ``column``, ``text``, and ``lines``: those of ``estimates.csv``,
        with blanks between.
    """
    found = []
    for table in tables:
        above = ""
        for line in (Line(HEADING, table.header), *table.lines):
            label = parted(line.cells[0])[0]
            above = above if line.role == LEVEL else label
            row = f"{above}: {label}" if line.role == LEVEL else label
            for heading, cell in zip(table.header, line.cells, strict=True):
                if lines_of(cell):
                    shown = (parted(text)[0] for text in (heading, cell))
                    place = (table.name, table.number, "" if line.role == HEADING else row)
                    found.append((*place, *shown, " ".join(map(str, lines_of(cell)))))
    return pd.DataFrame(found, columns=["table", "number", "row", "column", "text", "lines"])


def to_csv(table: Table) -> str:
    """The table as text: header and lines without the marks of footnotes; levels are indented."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow([parted(cell)[0] for cell in table.header])
    for line in table.lines:
        cells = [parted(cell)[0] for cell in line.cells]
        first = _INDENT + cells[0] if line.role == LEVEL else cells[0]
        out.writerow([first, *cells[1:]])
    return text.getvalue()


def to_html(table: Table) -> str:
    """The table as a part of an HTML page, with its caption and notes.

    A cell that shows estimates links to where the report lists them.
    """

    def shown(cell: str) -> str:
        text, letters = parted(cell)
        marks = ",".join(letters)
        found = linked(escape(text), lines_of(cell))
        return found + (f"<sup>{marks}</sup>" if marks else "")

    head = "".join(f'<th scope="col">{shown(cell)}</th>' for cell in table.header)
    body = []
    for line in table.lines:
        cells = "".join(
            f'<td class="long">{shown(cell)}</td>'
            if len(cell) > _LONGEST
            else f"<td>{shown(cell)}</td>"
            for cell in line.cells[1:]
        )
        first = f'<th scope="row">{shown(line.cells[0])}</th>'
        if line.role == HEADING and not any(line.cells[1:]):
            first = (
                f'<th scope="rowgroup" colspan="{len(table.header)}">{escape(line.cells[0])}</th>'
            )
            cells = ""
        elif line.role == HEADING:
            cells = "".join(f'<th scope="col">{shown(cell)}</th>' for cell in line.cells[1:])
        body.append(f'<tr class="{line.role}">{first}{cells}</tr>')
    notes = ""
    for letter, words in map(noted, table.notes):
        mark = f"<sup>{letter}</sup> " if letter else ""
        notes += f"<li>{mark}{escape(words)}</li>"
    caption = f"{escape(table.number)}. {escape(table.title)}"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.number)}">\n'
        f'<table class="printed" id="{table.name}">\n<caption>{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(body)
        + "\n</tbody>\n</table>\n</div>\n"
        f'<ul class="notes">{notes}</ul>\n'
    )


_TEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "\u2212": r"$-$",
    "\u2013": "--",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "²": r"\textsuperscript{2}",
    "√": r"$\surd$",
}


def to_tex(table: Table) -> str:
    """The table for LaTeX: a ``table`` environment with rules of the package ``booktabs``.

    The document loads ``booktabs``, ``tabularx`` and ``threeparttable``; letters beyond ASCII need
    an engine or an input encoding that knows UTF-8.
    """

    def plain(text: str) -> str:
        return "".join(_TEX.get(sign, sign) for sign in text)

    def shown(cell: str) -> str:
        text, letters = parted(cell)
        return plain(text) + (rf"\tnote{{{','.join(letters)}}}" if letters else "")

    def row(cells: Sequence[str], first: str = "") -> str:
        return first + " & ".join(map(shown, cells)) + r" \\"

    body = []
    for line in table.lines:
        if line.role == HEADING and not any(line.cells[1:]):
            words = plain(line.cells[0])
            body.append(rf"\multicolumn{{{len(table.header)}}}{{@{{}}l}}{{\textbf{{{words}}}}} \\")
        elif line.role == HEADING:
            body += [r"\midrule", row(line.cells), r"\midrule"]
        else:
            body.append(row(line.cells, r"\quad " if line.role == LEVEL else ""))
    notes = []
    for letter, words in map(noted, table.notes):
        notes.append(rf"\item[{letter}] {plain(words)}")
    columns = r">{\raggedright\arraybackslash}X" + "l" * (len(table.header) - 1)
    return "\n".join(
        [
            r"% \usepackage{booktabs,tabularx,threeparttable}",
            r"\begin{table}[htbp]",
            r"\begin{threeparttable}",
            rf"\caption{{{plain(table.title)}}}",
            rf"\label{{tab:{table.name}}}",
            r"\footnotesize",
            rf"\begin{{tabularx}}{{\textwidth}}{{@{{}}{columns}@{{}}}}",
            r"\toprule",
            row(table.header),
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabularx}",
            r"\begin{tablenotes}\footnotesize",
            *notes,
            r"\end{tablenotes}",
            r"\end{threeparttable}",
            r"\end{table}",
            "",
        ]
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
    """The table as a Word document that is ready to be handed in.

    Caption and notes in styles of their own, three rules, a header that is repeated on each page,
    rows that stay together, and columns as wide as their texts need on the page.
    """
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(9)
    section = document.sections[0]
    wide = len(table.header) >= _WIDE
    width, height = (_PAPER[1], _PAPER[0]) if wide else _PAPER
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(_MARGIN))
    caption = document.styles["Caption"]
    caption.font.name, caption.font.size, caption.font.bold = "Arial", Pt(10), False
    caption.font.color.rgb = RGBColor(0, 0, 0)
    below = document.styles.add_style("Table note", WD_STYLE_TYPE.PARAGRAPH)
    below.base_style = style
    below.font.size = Pt(8)
    below.paragraph_format.space_after = Pt(2)
    title = document.add_paragraph(style="Caption")
    title.paragraph_format.keep_with_next = True
    title.add_run(f"{table.number}. ").bold = True
    title.add_run(table.title)
    _fill(document, table, width - 2 * _MARGIN)
    for letter, words in map(noted, table.notes):
        paragraph = document.add_paragraph(style="Table note")
        if letter:
            paragraph.add_run(letter).font.superscript = True
            paragraph.add_run(" ")
        paragraph.add_run(words)
    properties = document.core_properties
    properties.author, properties.title = "pd1-dynamics", f"{table.number}. {table.title}"
    properties.created = properties.modified = datetime(*_EPOCH)
    properties.comments = ""
    raw = io.BytesIO()
    document.save(raw)
    return normalised(raw.getvalue())


def _widths(table: Table, total: float) -> list[float]:
    """Widths of the columns, cm: as their longest words and texts need, together ``total``."""
    texts = list(zip(*[table.header, *(line.cells for line in table.lines)], strict=True))
    spanning = {line.cells[0] for line in table.lines if not any(line.cells[1:])}
    wanted, least = [], []
    for column in texts:
        cells = [parted(cell)[0] for cell in column if cell not in spanning]
        words = max((len(word) for cell in cells for word in cell.split()), default=1)
        longest = max((len(cell) for cell in cells if len(cell) <= _LONGEST), default=0)
        least.append(words + 0.5)
        wanted.append(max(words, longest) + 0.5)
    room = total - _PADDING * len(texts)
    scale = min(room / sum(least), _TYPE[len(texts) >= _CROWDED][1])
    spare = max(room - scale * sum(least), 0.0)
    more = [max(w - low, 0.0) for w, low in zip(wanted, least, strict=True)]
    share = sum(more) or 1.0
    return [
        _PADDING + scale * low + spare * part / share for low, part in zip(least, more, strict=True)
    ]


def _fill(document: Any, table: Table, width: float) -> None:
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
        plain, letters = parted(text)
        run = paragraph.add_run(plain)
        run.bold, run.font.size = bold, Pt(points)
        if letters:
            mark = paragraph.add_run(",".join(letters))
            mark.font.superscript, mark.font.size = True, Pt(points)

    def flag(row: Any, name: str) -> None:
        element = OxmlElement(name)
        element.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(element)

    points, _ = _TYPE[len(table.header) >= _CROWDED]
    made = document.add_table(rows=1 + len(table.lines), cols=len(table.header))
    made.autofit = False
    widths = [Cm(part) for part in _widths(table, width)]
    for column, part in zip(made.columns, widths, strict=True):
        column.width = part
    rows = list(made.rows)
    for cell, text in zip(rows[0].cells, table.header, strict=True):
        put(cell, text, bold=True)
    flag(rows[0], "w:tblHeader")
    rule(rows[0], "top", 12)
    rule(rows[0], "bottom", 6)
    for row in rows:
        flag(row, "w:cantSplit")
        for cell, part in zip(row.cells, widths, strict=True):
            cell.width = part
    for row, line in zip(rows[1:], table.lines, strict=True):
        cells = row.cells
        if line.role == HEADING and not any(line.cells[1:]):
            put(cells[0].merge(cells[-1]), line.cells[0], bold=True)
            continue
        for place, text in enumerate(line.cells):
            indent = 10 if line.role == LEVEL and place == 0 else 0
            put(cells[place], text, bold=line.role == HEADING, indent=indent)
    rule(rows[-1], "bottom", 12)


def normalised(document: bytes) -> bytes:
    """The same document with its parts in order and without times."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as parts, zipfile.ZipFile(out, "w") as written:
        for name in sorted(parts.namelist()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            written.writestr(entry, parts.read(name), compresslevel=6)
    return out.getvalue()
