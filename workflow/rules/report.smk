"""One self-contained page with everything that the run found."""


rule write_report:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        findings=FINDINGS,
        sources=cohort_tables,
        notes=in_results("cohort/notes.csv"),
        estimates=in_results("estimates.csv"),
        tables=expand(in_results("tables/{table}.html", "{{cohort}}"), table=TABLES),
        figures=expand(in_results("figures/{figure}.svg", "{{cohort}}"), figure=FIGURES),
        captions=expand(in_results("figures/captions/{figure}.json", "{{cohort}}"), figure=FIGURES),
        comparison=in_results("published/comparison.csv"),
        audit=in_results("published/audit.csv"),
        agreement=in_results("published/agreement.svg"),
        agreement_caption=in_results("published/agreement.json"),
        robustness=robust,
        src=code("write_report"),
    output:
        report=report(in_results("report.html"), caption="../report/report.rst", category="Report"),
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
            "write_report", cohort_file, DEFINITIONS, FINDINGS, cohort_tables, replicated
        ),
    message:
        "Write the report."
    script:
        "../scripts/write_report.py"
