"""The article's printed numbers: audited against each other, and compared with the cohort's."""


rule compare_with_article:
    input:
        cohort="config/cohorts/{cohort}.yaml",
        claims="data/published/claims.csv",
        checks="data/published/checks.yaml",
        substitutes="data/published/substitutes.yaml",
        estimates=in_results("estimates.csv"),
        src=package("published", "statistics"),
    output:
        audit=report(
            in_results("published/audit.csv"),
            caption="../report/audit.rst",
            category="Published numbers",
        ),
        comparison=report(
            in_results("published/comparison.csv"),
            caption="../report/comparison.rst",
            category="Published numbers",
        ),
    log:
        in_results("logs/compare_with_article.log"),
    benchmark:
        in_results("logs/compare_with_article.tsv")
    conda:
        "../../environment.yml"
    message:
        "Audit the article's numbers, and compare them with the cohort's."
    script:
        "../scripts/compare_with_article.py"


rule draw_agreement:
    input:
        cohort="config/cohorts/{cohort}.yaml",
        comparison=in_results("published/comparison.csv"),
        src=package("figures", "published", "statistics"),
    output:
        svg=report(
            in_results("published/agreement.svg"),
            caption="../report/agreement.rst",
            category="Published numbers",
        ),
        pdf=in_results("published/agreement.pdf"),
        png=in_results("published/agreement.png"),
        caption=in_results("published/agreement.json"),
    log:
        in_results("logs/draw_agreement.log"),
    benchmark:
        in_results("logs/draw_agreement.tsv")
    conda:
        "../../environment.yml"
    message:
        "Draw published against recomputed estimates."
    script:
        "../scripts/draw_agreement.py"
