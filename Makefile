# Thin targets over a virtual environment, pip and the scribe command. README shows the same without make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= ../shared/data
PARTS  ?= 3
ROUNDS ?= 5

.PHONY: demo test fuzz lint bench lock licences sbom clean

demo: $(VENV)/.installed  ## set up, then make a note of the sample visit
	$(BIN)/scribe demo

test: lint  ## set up, then check style, layers and types, then run the whole test suite
	tests/services.sh
	$(BIN)/scribe models fetch
	$(BIN)/python -m pytest --numprocesses=$(PARTS) --dist=loadfile --no-loadscope-reorder

fuzz: $(VENV)/.tested  ## explore the property tests at random, ROUNDS times over, then all tests in an order made at random
	tests/services.sh
	$(BIN)/scribe models fetch
	for round in $$(seq $(ROUNDS)); do \
	  $(BIN)/python -m pytest -q -m hypothesis --hypothesis-profile=fuzz --numprocesses=$(PARTS) --dist=loadfile || exit 1; \
	done
	seed=$$(od -An -N3 -tu4 /dev/urandom | tr -d ' ') && echo "order: --shuffle=$$seed" && $(BIN)/python -m pytest -q --shuffle=$$seed --all-data

lint: $(VENV)/.tested  ## check style, layers and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/mypy

bench: $(VENV)/.installed  ## measure speed and accuracy on the data in $(DATA)
	$(BIN)/scribe models fetch
	$(BIN)/scribe bench asr $(DATA)/osce --baseline
	$(BIN)/scribe bench words $(DATA)/osce --baseline --nonspeech --silences 1 --formatting tests/dictation/formatting.tsv
	$(BIN)/scribe bench speakers $(DATA)/osce
	$(BIN)/scribe bench sections $(DATA)/mts-dialog/test1.csv
	$(BIN)/scribe bench notes $(DATA)/aci-bench/test1.csv
	$(BIN)/scribe bench notes $(DATA)/aci-bench $(DATA)/primock57
	$(BIN)/scribe bench codes $(DATA)/codiesp
	$(BIN)/scribe bench speed $(DATA)/osce/audio
	$(BIN)/scribe bench live $(DATA)/osce

# Versions stay as they are unless UPGRADE=--upgrade (all) or UPGRADE='--upgrade-package NAME' (one) says otherwise.
COMPILE = $(VENV)/tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock' $(UPGRADE)

lock: $(VENV)/tools/.installed  ## write requirements/*.txt anew: every version, with the hashes the index publishes
	$(COMPILE) pyproject.toml -o requirements/run.txt
	$(COMPILE) pyproject.toml --extra test -c requirements/run.txt -o requirements/test.txt
	$(COMPILE) requirements/build.in -c requirements/test.txt -o requirements/build.txt
	$(COMPILE) requirements/tools.in -o requirements/tools.txt

licences: $(VENV)/.tested $(VENV)/tools/.installed  ## write docs/licences.md anew, from the installed packages
	$(BIN)/python requirements/licences.py $(wildcard $(VENV)/tools/lib/python3*/site-packages)

sbom: $(VENV)/.installed $(VENV)/tools/.installed  ## write sbom.json (CycloneDX): what is installed, with licences
	$(VENV)/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--output-file sbom.json $(BIN)/python

clean:  ## remove the virtual environment
	rm -rf $(VENV)

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	touch $@

SOURCES := $(shell find scribe models samples config.yaml pyproject.toml requirements -type f -not -path '*/__pycache__/*')

# Every file that is downloaded must have a hash of requirements/, the tools that build packages among them.
$(VENV)/.installed: $(VENV)/.venv $(SOURCES)
	$(BIN)/pip install --quiet --require-hashes -r requirements/build.txt
	$(BIN)/pip install --quiet --require-hashes --no-build-isolation -r requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/pip install --quiet --require-hashes --no-build-isolation -r requirements/test.txt
	touch $@

$(VENV)/tools/.installed: $(VENV)/.venv requirements/tools.txt
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/pip install --quiet --require-hashes -r requirements/tools.txt
	touch $@
