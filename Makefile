# Two commands are all that a fresh machine needs:
#   make site    build the lesson site into _build/html
#   make test    run every test
# Both make what they need first: a Python environment, CmdStan and, for the tests, a browser.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# two processes, each with whole files: one tests the lesson builder while the other samples
PYTEST_OPTIONS ?= --numprocesses 2 --dist loadfile --no-loadscope-reorder

.PHONY: help site pdf test env cmdstan browser validate lint lock bench clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

site: env cmdstan ## build the whole site into _build/html
	@$(BIN)/lessonbook build --check

pdf: env cmdstan browser ## print the whole course into _build/html/course.pdf
	@$(BIN)/lessonbook pdf

test: env cmdstan browser ## run every test
	@$(BIN)/python -m pytest $(PYTEST_OPTIONS)

env: $(READY) ## install the locked dependencies into .venv

$(READY): requirements.lock pyproject.toml tools/make_environment.sh
	@bash tools/make_environment.sh $(VENV)
	@touch $@

cmdstan: env ## find CmdStan, or install it
	@$(BIN)/python -m hierarchical_models.cmdstan install

browser: ## find a browser for the tests, or install one where that is possible
	@bash tools/find_browser.sh

validate: env cmdstan ## calibrate every model by simulation and renew the site's table (an hour)
	@$(BIN)/python -m hierarchical_models.calibration --out book/calibration.csv

lint: env ## check style and types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: env cmdstan ## compare a build with a plain Jupyter Book's (half an hour)
	@$(BIN)/python benchmarks/build.py

lock: env ## renew requirements.lock from pyproject.toml
	@bash tools/lock_dependencies.sh $(VENV)

clean: ## remove what was built; the environment and CmdStan stay
	@rm -rf _build
