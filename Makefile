# What this project can do, each in one word. `make help` explains them.
#
# Nothing is installed by hand: Python 3.11 or newer is all that must be there. The environment lives in
# .venv and is made anew when a lock changes.

.DEFAULT_GOAL := help
.SILENT:
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV = $(shell command -v uv || echo $(BIN)/uv)
READY := $(VENV)/.ready
TRAIN := .venv-train
TRAINED_WITH := $(TRAIN)/.ready
FOLDS := .folds/folds.json
LOCK_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
CLUSTER := $(BIN)/python -m e2e.cluster
IMAGES := --image deploy/Dockerfile . optipath:e2e --image e2e/app/Dockerfile . optipath-app:e2e
FRAMEWORKS := $(notdir $(patsubst %/,%,$(dir $(wildcard tests/frameworks/*/requirements.lock))))
FIXTURES ?= $(or $(OPTIPATH_FIXTURES),../shared/fixtures)

.PHONY: help demo run test check format dev crds chart sbom catalogue train eval-model folds eval bench bench-control-plane bench-injector soak e2e cluster lock clean

help: ## Say what there is
	grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

demo: $(READY) ## Show the main job in under a minute: no cluster, no key
	$(BIN)/python -m e2e.demo

run: $(READY) ## Keep the demo's providers and router up, to play with
	$(BIN)/python -m e2e.demo --keep

test: $(READY) $(FRAMEWORKS:%=.venv-frameworks/%/.ready) ## Run the tests
	$(BIN)/pytest

check: $(READY) ## What must hold without running anything: format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY) ## Shape the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

dev: $(READY) ## Make the environment

crds: $(READY) ## Write deploy/crds from the resource models
	$(BIN)/python -m optipath_operator.resources.crds deploy/crds
	$(BIN)/python -m optipath_operator.resources.crds deploy/helm/optipath/files/crds

chart: $(READY) ## Write the chart's README and its renders in tests/deploy from its values and templates
	$(BIN)/python deploy/helm/readme.py
	$(BIN)/python -m e2e.chart

sbom: $(READY) ## Print the bill of materials of what the image installs, as CycloneDX
	$(BIN)/python deploy/sbom.py

catalogue: $(READY) ## Write the built-in catalogue from the recorded price lists
	$(BIN)/python -m optipath_operator.catalogue.make $(FIXTURES)/prices

train: $(TRAINED_WITH) ## Train the routing model from the recordings, and write it and its card: four minutes
	PYTHONPATH=operator:router_sidecar $(TRAIN)/bin/python -m optipath_cli.training $(FIXTURES)

eval-model: $(TRAINED_WITH) ## Measure the routing model out of sample, with intervals, and write nothing
	PYTHONPATH=operator:router_sidecar $(TRAIN)/bin/python -m optipath_cli.training --measure $(FIXTURES)

folds: $(FOLDS) ## Fit a routing model to each four of five folds, to evaluate prompts that it has not seen: three minutes

eval: $(FOLDS) ## Replay every recording through the router, out of sample: quality, cost and intervals; PLOTS=folder for plots
	PYTHONPATH=operator:router_sidecar $(BIN)/python -m optipath_cli.evaluation $(FIXTURES) --folds .folds $(if $(PLOTS),--plots $(PLOTS))

bench: $(READY) ## Measure what the README states, beside nginx; ONLY=word for those whose name has it
	$(BIN)/python -m e2e.bench $(ONLY)

bench-control-plane: $(READY) ## Measure the operator at 1,000 namespaces, on etcd and an API server alone
	$(BIN)/python -m e2e.bench_control_plane

bench-injector: $(READY) ## Measure the injector by itself: reviews a second, time added, memory
	$(BIN)/python -m e2e.bench_injector

soak: $(READY) ## Run long cases at full length, then all faults mixed for OPTIPATH_SOAK_SECONDS (7200)
	OPTIPATH_SOAK=1 $(BIN)/pytest tests/router/contract tests/router/reload
	$(BIN)/python -m e2e.soak

e2e: $(READY) e2e/node/node_modules ## Run the stories on a real Kubernetes of its own, or on that of KUBECONFIG
	$(BIN)/pytest e2e/node
	$(CLUSTER) run $(IMAGES) -- $(BIN)/pytest e2e/stories

cluster: $(READY) ## Keep a real Kubernetes up, with a shell in it
	$(CLUSTER) shell $(IMAGES)

lock: $(READY) ## Resolve the dependencies anew, with hashes
	$(UV) pip compile $(LOCK_FLAGS) --all-extras pyproject.toml -o requirements.lock
	$(UV) pip compile $(LOCK_FLAGS) --all-extras --group dev pyproject.toml -o requirements-dev.lock
	for each in $(FRAMEWORKS); do \
	  $(UV) pip compile $(LOCK_FLAGS) tests/frameworks/$$each/requirements.in -o tests/frameworks/$$each/requirements.lock; done
	$(UV) pip compile $(LOCK_FLAGS) --extra router --group train pyproject.toml -o requirements-train.lock
	$(UV) pip compile $(LOCK_FLAGS) e2e/app/requirements.in -o e2e/app/requirements.lock

clean: ## Remove what was made here
	rm -rf $(VENV) $(TRAIN) .folds .venv-frameworks e2e/node/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

e2e/node/node_modules: e2e/node/package-lock.json
	npm ci --silent --no-audit --no-fund --prefix e2e/node
	touch $@

$(FOLDS): $(wildcard operator/optipath_cli/training/*.py operator/optipath_cli/training/seeds/*.jsonl) | $(TRAINED_WITH)
	PYTHONPATH=operator:router_sidecar $(TRAIN)/bin/python -m optipath_cli.training --measure --held-out $(@D) $(FIXTURES)

$(TRAINED_WITH): requirements-train.lock $(READY)
	test -x $(TRAIN)/bin/python || $(PYTHON) -m venv $(TRAIN)
	$(UV) pip sync --quiet --python $(TRAIN)/bin/python --require-hashes requirements-train.lock
	touch $@

# Each framework in an environment of its own, as its users have it: some hold back libraries that OptiPath needs newer.
.venv-frameworks/%/.ready: tests/frameworks/%/requirements.lock | $(READY)
	$(PYTHON) -m venv --without-pip $(@D)
	$(UV) pip sync --quiet --python $(@D)/bin/python --require-hashes $<
	touch $@
