"""Make the synthetic cohort's tables and data dictionary: description, folder."""

import sys

from pd1_dynamics import synthetic


def main(path_description, folder):
    description = synthetic.load(path_description)
    tables = synthetic.generate(description, description["seed"], synthetic.report_progress)
    synthetic.write(tables, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
