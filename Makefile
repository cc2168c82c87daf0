# Practicum. `make run` and `make test` are all one needs; `make help` lists the rest.
PY := .venv/bin/python
export PORT ?= 5000
export BIND ?= 127.0.0.1

.PHONY: help setup run test check doctor bench backup restore lock
help:
	@sed -n 's/^## //p' Makefile

## make setup           the virtual environment, from the lock file
setup:
	@bin/setup requirements.lock

## make run             everything, at http://127.0.0.1:5000 (PORT=, BIND=); Ctrl-C stops it
run: setup
	@exec $(PY) -W ignore bin/run

## make test            the whole suite on real servers and a real browser (BROWSER=none leaves the browser out)
test:
	@bin/setup requirements-dev.lock
	@bin/test

## make check           format, lint, types, import layers, migrations against models
check:
	@bin/setup requirements-dev.lock
	@bin/check

## make doctor          says what is off, in plain words
doctor: setup
	@$(PY) -W ignore -m flask --app app doctor

## make bench           the benchmark tables
bench:
	@bin/setup requirements-dev.lock
	@$(PY) -W ignore -m tests.bench

## make backup          one file with the database and the uploads, under var/backups/
backup: setup
	@$(PY) -W ignore bin/backup

## make restore FILE=   brings a backup back
restore: setup
	@$(PY) -W ignore bin/restore "$(FILE)"

## make lock            the lock files anew from pyproject.toml (needs uv)
lock:
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url --extra dev pyproject.toml -o requirements-dev.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--no-emit-index-url -c requirements-dev.lock pyproject.toml -o requirements.lock
