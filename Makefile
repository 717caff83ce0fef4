# Two commands are enough: `make run` and `make test`. Both see to everything that they need first.
# Without make (Windows): `python packaging/dev/bootstrap.py`, then `.venv\Scripts\technician-copilot start`.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
TEST_MODEL := .cache/test-data/models/smollm2-135m-instruct-q4_1.gguf
WITH_MODEL := COPILOT_TEST_MODEL=$(CURDIR)/$(TEST_MODEL)

.PHONY: help setup system-libs run test check lint bench messages lock clean distclean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with all that is pinned, llama.cpp compiled; done once, can be stopped and goes on later
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and there is none on the PATH."; exit 1; }
	@$(PYTHON) packaging/dev/bootstrap.py

system-libs: setup ## see to the libraries that Qt needs on Linux
	@$(BIN)/python packaging/dev/system_libs.py --tests

run: setup ## start the program: first run fetches the model and lays out a sample desk
	@$(BIN)/python packaging/dev/system_libs.py
	@$(BIN)/technician-copilot start

test: lint system-libs $(TEST_MODEL) ## check everything: linters, types, all tests, the real model among them
	$(WITH_MODEL) $(BIN)/python -m pytest -n 2

check: lint system-libs ## the quick loop, under 3 minutes: linters, types, tests without the slow ones and the model
	$(BIN)/python -m pytest -n 2 -m "not slow and not real_model"

lint: setup ## linters and types only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy --strict packaging/dev

bench: setup $(TEST_MODEL) ## measure the program on this machine
	$(WITH_MODEL) $(BIN)/python -m tests.benchmarks

messages: setup ## take new texts out of the code, update and compile the translations
	@$(BIN)/python packaging/dev/messages.py --list

lock: ## resolve the dependencies anew: make lock [OPTIONS=--upgrade]
	@$(PYTHON) packaging/dev/bootstrap.py lock $(OPTIONS)

clean: ## remove what tools leave behind; keeps .venv and the test model
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks .import_linter_cache .grimp_cache
	find copilot tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove .venv and the test model too
	rm -rf .venv .cache

$(TEST_MODEL): | setup
	@$(BIN)/technician-copilot models install smollm2-135m-instruct-q4_1 --data-dir .cache/test-data
