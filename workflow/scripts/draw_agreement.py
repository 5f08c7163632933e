"""Draw the published estimates beside those of a cohort, and write the caption."""

import json
from pathlib import Path

from pd1_dynamics import cohort, figures
from pd1_dynamics.files import read_table
from pd1_dynamics.job import logged


def main(path_cohort, path_comparison, path_caption):
    figure, caption = figures.draw_agreement(
        read_table(path_comparison), synthetic=cohort.load_cohort(path_cohort).synthetic
    )
    figures.save(figure, Path(path_caption).parent, Path(path_caption).stem)
    text = json.dumps(caption, indent=1, ensure_ascii=False)
    Path(path_caption).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        main(
            path_cohort=snakemake.input.cohort,
            path_comparison=snakemake.input.comparison,
            path_caption=snakemake.output.caption,
        )
