"""Write the report: one page with the tables, the figures, and how they came about."""

import json
from pathlib import Path

from pd1_dynamics.analyses.estimates import read_estimates
from pd1_dynamics.contract import schemas
from pd1_dynamics.contract.cohort_file import definitions_of, load_cohort
from pd1_dynamics.files import read_table, write_text
from pd1_dynamics.outputs import report, tables
from pd1_dynamics.outputs.replication import summary
from pd1_dynamics.outputs.report.page import Picture
from pd1_dynamics.running.contents import checksum
from pd1_dynamics.running.job import carried_out


def main(
    path_cohort,
    path_definitions,
    path_findings,
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
    path_replicated,
    paths_robustness,
    path_report,
):
    cohort = load_cohort(path_cohort)
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
        findings=schemas.load(path_findings, "findings"),
        replicated=summary.sentences(read_table(path_replicated)) if path_replicated else [],
        estimates=read_estimates(path_estimates),
        tables=[table(path) for path in path_tables],
        figures=[
            picture(path, caption)
            for path, caption in zip(path_figures, path_captions, strict=True)
        ],
        comparison=read_table(path_comparison),
        audit=read_table(path_audit),
        agreement=picture(path_agreement, path_agreement_caption),
        robustness="".join(Path(p).read_text(encoding="utf-8") for p in paths_robustness),
        notes=read_table(path_notes),
        definitions=definitions_of(path_cohort, path_definitions),
        sources=sorted({(Path(path).name, checksum(path)) for path in path_sources}),
    )
    write_text(page, path_report)


def table(path):
    number, html = tables.from_page(Path(path).read_text(encoding="utf-8"))
    return {"name": Path(path).stem, "number": number, "html": html}


def picture(path, path_caption):
    words = json.loads(Path(path_caption).read_text(encoding="utf-8"))
    return Picture(Path(path).stem, Path(path), **words)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_definitions=snakemake.input.definitions,
            path_findings=snakemake.input.findings,
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
            path_replicated=snakemake.params.replicated,
            paths_robustness=snakemake.input.robustness,
            path_report=snakemake.output.report,
        )
