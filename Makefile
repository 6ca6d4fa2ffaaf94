# Every target calls the command `aether` (or pytest, ruff) in .venv; nothing here is the only way to do a thing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SECONDS ?=
APP ?=
BOARD ?=
PORT ?=

.PHONY: demo test lint flash probe stop uninstall clean venv

venv: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo "aether: Python 3.10 or later is needed, $(PYTHON) is $$($(PYTHON) -V 2>&1)"; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/aether demo $(if $(APP),--app '$(APP)') $(if $(SECONDS),--seconds '$(SECONDS)') $(if $(BOARD),--board '$(BOARD)')

flash: $(READY)
	@$(BIN)/aether flash $(if $(BOARD),--board '$(BOARD)') $(if $(APP),--app '$(APP)') $(if $(PORT),--port '$(PORT)')

probe: $(READY)
	@$(BIN)/aether probe $(if $(BOARD),--board '$(BOARD)') $(if $(PORT),--port '$(PORT)')

stop: $(READY)
	@$(BIN)/aether stop $(if $(PORT),--port '$(PORT)')

uninstall: $(READY)
	@$(BIN)/aether uninstall $(if $(PORT),--port '$(PORT)')

test: $(READY)
	@$(BIN)/python -m pytest -n 2

lint: $(READY)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

clean:
	rm -rf .venv out
