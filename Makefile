# A fresh machine needs Python 3.11 or newer, make and git; everything else goes into .venv.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
SECONDS ?= 600

.PHONY: test demo lint format rules wheel bench fuzz audit lock clean

test: lint ## ruff, mypy --strict and pytest
	$(BIN)/python -m pytest

demo: $(STAMP) ## how many findings of each reason the fixtures have, then a report of a small example
	@echo "The fixtures hold vaults of every kind, right and wrong ones:"
	$(BIN)/iac-check --exit-zero --format concise --output $(VENV)/demo.txt fixtures
	@for language in terraform cloudformation; do echo "Findings in $$language:"; \
	  sed -n "s,^fixtures/BACKUP001/$$language.* BACKUP001 error \([^ ]*\) .*,\1,p" $(VENV)/demo.txt \
	  | sort | uniq -c; done
	@echo "Each is one line of $(VENV)/demo.txt. A small example, with the whole report:"
	$(BIN)/iac-check --exit-zero docs/example

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

rules: $(STAMP) ## compile the cards, and the pages made from them
	$(BIN)/python -m iac_check.policy.card --compile
	$(BIN)/iac-check --explain BACKUP001 > docs/rules/BACKUP001.md

wheel: $(STAMP)
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --wheel --no-isolation

lock: $(STAMP) ## what development and CI install, with hashes
	$(BIN)/python -m pip install --quiet uv
	{ echo '# What development and CI install, by hash: `make lock` renews it.'; \
	  $(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --quiet \
	    --python-version 3.11 --no-emit-index-url --no-annotate --no-header; } > requirements/new
	mv requirements/new requirements/dev.txt

audit: $(STAMP) ## known vulnerabilities of what the lock file holds (asks PyPI)
	$(BIN)/python -m pip install --quiet pip-audit
	$(BIN)/pip-audit --requirement requirements/dev.txt --require-hashes --disable-pip --strict

$(STAMP): pyproject.toml requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	$(BIN)/python -m pip install --quiet --editable '.[oracles]' || echo "no oracles: their tests are skipped"
	touch $(STAMP)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

fuzz: $(STAMP) ## coverage-guided, each target for SECONDS; what is found stays in fuzz/work
	$(BIN)/python -m pip install --quiet 'atheris>=3,<4'
	$(BIN)/python -m fuzz --seconds $(SECONDS)

bench: $(STAMP) ## ratios against grep and a bare Python (TREES=path, BENCH="--growth --peers")
	$(BIN)/python -m benchmarks $(BENCH) $(TREES)
