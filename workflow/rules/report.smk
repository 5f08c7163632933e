"""What readers get: one self-contained page with everything that the run found, each headline claim
traced to code, a methods section and the reporting checklists; one job, to import libraries once.
"""


rule write_report:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        findings=FINDINGS,
        reporting=REPORTING,
        variables=VARIABLES,
        analyses=ANALYSES,
        claims=project("data/published/claims.csv"),
        own=own_analyses,
        notes=in_results("cohort/notes.csv"),
        response=in_results("derived/response.csv"),
        estimates=in_results("estimates.csv"),
        tables=expand(in_results("tables/{table}.html", "{{cohort}}"), table=TABLES),
        shown=in_results("tables/sources.csv"),
        figures=expand(in_results("figures/{figure}.svg", "{{cohort}}"), figure=FIGURES),
        captions=expand(in_results("figures/captions/{figure}.json", "{{cohort}}"), figure=FIGURES),
        comparison=in_results("published/comparison.csv"),
        audit=in_results("published/audit.csv"),
        provenance=in_results("provenance.json"),
        agreement=in_results("published/agreement.svg"),
        agreement_caption=in_results("published/agreement.json"),
        robustness=robust,
        src=code("write_report"),
    output:
        report=report(in_results("report.html"), caption="../report/report.rst", category="Report"),
        claims=in_results("published/claims.md"),
        methods=expand(in_results("report/methods.{suffix}", "{{cohort}}"), suffix=["md", "docx"]),
        checklist=expand(
            in_results("report/checklist.{suffix}", "{{cohort}}"), suffix=["csv", "md", "docx"]
        ),
    log:
        in_results("logs/write_report.log"),
    benchmark:
        in_results("logs/write_report.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=15,
    params:
        replicated=replicated,
        contents=contents(
            "write_report",
            *(cohort_file, own_analyses, DEFINITIONS, FINDINGS, VARIABLES, REPORTING),
            *(cohort_tables, replicated, *ANALYSES, *LAYOUTS, *PUBLISHED),
        ),
    message:
        "Write the report, and what goes with it."
    script:
        "../scripts/write_report.py"
