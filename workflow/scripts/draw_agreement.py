"""Draw the published estimates beside those of a cohort, and write the caption."""

import json
from pathlib import Path

from pd1_dynamics.contract.cohort_file import load_cohort
from pd1_dynamics.files import read_table, write_text
from pd1_dynamics.outputs import figures
from pd1_dynamics.running.job import carried_out


def main(path_cohort, path_comparison, path_caption):
    figure, caption = figures.draw_agreement(
        read_table(path_comparison), synthetic=load_cohort(path_cohort).synthetic
    )
    figures.save(figure, Path(path_caption).parent, Path(path_caption).stem)
    text = json.dumps(caption, indent=1, ensure_ascii=False)
    write_text(text + "\n", path_caption)


if __name__ == "__main__":
    with carried_out(snakemake):
        main(
            path_cohort=snakemake.input.cohort,
            path_comparison=snakemake.input.comparison,
            path_caption=snakemake.output.caption,
        )
