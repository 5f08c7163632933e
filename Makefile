# Everything a fresh machine with Python 3.11 and make needs.
#
#   make results                  every table and figure of the default (synthetic) cohort
#   make results COHORT=liu2019   the same for another cohort: config/cohorts/liu2019.yaml
#   make results COHORT=my.yaml   or for the file of a cohort, wherever it lies
#   make robustness               how robust the findings are, for the same cohorts
#   make verify                   the default run anew, and what agrees with the manifest, with R and with the article
#   make crate                    the run as a research object (RO-Crate), zipped
#   make docs                     the documentation as a site
#   make replication              the findings in cohorts of real patients, pooled
#   make download COHORT=riaz2017 the files of a cohort, from where its authors publish them
#   make new COHORT=mine FROM="a.csv b.xlsx"   a first draft of a cohort's file, beside the first file
#   make check COHORT=my.yaml     what it maps, every problem, what will be estimable; writes nothing
#   make test                     the tests, in five minutes; make test-all has the slow ones too

SHELL := bash
PYTHON ?= python3
CORES ?= all
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Numerical libraries stay on one thread, so that no sum depends on the number of cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export PYTHONHASHSEED := 0

.PHONY: environment results robustness verify manifest crate docs replication download new check cohort judgement test test-all mutants lint bench clean

results: $(READY)
	$(BIN)/snakemake --cores $(CORES) $(if $(COHORT),--config cohort=$(COHORT))

# The same, and how robust the findings are: a section of the report, and tables and pictures beside it.
robustness: $(READY)
	$(BIN)/snakemake --cores $(CORES) --config robustness=True $(if $(COHORT),cohort=$(COHORT))

# The default run anew in a clean folder, against the manifest, R and the ledger's arithmetic: one page for a reviewer.
verify: $(READY)
	@$(BIN)/python -m pd1_dynamics.artifact.verification

# After a change that changes results: what the default run gives from now on, in data/manifest and docs/claims.md.
manifest: $(READY)
	rm -rf results/verify
	$(BIN)/snakemake --snakefile Snakefile --directory results/verify/run --cores $(CORES)
	$(BIN)/python -m pd1_dynamics.artifact.manifest results/verify/run/results/synthetic data/manifest .
	cp results/verify/run/results/synthetic/published/claims.md docs/claims.md

# The run as a Workflow Run RO-Crate, zipped; PATIENTS=True puts tables of real patients into it.
crate: $(READY)
	$(BIN)/snakemake --cores $(CORES) --config cohort=$(or $(COHORT),synthetic) crate_patients=$(or $(PATIENTS),False) -- crate

# The documentation as a site that works offline, in site/.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Made: site/index.html"

# The findings in cohorts of real patients, one by one and pooled.
replication: $(READY)
	$(BIN)/snakemake --cores $(CORES) $(if $(COHORTS),--config replication="$(COHORTS)") -- results/replication/report.html

# The files of a cohort, verified; nothing else in this project downloads data.
download: $(READY)
	@$(BIN)/python -m pd1_dynamics.cohort.download "$(COHORT)"

# A first draft of a cohort's file, with guesses to correct.
new: $(READY)
	@$(BIN)/python -m pd1_dynamics.cohort.first_draft "$(COHORT)" $(FROM)

check: $(READY)
	@$(BIN)/python -m pd1_dynamics.checkup $(COHORT)

test: $(READY)
	$(BIN)/pytest -n 2 -m "not slow"

# Everything: also whole runs of the workflow, faults, and the search for the synthetic cohort.
test-all: $(READY)
	$(BIN)/pytest -n 2

# How many changes of the code the tests notice: a seeded sample for each room (SAMPLE of them).
mutants: $(READY)
	$(BIN)/python tests/mutants/mutants.py $(or $(SAMPLE),40)

# Make the synthetic cohort anew from its description, the ledger and its seed: the committed bytes.
# With SEED=n another one that matches as well, in results/calibration/family/n.
DESCRIBED := $(shell sed -n 's/^seed: *//p' config/synthetic.yaml)
FAMILY := results/calibration/family
cohort: $(READY)
	$(BIN)/snakemake --cores $(CORES) -- $(FAMILY)/$(or $(SEED),$(DESCRIBED))/README.md
	$(if $(SEED),,for table in patients assessments lesions labs therapies; do \
	  cp $(FAMILY)/$(DESCRIBED)/$$table.csv data/synthetic/; done; \
	  cp $(FAMILY)/$(DESCRIBED)/README.md data/synthetic/)

# What cohorts of five seeds have in common, and what two that lacked a tenth of the targets found.
judgement: $(READY)
	$(BIN)/snakemake --cores $(CORES) -- results/calibration/judged/family.csv
	cp results/calibration/judged/family.csv results/calibration/judged/held_out.csv data/synthetic/

# Time the pipeline, rule by rule, and the derivation of large cohorts.
bench: $(READY)
	$(BIN)/python tests/bench/bench.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

clean:
	find results -mindepth 1 -not -path results/README.md -delete
	rm -rf .snakemake

environment: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Python 3.11 is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --compile-bytecode --require-hashes requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --no-deps --no-build-isolation --editable .
	$(BIN)/python -c 'from pd1_dynamics.statistics import cox_engine; cox_engine.compiled()'
	touch $@
