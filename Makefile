# The first target that needs it sets everything up; a second run finds it done.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARED ?= ../shared

.PHONY: demo test check evaluate bench format clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: $(VENV)/.installed
	rm -rf demo && mkdir -m 700 demo
	$(BIN)/pv scan examples/reports --db sqlite:///demo/pv.sqlite
	$(BIN)/pv events sunitinib --db sqlite:///demo/pv.sqlite
	$(BIN)/pv events sunitinib --pairs --db sqlite:///demo/pv.sqlite
	$(BIN)/pv export --db sqlite:///demo/pv.sqlite --out demo/pairs.csv
	$(BIN)/pv report --db sqlite:///demo/pv.sqlite --out demo/page.html

test: $(VENV)/.installed
	$(BIN)/python -m pytest

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pv lexicon check

evaluate: $(VENV)/.installed
	@test -d $(SHARED)/eval/gold || { echo "no annotated reports in $(SHARED)/eval: nothing to score"; exit 1; }
	$(BIN)/pv detect $(SHARED)/eval/texts --format jsonl > evaluation.jsonl
	$(BIN)/python $(SHARED)/eval/score.py $(SHARED)/eval/gold evaluation.jsonl
	$(BIN)/python $(SHARED)/eval/score_e3c.py $(SHARED)/eval/e3c_train.jsonl

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/bench_detect.py
	$(BIN)/python benchmarks/bench_peers.py --write

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) demo evaluation.jsonl
