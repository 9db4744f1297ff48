# Seedbed: `make` lists what it can do. Everything runs from .venv, which is made on first use.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
RECIPE ?= recipes/data/starter.yaml
TRAIN := $(if $(filter command,$(firstword $(origin RECIPE))),$(RECIPE),recipes/train/starter.yaml)
ABLATION := $(if $(filter command,$(firstword $(origin RECIPE))),$(RECIPE),recipes/ablation.yaml)
FINETUNE := $(if $(filter command,$(firstword $(origin RECIPE))),$(RECIPE),recipes/finetune/starter.yaml)
MODEL ?= build/models/starter
DATASET ?= build/datasets/starter
RELEASE ?= recipes/release/starter.yaml
DEBIAN_PACKAGES := bubblewrap libseccomp2 chromium nginx-light
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help dataset train evaluate ablate finetune plan demo publish demo-publish spaces test test-all docs check format golden bench bench-hub bench-completion bench-train bench-inspect constraints wheel system clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dataset: .venv/.data ## Build the dataset of RECIPE (default: the starter) into build/datasets/
	@$(BIN)/seedbed dataset $(RECIPE)

train: .venv/.train $(if $(filter %/starter.yaml,$(TRAIN)),build/datasets/starter/manifest.json) ## Train the model of RECIPE (default: the starter): tokenize, train, convert; resumes where it stopped
	@$(BIN)/seedbed tokenize $(TRAIN) && $(BIN)/seedbed train $(TRAIN) --resume
	@$(BIN)/seedbed convert $(TRAIN)

evaluate: .venv/.eval $(if $(filter build/models/starter,$(MODEL)),$(MODEL)/model.json) ## Evaluate MODEL (default: the starter) by the tasks of recipes/eval; the scores go on its card (programs need bubblewrap: make system)
	@$(BIN)/seedbed evaluate $(MODEL)

ablate: .venv/.eval ## Compare models trained with and without FILTER (such as near_dedup, or all); SEEDS=3 runs of each; RECIPE (default: recipes/ablation.yaml)
	@$(BIN)/seedbed ablate $(FILTER) $(ABLATION) $(if $(SEEDS),--seeds $(SEEDS))

finetune: .venv/.finetune $(if $(filter %/starter.yaml,$(FINETUNE)),build/models/starter/model.json) ## Fine-tune on FEEDBACK (a folder or a Hub id) by RECIPE (default: the starter's); writes a model only if it got better; PUBLISH=OWNER/NAME
	@$(BIN)/seedbed finetune $(FINETUNE) $(if $(FEEDBACK),--feedback $(FEEDBACK)) $(if $(PUBLISH),--publish $(PUBLISH))

plan: .venv/.train ## Print what training RECIPE takes: parameters, tokens, memory, hours
	@$(BIN)/seedbed plan $(TRAIN)

demo: .venv/.playground $(if $(filter build/models/starter,$(MODEL)),$(MODEL)/model.json) $(if $(filter build/datasets/starter,$(DATASET)),$(DATASET)/manifest.json) ## Run the playground on 127.0.0.1 with MODEL and DATASET (default: the starter's); prints its address
	@GRADIO_SERVER_NAME=127.0.0.1 SEEDBED_MODEL=$(MODEL) SEEDBED_DATASET=$(DATASET) SEEDBED_FEEDBACK=build/playground/feedback $(BIN)/python spaces/playground/app.py

spaces: .venv/.made ## Build the wheel into each Space, whose requirements name it
	@$(PIP) wheel --quiet --no-deps --wheel-dir spaces/playground . && cp spaces/playground/seedbed-*.whl spaces/code_eval
	@rm -f spaces/*/*.pyi  # stubs that Gradio writes when the playground starts: no part of a Space

publish: .venv/.hub spaces ## Publish RELEASE to the Hub: dataset, model and playground, linked (`hf auth login` first; DRY_RUN=1 sends nothing)
	@$(BIN)/seedbed release $(if $(DRY_RUN),--dry-run) $(RELEASE)

demo-publish: .venv/.data .venv/.hub-server build/datasets/starter/manifest.json ## Publish the starter dataset to a local Hub, and load it back
	@$(BIN)/seedbed demo-publish

test: .venv/.dev ## Run the tests that CI runs
	@$(BIN)/python -m pytest -q -m "not slow"

test-all: .venv/.dev ## Run every test, the slow ones too
	@$(BIN)/python -m pytest -q

# Not --quiet: mkdocs counts only the warnings that it prints, so a dead link would pass.
docs: .venv/.docs ## Build the documents as a site into build/site; a dead link fails
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

check: .venv/.dev docs ## Run the linters, the type checker and the document tests, as CI does
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy src pipeline && $(BIN)/lint-imports
	@$(BIN)/python -m pytest -q -m docs

format: .venv/.dev ## Format the code and apply the fixes of the linter
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

golden: .venv/.dev ## Rewrite the files that tests compare with (cards, docs/reference/cli.md, ...); review the diff
	@SEEDBED_GOLDEN=1 $(BIN)/python -m pytest -q tests/publishing/cards/test_dataset_card.py tests/publishing/cards/test_model_card.py tests/models/training/nanotron/test_config.py tests/core/test_recipe.py tests/cli/test_reference.py

bench: .venv/.dev ## Measure CPU seconds per MB of every filter, a raw parse, and scancode
	@$(BIN)/python -m tests.bench $(RECIPE)

bench-train: .venv/.dev ## Measure training: nanotron against a plain transformers loop, one process against two (after make train)
	@$(BIN)/python -m tests.bench.training

bench-hub: .venv/.dev ## Measure the local Hub: small downloads against nginx, uploads against a plain copy (needs nginx: make system)
	@$(BIN)/python -m tests.bench.hub

bench-inspect: .venv/.dev ## Measure seconds and memory of `seedbed inspect` on one file: first run, new text, warm
	@$(BIN)/python -m tests.bench.inspect

bench-completion: .venv/.dev ## Measure the time of each step of a completion, with the GGUF file of the starter model
	@$(BIN)/python -m tests.bench.completion

constraints: .venv/.dev ## Update constraints.txt to the newest versions that work together, within constraints.in
	@$(PIP) install --quiet --upgrade --upgrade-strategy eager --constraint constraints.in --group dev --editable '.[data,hub,hub-server,train,serve,eval,playground,finetune]'
	@{ cat constraints.in; echo; $(PIP) freeze --exclude-editable | grep -v '^torch=='; } > constraints.txt

wheel: .venv/.dev ## Build the wheel into dist/
	@$(BIN)/python -m build --wheel --outdir dist . 

system: ## Install Debian packages for the sandbox (bubblewrap), browser tests (chromium) and benches (nginx); needs root or sudo
	@$(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq --no-install-recommends $(DEBIAN_PACKAGES) >/dev/null

clean: ## Remove build/ and dist/; downloads and .venv stay
	@rm -rf build dist

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Seedbed needs Python 3.11 or newer: make PYTHON=python3.x ...")'
	@$(PYTHON) -m venv .venv && $(PIP) install --quiet --upgrade 'pip>=25.1' && touch $@

.venv/.data: .venv/.made pyproject.toml constraints.txt
	@echo "installing into .venv (a few minutes the first time)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[data]' && touch $@

.venv/.train: .venv/.made pyproject.toml constraints.txt
	@echo "installing into .venv (a few minutes the first time)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[data,train]' && touch $@

.venv/.hub: .venv/.made pyproject.toml constraints.txt
	@echo "installing into .venv (a minute the first time)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[hub]' && touch $@

.venv/.hub-server: .venv/.made pyproject.toml constraints.txt
	@echo "installing into .venv (a minute the first time)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[hub,hub-server]' && touch $@

.venv/.eval: .venv/.train
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[data,train,eval]' && touch $@

.venv/.playground: .venv/.made pyproject.toml constraints.txt
	@echo "installing into .venv (a few minutes the first time)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[serve,playground]' && touch $@

.venv/.finetune: .venv/.eval
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[data,train,eval,serve,hub,finetune]' && touch $@

.venv/.docs: .venv/.made pyproject.toml constraints.txt
	@$(PIP) install --quiet --constraint constraints.txt --group docs && touch $@

build/models/starter/model.json:
	@$(MAKE) --no-print-directory train RECIPE=recipes/train/starter.yaml

build/datasets/starter/manifest.json:
	@$(MAKE) --no-print-directory dataset RECIPE=recipes/data/starter.yaml

.venv/.dev: .venv/.data
	@echo "installing the development tools into .venv (about 3 GB, several minutes the first time)"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[data,hub,hub-server,train,serve,eval,playground,finetune]' --group dev && touch $@
