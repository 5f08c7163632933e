"""The paper's figures: one job draws all, to import libraries only once; each path is a target."""


rule draw_figures:
    input:
        cohort=cohort_file,
        definitions=DEFINITIONS,
        figures=FIGURE_LAYOUTS,
        variables=VARIABLES,
        analyses=ANALYSES,
        own=own_analyses,
        estimates=in_results("estimates.csv"),
        patients=in_results("derived/patients.csv"),
        response=in_results("derived/response.csv"),
        src=code("draw_figures"),
    output:
        svg=report(
            expand(in_results("figures/{figure}.svg", "{{cohort}}"), figure=FIGURES),
            caption="../report/figure.rst",
            category="Figures",
        ),
        pdf=expand(in_results("figures/{figure}.pdf", "{{cohort}}"), figure=FIGURES),
        png=expand(in_results("figures/{figure}.png", "{{cohort}}"), figure=FIGURES),
        data=expand(in_results("figures/data/{figure}.csv", "{{cohort}}"), figure=FIGURES),
        captions=expand(in_results("figures/captions/{figure}.json", "{{cohort}}"), figure=FIGURES),
    log:
        in_results("logs/draw_figures.log"),
    benchmark:
        in_results("logs/draw_figures.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=memory(800, 10),
        runtime=30,
    params:
        contents=contents(
            "draw_figures",
            *(cohort_file, own_analyses, DEFINITIONS, FIGURE_LAYOUTS, VARIABLES, *ANALYSES),
        ),
    message:
        "Draw the figures."
    script:
        "../scripts/draw_figures.py"
