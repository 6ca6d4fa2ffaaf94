# Every target calls the command `aether` (or pytest, ruff) in .venv; nothing here is the only way to do a thing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SECONDS ?=
APP ?=
BOARD ?=
PORT ?=
# By the environment, so that no character in a file's name means anything to the shell.
export AETHER_APP := $(APP)
export AETHER_SECONDS := $(SECONDS)
export AETHER_BOARD := $(BOARD)
export AETHER_PORT := $(PORT)

.PHONY: demo test soak lint flash probe stop uninstall clean venv

venv: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo "aether: Python 3.10 or later is needed, $(PYTHON) is $$($(PYTHON) -V 2>&1)"; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/aether demo $(if $(APP),--app "$$AETHER_APP") $(if $(SECONDS),--seconds "$$AETHER_SECONDS") $(if $(BOARD),--board "$$AETHER_BOARD")

flash: $(READY)
	@$(BIN)/aether flash $(if $(BOARD),--board "$$AETHER_BOARD") $(if $(APP),--app "$$AETHER_APP") $(if $(PORT),--port "$$AETHER_PORT")

probe: $(READY)
	@$(BIN)/aether probe $(if $(BOARD),--board "$$AETHER_BOARD") $(if $(PORT),--port "$$AETHER_PORT")

stop: $(READY)
	@$(BIN)/aether stop $(if $(PORT),--port "$$AETHER_PORT")

uninstall: $(READY)
	@$(BIN)/aether uninstall $(if $(PORT),--port "$$AETHER_PORT")

soak: $(READY)
	@$(BIN)/python host_tests/soak.py $(SECONDS)

test: $(READY)
	@$(BIN)/python -m pytest -n 2

lint: $(READY)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

clean:
	rm -rf .venv out
