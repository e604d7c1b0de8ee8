# What a reader and a developer type. `make help` lists it.
#
#   PYTHON=/path/to/python   make a new environment with this Python (3.11 to 3.13; light: or newer)
#   UV=                      install with pip even where uv is present
#   LAB_ARGS="..."           options for JupyterLab, such as "--no-browser --port=8899"
#   LESSON=02 FORCE=1        for `make notebooks`: one lesson only; execute it even if it is current

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
LIGHT := $(VENV)/.light
TESTED := $(VENV)/.test
# What tests import, all of it: tests/project/test_environment.py asks.
EXTRAS_OF_TESTS := full,test,browser,site
# A file stays with one process, since its fixtures are made once.
PARALLEL := -n auto --maxprocesses 4 --dist loadfile
TEACH := $(VENV)/teach
UV := $(shell command -v uv 2>/dev/null)
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.11)
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON_RANGE := >=3.11,<3.14
NO_OLDER := import sys; sys.exit(sys.version_info < (3, 11))
INSTALL := $(if $(UV),"$(UV)" pip install --python $(PY),$(PY) -m pip install --disable-pip-version-check)

.PHONY: help lab lab-light check test test-more notebooks student teacher bench lint style spelling types imports pairs coverage assets images results site lock clean fresh-venv

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

lab: $(STAMP)  ## open the course in JupyterLab
lab-light: $(LIGHT)  ## the same without TensorFlow and LiteRT, for lessons 00, 02, 03 and most of 09
lab lab-light:
	$(PY) -m qnn_edu.cli lab notebooks -- $(LAB_ARGS)

check: lint  ## the same in a minute and a half: style, and what needs no TensorFlow, no browser and no patience
	$(PY) -m pytest -p tests.quick $(PARALLEL)

test: $(TESTED) $(VENV)/.teach  ## run every test, every docstring example and every lesson
	$(PY) -m pytest -m "not more" $(PARALLEL)

test-more: $(TESTED)  ## run the tests that want more than make test has, and say what they lack
	$(PY) -m pytest -m more $(PARALLEL)

notebooks: $(TESTED)  ## execute the lessons whose source changed (LESSON=02, FORCE=1)
	$(PY) -m tools.lessons.build $(if $(FORCE),--force) $(LESSON)

student: $(TESTED)  ## copy the lessons to build/student, clean, to hand out
	$(PY) -m tools.lessons.handout student

teacher: $(TESTED) $(VENV)/.teach  ## make build/nbgrader, a course folder with solutions and marks
	$(PY) -m tools.lessons.handout teacher

bench: $(VENV)/.peers  ## measure, and print the tables
	$(PY) -m tools.bench

lint: style spelling types imports pairs  ## check style, spelling, types, imports and notebook pairs

style: $(TESTED)
	$(PY) -m ruff check
	$(PY) -m ruff format --check

spelling: $(TESTED)
	$(PY) -m codespell_lib

types: $(TESTED)
	$(PY) -m mypy

imports: $(TESTED)
	$(VENV)/bin/lint-imports --no-logo

pairs: $(TESTED)
	$(PY) -m tools.lessons.build --check

coverage: $(TESTED)  ## show that the tests of qnn_edu.core run every line of it
	$(PY) -m pytest tests/core --cov=qnn_edu/core --cov-report=term-missing --cov-fail-under=100

assets: $(STAMP)  ## make the files in qnn_edu/assets again
	$(PY) -m tools.assets.digit_images
	$(PY) -m tools.assets.digits
	$(PY) -m tools.assets.activations
	$(PY) -m tools.assets.fake_quant

images: $(TESTED)  ## draw the pictures in images/ again
	$(PY) -m tools.images.explorers

results: $(STAMP)  ## gather results/runs into the table, the figure and the lesson's numbers
	$(PY) -m tools.assets.accuracy
	$(PY) -m tools.images.accuracy

site: $(TESTED)  ## build the course as web pages: open build/site/index.html
	rm -rf build/site build/doctrees
	$(PY) -m sphinx -W --keep-going -q -c docs -d build/doctrees . build/site

lock:  ## pin the newest packages that pyproject.toml allows (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade --universal \
	    --python-version 3.11 --extra full --extra test --extra browser --extra jax --extra teach \
	    --extra cluster --extra site --extra quantizer \
	    --no-emit-index-url --no-emit-find-links pyproject.toml --output-file requirements.lock

clean:  ## remove what make made; .venv too, so the next make installs again
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .import_linter_cache dist build
	find qnn_edu tests tools notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune \
	    -exec rm -rf {} +

# Written last, so an interrupted installation is taken up again.
$(STAMP): pyproject.toml requirements.lock Makefile
	@rm -f $@
	@$(PY) -c 'import pip; $(IN_RANGE)' 2>/dev/null || $(MAKE) --no-print-directory fresh-venv
	$(INSTALL) -c requirements.lock -e '.[full]'
	$(SETTLE)
	@touch $(LIGHT) $@

# A light environment becomes a full one by the rule above, in place where its Python serves.
$(LIGHT): pyproject.toml requirements.lock Makefile
	@rm -f $@
	@$(PY) -c 'import pip; $(NO_OLDER)' 2>/dev/null || $(MAKE) --no-print-directory fresh-venv \
	    IN_RANGE='$(NO_OLDER)' PYTHON_RANGE='>=3.11'
	$(INSTALL) -c requirements.lock -e .
	$(SETTLE)
	@touch $@

define SETTLE
@command -v dot >/dev/null || echo "Note: the program 'dot' is not here, so diagrams of graphs" \
    "cannot be drawn. Debian or Ubuntu: sudo apt install graphviz. macOS: brew install graphviz."
endef

$(TESTED): $(STAMP)
	$(INSTALL) -c requirements.lock -e '.[$(EXTRAS_OF_TESTS)]'
	@touch $@

# nbgrader, apart from the readers' JupyterLab, to which it would add its own buttons and menus. The
# cells that it runs, it runs in the readers' environment, as the kernel says that is put there.
$(VENV)/.teach: $(STAMP)
	$(PY) -m venv --clear $(TEACH)
	$(TEACH)/bin/python -m pip install --disable-pip-version-check --quiet \
	    -c requirements.lock anywidget nbgrader numpy
	$(TEACH)/bin/python -m pip install --disable-pip-version-check --quiet --no-deps -e .
	$(PY) -m ipykernel install --prefix $(TEACH)
	@touch $@

# What only some tests need: jax, cluster, quantizer.
$(VENV)/.%: $(STAMP)
	$(INSTALL) -c requirements.lock -e '.[$*]'
	@touch $@

# What others made for the same task, for `make bench` alone.
$(VENV)/.peers: $(VENV)/.quantizer
	$(PY) -m venv --clear $(VENV)/tfmot
	$(VENV)/tfmot/bin/python -m pip install --disable-pip-version-check --quiet \
	    tensorflow tf-keras 'tensorflow-model-optimization>=0.8'
	@touch $@

fresh-venv:
	@rm -rf $(VENV)
ifneq ($(UV),)
	"$(UV)" venv --seed --python '$(or $(PYTHON),$(PYTHON_RANGE))' $(VENV)
else
	@for python in $(PYTHONS); do \
	    "$$python" -c '$(IN_RANGE)' 2>/dev/null || continue; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null || { bare=$$python; continue; }; \
	    echo "$$python -m venv $(VENV)"; exec "$$python" -m venv $(VENV); \
	done; \
	if [ -n "$$bare" ]; then \
	    echo "$$bare cannot make a virtual environment: its module venv or ensurepip is missing."; \
	    echo "Debian or Ubuntu: sudo apt install python3-venv. Then type make again."; \
	else \
	    echo "This course needs Python 3.11, 3.12 or 3.13 (make lab-light: or newer)." \
	        "Tried: $(PYTHONS)."; \
	    echo "Install one (python.org, your system's packages, or uv) and type make again,"; \
	    echo "or name one: make PYTHON=/path/to/python3.12 lab"; \
	fi >&2; exit 1
endif
