"""Make a synthetic cohort: folder, seed, and the share of the targets to leave out.

Without a seed it is the description's. Beside the tables and their dictionary lie ``targets.csv``
(by how much the search missed each target) and, but for the committed cohort, what the pipeline
finds in it.
"""

import sys
from pathlib import Path

from pd1_dynamics import synthetic
from pd1_dynamics.files import write_table

ROOT = Path(__file__).parents[2]


def main(folder, seed=None, left_out=None):
    study = synthetic.load_study(ROOT)
    committed = seed is None
    seed = study.description["seed"] if committed else int(seed)
    targets = study.targets_without(float(left_out), seed) if left_out else study.targets
    made = synthetic.generate(study, seed, targets, synthetic.report_progress)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    synthetic.write(made.tables, folder)
    if not committed:
        write_table(made.missed, folder / "targets.csv")
        write_table(made.patients, folder / "derived_patients.csv")
        write_table(made.estimates, folder / "estimates.csv")
        write_table(study.compare(made.estimates, targets), folder / "comparison.csv")


if __name__ == "__main__":
    main(*sys.argv[1:])
