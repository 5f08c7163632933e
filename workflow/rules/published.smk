"""The article's printed numbers: audited against each other, and compared with the cohort's."""


rule compare_with_article:
    input:
        cohort=cohort_file,
        claims=project("data/published/claims.csv"),
        checks=project("data/published/checks.yaml"),
        substitutes=project("data/published/substitutes.yaml"),
        estimates=in_results("estimates.csv"),
        src=code("compare_with_article"),
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
        svg=report(
            in_results("published/agreement.svg"),
            caption="../report/agreement.rst",
            category="Published numbers",
        ),
        pdf=in_results("published/agreement.pdf"),
        png=in_results("published/agreement.png"),
        caption=in_results("published/agreement.json"),
    log:
        in_results("logs/compare_with_article.log"),
    benchmark:
        in_results("logs/compare_with_article.tsv")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=15,
    params:
        contents=contents("compare_with_article", cohort_file, *PUBLISHED),
    message:
        "Audit the article's numbers, and compare them with the cohort's."
    script:
        "../scripts/compare_with_article.py"
