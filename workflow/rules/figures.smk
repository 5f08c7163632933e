"""The paper's figures, one job each."""


rule draw_figure:
    input:
        cohort=COHORT_FILE,
        definitions=DEFINITIONS,
        figures=FIGURE_LAYOUTS,
        variables=VARIABLES,
        analyses=ANALYSES,
        estimates=in_results("estimates.csv"),
        patients=in_results("derived/patients.csv"),
        response=in_results("derived/response.csv"),
        src=code("draw_figure"),
    output:
        svg=report(
            in_results("figures/{figure}.svg"),
            caption="../report/figure.rst",
            category="Figures",
        ),
        pdf=in_results("figures/{figure}.pdf"),
        png=in_results("figures/{figure}.png"),
        caption=in_results("figures/captions/{figure}.json"),
    log:
        in_results("logs/draw_{figure}.log"),
    benchmark:
        in_results("logs/draw_{figure}.tsv")
    conda:
        "../../environment.yml"
    params:
        contents=contents(
            "draw_figure",
            *(COHORT_FILE, DEFINITIONS, FIGURE_LAYOUTS, VARIABLES, *ANALYSES),
            log=in_results("logs/draw_{figure}.log"),
        ),
    message:
        "Draw {wildcards.figure}."
    script:
        "../scripts/draw_figure.py"
