# Everything happens in .venv: needs Python >= 3.11 and make, nothing else.

PYTHON ?= python3
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
READY := $(VENV)/.ready
# Where the public classes and functions are defined: their docstrings are linted.
PUBLIC := $(addprefix sklearn_prune/,datasets.py _batches/row_batches.py _least_squares/min_norm.py \
    _least_squares/targeted_ridge.py \
    $(addprefix _pruning/,pruned.py pruned_classifier.py score_classifier.py sparse_model.py) \
    $(addprefix _paths/,pruned_cv.py pruned_classifier_cv.py pruning_path.py stability_path.py \
        width_path.py) \
    _onnx/export.py \
    $(addprefix _random_features/,pruned_layer.py pruned_random_features.py \
        pruned_random_features_classifier.py random_features.py) \
    $(addprefix _displays/,double_descent_display.py error_curves_display.py pruning_path_display.py \
        stability_path_display.py styles.py) \
    _theoretical_risk/scorer.py \
    $(addprefix theory/,_distribution.py _optimal_penalties.py _optimal_strategy.py \
        _predict_risk.py _rounds_characterization.py $(addprefix _problems/,\
        binary.py gaussian_mixture.py linear_gaussian.py mixed_rows.py sample.py \
            single_index.py)) \
    $(addprefix neural/_,pruned_net_classifier.py pruned_net_regressor.py seeded_net.py \
        pruned_net.py masked_net.py architectures.py prune_net.py tensor_table.py layer_display.py))
MARKDOWN := README.md CHANGELOG.md CONTRIBUTING.md
CLEAN := .clean
CORE := tests/least_squares tests/pruning

.DEFAULT_GOAL := help
.PHONY: help demo test package lint format docs benchmarks clean

help: ## Show this help
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: $(READY)-demo ## Answer the question: small, or large and pruned?
	$(PY) -m sklearn_prune --out demo_output

test: $(READY)-test ## Run the tests and the doctests (more options in ARGS)
	OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 $(ARGS)

package: $(READY) ## Build sdist and wheel, use them elsewhere with the oldest versions
	rm -rf dist $(CLEAN)
	$(PY) -m venv $(CLEAN)/build && $(PY) -m venv $(CLEAN)/oldest
	$(CLEAN)/build/bin/python -m pip --disable-pip-version-check install --quiet build
	$(CLEAN)/build/bin/python -m build --outdir dist
	$(CLEAN)/oldest/bin/python -m pip --disable-pip-version-check install --quiet \
	    --constraint oldest.txt "$$(ls dist/*.whl)[report]" polars pytest pytest-xdist
	elsewhere=$$(mktemp -d) && cp -r tests conftest.py pyproject.toml $$elsewhere && \
	    python=$(CURDIR)/$(CLEAN)/oldest/bin/python && cd $$elsewhere && export OMP_NUM_THREADS=1 && \
	    $$python -m sklearn_prune --n-jobs 1 --quiet --budget 5 --width 20 --cv 2 --save model.skops && \
	    $$python -m pytest -n 2 $(CORE) && rm -r $$elsewhere

lint: $(READY)-lint ## Check style, types, spelling, docstrings and the repository
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) -m codespell_lib
	$(PY) -m mdformat --check $(MARKDOWN)
	$(PY) -m numpydoc lint $(PUBLIC)
	$(VENV)/bin/zizmor --offline .
	$(PY) -m repo_review .

format: $(READY)-lint ## Fix the style that can be fixed by itself
	$(PY) -m ruff check --fix
	$(PY) -m ruff format
	$(PY) -m mdformat $(MARKDOWN)

docs: $(READY)-docs ## Build the documentation in docs/_build/html
	OMP_NUM_THREADS=1 $(PY) -m sphinx -W --keep-going $(ARGS) docs docs/_build/html

benchmarks: $(READY)-benchmarks ## Measure speed and quality beside other packages
	$(PY) benchmarks/run.py $(ARGS)

clean: ## Remove what the other commands made, but for .venv
	rm -rf dist $(CLEAN) docs/_build docs/auto_examples docs/generated demo_output
	rm -rf .coverage .mypy_cache .pytest_cache .ruff_cache

# Stamps say what .venv holds already. A .venv that somebody else made is used as it is,
# unless its Python does not run.
$(READY)-demo: NEEDS := --editable '.[report]'
$(READY)-test: NEEDS := --editable '.[report]' --group test
$(READY)-lint: NEEDS := --editable '.[report]' --group lint
$(READY)-docs: NEEDS := --editable '.[report,neural]' --group docs
$(READY)-benchmarks: NEEDS := --editable '.[plot]' --group benchmarks

$(READY)-%: pyproject.toml constraints.txt | $(READY)
	@echo "Installing $(NEEDS) in $(VENV) ..."
	@$(PIP) install --quiet --constraint constraints.txt $(NEEDS)
	@touch $@

$(READY):
	@$(PY) -c '' 2>/dev/null || { \
	    echo "Creating $(VENV) ..."; \
	    $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(PYTHON) is older than 3.11: make PYTHON=...")' && \
	    $(PYTHON) -m venv --clear $(VENV); }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip
	@$(PIP) install --quiet 'pip>=25.1'  # the first with --group
	@touch $@
