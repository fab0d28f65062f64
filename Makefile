# Type `make` to see what there is.
PY := .venv/bin/python
NOTEBOOK ?= notebooks/01_setup_and_model_access.ipynb

AS_ROOT := $(shell [ "$$(id -u)" = 0 ] && echo --allow-root)

.PHONY: help lab playground serve model-server venv wheelhouse test-tools test browser-tests client-tests soak notebooks refresh-catalogue lint lock bench doctor roll-up clean

help: ## show this list
	@echo "Start here:  make lab"
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

lab: venv ## install what is needed, then open the first notebook in JupyterLab
	@JUPYTER_CONFIG_PATH=tools/jupyter $(PY) -m jupyterlab $(AS_ROOT) $(JUPYTER_ARGS) $(NOTEBOOK)

playground: NOTEBOOK = notebooks/playground.ipynb
playground: lab ## the same, on the page that has every lab

serve: venv ## answer AWS clients on port 8787 (ARGS="--port 0 --as-of 2023-09-28 --account new")
	@$(PY) -m bedrock_helpers.offline $(ARGS)

model-server: venv ## run the small model once for all kernels of this machine (ARGS="--slots 4 --file model_server.json")
	@$(PY) -m bedrock_helpers.offline.model_server $(ARGS)

venv: ## only install into .venv (WHEELHOUSE=folder, of lab too: without a network)
	@PYTHON='$(PYTHON)' sh tools/setup_venv.sh

# The folder is to be filled here, not to be installed from.
wheelhouse: ## gather all that a room without a network needs (WHEELHOUSE=folder PLATFORM="linux windows")
	@WHEELHOUSE= PYTHON='$(PYTHON)' sh tools/setup_venv.sh
	@$(PY) -m tools.wheelhouse "$${WHEELHOUSE:-wheelhouse}" --platforms $(PLATFORM) --pythons $(PYTHON_VERSIONS)

# What the tests add to .venv (requirements-test.lock).
test-tools:
	@PYTHON='$(PYTHON)' sh tools/setup_venv.sh test

test: test-tools ## run every check, and say how long each took
	@sh tools/install_chromium.sh
	@PY=$(PY) sh tools/run_tests.sh

browser-tests: test-tools ## only the tests that open JupyterLab in Chromium
	@sh tools/install_chromium.sh
	@$(PY) -m pytest -rs tests/browser

client-tests: test-tools ## only the tests with clients not written here: AWS CLI, JavaScript SDK, ...
	@PY=$(PY) sh tools/setup_clients.sh
	@$(PY) -m pytest -rs tests/clients

soak: test-tools ## 64 streaming clients at once, for 60 s (or BEDROCK_SOAK_S=600)
	@$(PY) -m pytest -rs tests/soak

notebooks: test-tools ## run all notebooks offline and store their outputs (ARGS="--record 02_invoke_basics")
	@$(PY) tools/refresh_notebooks.py $(ARGS)

refresh-catalogue: venv ## compare models and prices with a live account (ARGS="--regions us-east-1" or --write)
	@$(PY) -m tools.refresh_catalogue $(ARGS)

lint: test-tools ## check style with ruff
	@$(PY) -m ruff check .

lock: ## make the locks of the course, its tests and tests/clients anew (ARGS=--upgrade for newer versions)
	@sh tools/make_lock.sh $(ARGS)

bench: test-tools ## measure speed; prints ratios measured in one run (ARGS=--notebooks)
	@$(PY) -m tests.benchmarks $(ARGS)

doctor: venv ## one page: is this computer ready for the course? (ARGS="--live --region eu-central-1")
	@JUPYTER_CONFIG_PATH=tools/jupyter $(PY) bedrock_helpers/preflight $(ARGS)

roll-up: venv ## a host's tables of what a room has done: FOLDER=… (ARGS="--csv room.csv")
	@$(PY) -m bedrock_helpers.checks.roll_up "$${FOLDER:-}" $(ARGS)

clean: ## remove .venv and everything else that make made
	@rm -rf .venv .venv-clients .lock-tools .make-log .hypothesis .pytest_cache .ruff_cache
	@rm -rf tests/clients/javascript/node_modules
	@find bedrock_helpers tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
