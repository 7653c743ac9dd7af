# make demo   set up .venv, evolve the retina with and without a connection cost, draw both
# make test   set up .venv, lint, type-check, run all tests compiled and the kernels' interpreted; those of
#             networks trained by gradient too if PyTorch is installed; build the documentation
# make docs   execute the notebooks and build the documentation into build/docs; every warning is an error
# make test-lowest     install the lowest declared version of everything into .venv-lowest, run the tests with them
# make harness         try to break it for some minutes, and write what came of it to results/reliability.md;
#                      SIZE=full tries every step, two hours of it. It goes on from results/reliability.json, piece by piece:
#                      stop it as you like, or start several at once, and commit what came of it
# make .venv-3.12      an environment with another Python (3.12 here) that is installed: the harness compares its runs
# make test-browser    look at reports and at the documentation (built where it is missing) in a headless Chromium,
#                      which must be installed (Debian: apt-get install chromium)
# make release         build sdist, wheel and archive of results in dist, install the wheel into an empty environment there
# make test-gradient   install PyTorch into .venv and run the tests of networks trained by gradient

PYTHON ?= python3
BIN := .venv/bin
GENERATIONS ?= 3000
# Tests of one file share what they made, so a file stays on one core. On two cores 5 minutes in place of 8.
CORES := --numprocesses auto --dist loadfile

.PHONY: demo docs test lint kernels test-browser test-gradient test-lowest harness release clean

.venv/installed: setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("evomod needs Python 3.11 or later: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

.venv/documented: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@

demo: .venv/installed
	@for kind in performance_alone connection_cost; do \
	  folder=runs/demo-$$kind; \
	  if test -e $$folder/manifest.json; then $(BIN)/evomod evolve --resume $$folder; \
	  else $(BIN)/evomod evolve scripts/clune2013/$$kind.toml --seed 1 \
	    --set evolution.generations=$(GENERATIONS) --out $$folder; fi || exit $$?; \
	done
	@echo "pictures:"; $(BIN)/evomod plot runs/demo-performance_alone runs/demo-connection_cost

test: .venv/tested
	$(MAKE) --jobs 2 --output-sync lint kernels
	$(BIN)/pytest $(CORES)
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest $(CORES) tests/test_kernels_*.py
	@if $(BIN)/python -c 'import torch' 2>/dev/null; then echo $(BIN)/pytest tests/gradient; \
	  $(BIN)/pytest tests/gradient; \
	else echo "PyTorch is not installed, so tests/gradient were not run; make test-gradient installs it."; fi
	$(MAKE) docs

lint: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# compiled once, on the other core: each of pytest's processes would compile them all
kernels: .venv/tested
	@$(BIN)/evomod warmup --quiet

docs: .venv/documented
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env --jobs auto docs build/docs
	@echo "build/docs/index.html"

build/docs/index.html:
	$(MAKE) docs

test-browser: .venv/tested build/docs/index.html
	$(BIN)/pytest tests/browser

test-gradient: .venv/tested
	$(BIN)/python -c 'import torch' 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[gradient]'
	$(BIN)/pytest tests/gradient

# "name >= 1.2" of setup.cfg becomes "name==1.2"; PyTorch has tests of its own
.venv-lowest/installed: setup.cfg
	test -x .venv-lowest/bin/python || $(PYTHON) -m venv .venv-lowest
	sed -n 's/^    \([a-zA-Z_-]*\) >= \(.*\)$$/\1==\2/p' setup.cfg | grep -v '^torch\|^atheris' | sort -u > .venv-lowest/lowest.txt
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]' \
	  --constraint .venv-lowest/lowest.txt
	touch $@

test-lowest: .venv-lowest/installed
	.venv-lowest/bin/python -m pytest $(CORES) \
	  -W default::DeprecationWarning -W default::FutureWarning  # old matplotlib, new pyparsing; networkx 3.4 of itself

.venv-3.%: setup.cfg
	python3.$* -m venv $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

release: .venv/tested
	rm -rf dist
	$(BIN)/python -m build --outdir dist . > /dev/null
	$(BIN)/python scripts/archive.py
	$(PYTHON) -m venv dist/empty
	dist/empty/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	dist/empty/bin/python tests/release.py

SIZE ?= medium

harness: .venv/tested
	$(BIN)/python -m tests.harness --size $(SIZE)

clean:
	rm -rf .venv .venv-* runs build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
