"""Write the report: one page with the tables, the figures, and how they came about."""

import hashlib
import json
from pathlib import Path

from pd1_dynamics import analyses, configuration, report, tables
from pd1_dynamics.files import read_table
from pd1_dynamics.job import logged
from pd1_dynamics.report.page import Picture


def main(
    name_cohort,
    path_estimates,
    path_notes,
    path_tables,
    path_figures,
    path_captions,
    path_comparison,
    path_audit,
    path_agreement,
    path_agreement_caption,
    path_sources,
    path_report,
):
    cohort = configuration.load_cohort(name_cohort)
    page = report.make(
        cohort={
            "name": cohort.name,
            "title": cohort.title,
            "source": cohort.source,
            "synthetic": cohort.synthetic,
        },
        estimates=analyses.read_estimates(path_estimates),
        tables=[table(path) for path in path_tables],
        figures=[
            picture(path, caption)
            for path, caption in zip(path_figures, path_captions, strict=True)
        ],
        comparison=read_table(path_comparison),
        audit=read_table(path_audit),
        agreement=picture(path_agreement, path_agreement_caption),
        notes=read_table(path_notes),
        definitions=configuration.definitions_of(name_cohort),
        sources=sorted({(Path(path).name, checksum(path)) for path in path_sources}),
    )
    Path(path_report).write_text(page, encoding="utf-8")


def table(path):
    number, html = tables.from_page(Path(path).read_text(encoding="utf-8"))
    return {"name": Path(path).stem, "number": number, "html": html}


def picture(path, path_caption):
    words = json.loads(Path(path_caption).read_text(encoding="utf-8"))
    return Picture(Path(path).stem, Path(path), **words)


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            name_cohort=snakemake.wildcards.cohort,
            path_estimates=snakemake.input.estimates,
            path_notes=snakemake.input.notes,
            path_tables=snakemake.input.tables,
            path_figures=snakemake.input.figures,
            path_captions=snakemake.input.captions,
            path_comparison=snakemake.input.comparison,
            path_audit=snakemake.input.audit,
            path_agreement=snakemake.input.agreement,
            path_agreement_caption=snakemake.input.agreement_caption,
            path_sources=snakemake.input.sources,
            path_report=snakemake.output.report,
        )
