# make lab · book · slides · address · test · record · lint · bench: each sets up .venv by itself, once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READER := $(VENV)/.reader
DEVELOPER := $(VENV)/.developer
PORT ?= 8888
BROWSER ?= yes

.PHONY: lab book slides address test record lint bench clean help

help:
	@sed -n 's/^## //p' Makefile

## make lab      open the notebooks in JupyterLab (PORT=8888, BROWSER=no for headless use)
lab: $(READER)
	$(BIN)/jupyter lab --notebook-dir=notebooks --port=$(PORT) $(if $(filter no,$(BROWSER)),--no-browser) \
	  $(if $(filter 0,$(shell id -u)),--allow-root)

## make book     build the HTML book and print its path
book: $(READER)
	$(BIN)/python tools/build_book.py

## make slides   turn chapters into decks of slides (NB=06 for one of them)
slides: $(READER)
	$(BIN)/python tools/slides.py $(NB)

## make address  set where this repository is, for launch buttons and badges (URL=https://github.com/NAME/REPOSITORY)
address: $(READER)
	$(BIN)/python tools/address.py "$(URL)"

## make test     run every test in parallel (ARGS="-k name" for some of them)
test: $(DEVELOPER)
	$(BIN)/python -m pytest $(ARGS)

## make record   run notebooks and write their recorded form (NB=06 for one of them)
record: $(READER)
	$(BIN)/python tools/record.py $(NB)

## make lint     check and format every .py and .ipynb
lint: $(DEVELOPER)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## make bench    measure live updates, frames, imports, notebooks and the book
bench: $(DEVELOPER)
	$(BIN)/python tools/bench.py

clean:
	rm -rf _build

$(READER): requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(DEVELOPER): $(READER) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@
