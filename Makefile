# Thin targets over a virtual environment, pip and the scribe command. README shows the same without make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= ../shared/data
PARTS  ?= 2
ROUNDS ?= 5

.PHONY: demo test fuzz lint bench clean

demo: $(VENV)/.installed  ## set up, then make a note of the sample visit
	$(BIN)/scribe demo

test: lint  ## set up, then check style and types, then run the whole test suite
	tests/services.sh
	$(BIN)/scribe models fetch
	$(BIN)/python -m pytest --numprocesses=$(PARTS) --dist=loadfile

fuzz: $(VENV)/.tested  ## explore the property tests at random, ROUNDS times over, then all tests in an order made at random
	tests/services.sh
	$(BIN)/scribe models fetch
	for round in $$(seq $(ROUNDS)); do \
	  $(BIN)/python -m pytest -q -m hypothesis --hypothesis-profile=fuzz --numprocesses=$(PARTS) --dist=loadfile || exit 1; \
	done
	seed=$$(od -An -N3 -tu4 /dev/urandom | tr -d ' ') && echo "order: --shuffle=$$seed" && $(BIN)/python -m pytest -q --shuffle=$$seed --all-data

lint: $(VENV)/.tested  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
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

clean:  ## remove the virtual environment
	rm -rf $(VENV)

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	touch $@

SOURCES := $(shell find scribe models samples config.yaml pyproject.toml constraints.txt -type f -not -path '*/__pycache__/*')

$(VENV)/.installed: $(VENV)/.venv $(SOURCES)
	$(BIN)/pip install --quiet -c constraints.txt .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/pip install --quiet -c constraints.txt '.[test]'
	touch $@
