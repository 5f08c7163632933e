"""Write the report, the trace of the claims, the methods section and the reporting checklists."""

import json
from pathlib import Path
from types import SimpleNamespace

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.analyses.selection import Estimates
from pd1_dynamics.contract import definitions, schemas
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.contract.study import load_study, places_of
from pd1_dynamics.files import read_table, write_table, write_text, written_aside
from pd1_dynamics.outputs import claims, report, tables
from pd1_dynamics.outputs.replication import summary
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.outputs.reporting import checklist, methods
from pd1_dynamics.outputs.reporting.writing import to_docx, to_markdown
from pd1_dynamics.outputs.sources import REPORT
from pd1_dynamics.published.ledger import read_claims
from pd1_dynamics.running.job import carried_out


class Found:
    """What the run declared and found, read once."""

    def __init__(self, files):
        self.folder = Path(files.variables).parent
        self.cohort = load_cohort(files.cohort)
        self.study = load_study(self.cohort, self.folder)
        self.places = places_of(self.cohort, self.folder)
        self.definitions = definitions_of(files.cohort, files.definitions)
        self.defaults = definitions.load(files.definitions)
        self.findings = schemas.load(files.findings, "findings")
        self.reporting = schemas.load(files.reporting, "reporting")
        self.estimates = read_estimates(files.estimates)
        self.notes = read_table(files.notes)
        with open(files.response, encoding="utf-8") as scans:
            self.scanned = sum(1 for _ in zip(scans, range(2), strict=False)) > 1
        self.comparison = read_table(files.comparison)
        self.audit = read_table(files.audit)
        self.ledger = read_claims(files.claims)
        self.provenance = json.loads(Path(files.provenance).read_text(encoding="utf-8"))
        self.tables = [table(path) for path in files.tables]
        self.shown = read_table(files.shown)
        self.figures = [picture(*pair) for pair in zip(files.figures, files.captions, strict=True)]
        self.agreement = picture(files.agreement, files.agreement_caption)
        self.robustness = "".join(Path(p).read_text(encoding="utf-8") for p in files.robustness)


def write_page(found, path_replicated, path):
    cohort = found.cohort
    page = report.make(
        cohort={
            "name": cohort.name,
            "title": cohort.title,
            "source": cohort.source,
            "synthetic": cohort.synthetic,
            "disease": cohort.disease,
            "treatment": cohort.treatment,
            "about": cohort.about,
            "compared": cohort.compare_with_article,
        },
        findings=found.findings,
        replicated=summary.sentences(read_table(path_replicated)) if path_replicated else [],
        estimates=found.estimates,
        tables=found.tables,
        figures=found.figures,
        comparison=found.comparison,
        audit=found.audit,
        agreement=found.agreement,
        declared=found.study.declared,
        places=found.places,
        ledger=found.ledger,
        robustness=found.robustness,
        notes=found.notes,
        definitions=found.definitions,
        provenance=found.provenance,
    )
    write_text(page, path)


def write_trace(found, folder, path):
    page = claims.page(
        title=found.cohort.title,
        results=str(folder),
        claims=claims.headlines(found.ledger, found.findings["findings"]),
        comparison=found.comparison,
        estimates=Estimates(found.estimates),
        declared=found.study.declared,
        places=found.places,
        sources=found.shown,
        captions={picture.name: picture.sources for picture in found.figures},
    )
    write_text(page, path)


def write_reporting(found, folder):
    cohort, study = found.cohort, found.study
    smallest = found.definitions["publish"]["smallest_cell"]
    robust = bool(found.robustness)
    known = checklist.facts(cohort, study, found.estimates, found.notes, robust, smallest)
    stands = cohort.synthetic and cohort.compare_with_article
    items = checklist.filled(found.reporting, known, stands_for_article=stands)
    write_table(items, folder / "checklist.csv")
    section = methods.sections(
        *(cohort, study, found.definitions, found.defaults),
        *(Estimates(found.estimates), found.provenance, found.scanned),
    )
    lists = checklist.sections(items, found.reporting, stands_for_article=stands)
    for name, title, parts in (
        ("methods", f"Methods: {cohort.title}", section),
        ("checklist", f"Reporting checklists: {cohort.title}", lists),
    ):
        write_text(to_markdown(title, parts), folder / f"{name}.md")
        with written_aside(folder / f"{name}.docx") as path:
            path.write_bytes(to_docx(title, parts))


def table(path):
    number, html = tables.from_page(Path(path).read_text(encoding="utf-8"))
    html = html.replace(f'href="{REPORT}#', 'href="#')
    return {"name": Path(path).stem, "number": number, "html": html}


def picture(path, path_caption):
    words = json.loads(Path(path_caption).read_text(encoding="utf-8"))
    return Picture(Path(path).stem, Path(path), **words)


if __name__ == "__main__":
    with carried_out(snakemake):
        found = Found(
            SimpleNamespace(
                cohort=snakemake.input.cohort,
                definitions=snakemake.input.definitions,
                findings=snakemake.input.findings,
                reporting=snakemake.input.reporting,
                variables=snakemake.input.variables,
                claims=snakemake.input.claims,
                notes=snakemake.input.notes,
                response=snakemake.input.response,
                estimates=snakemake.input.estimates,
                tables=snakemake.input.tables,
                shown=snakemake.input.shown,
                figures=snakemake.input.figures,
                captions=snakemake.input.captions,
                comparison=snakemake.input.comparison,
                audit=snakemake.input.audit,
                provenance=snakemake.input.provenance,
                agreement=snakemake.input.agreement,
                agreement_caption=snakemake.input.agreement_caption,
                robustness=snakemake.input.robustness,
            )
        )
        write_page(found, snakemake.params.replicated, snakemake.output.report)
        write_trace(found, Path(snakemake.output.report).parent, snakemake.output.claims)
        write_reporting(found, Path(snakemake.output.methods[0]).parent)
