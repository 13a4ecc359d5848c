# The everyday commands. `make demo` and `make test` work on a fresh machine that has Rust.

CARGO ?= cargo

# What else to tell the bench, such as BENCH="--only redis_get" or BENCH=--help.
BENCH ?=

.PHONY: help demo test book bench bench-quick build release deps test-deps bench-deps fmt lint

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: deps ## plays the bundled scenario `membership` against a throwaway PostgreSQL
	@# A database that happens to be in the environment is not what a demonstration is for.
	env -u DATABASE_URL -u REDIS_URL $(CARGO) run --release -- run membership

test: test-deps ## runs every test
	@# Tests wait more than they compute: with cargo-nextest, where it is there, those of several files wait side by side.
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) nextest run --no-fail-fast --test-threads $$(($$(getconf _NPROCESSORS_ONLN) + 1)); \
	else \
		$(CARGO) test --no-fail-fast; \
	fi

book: ## builds the documentation into target/book; needs mdBook (`cargo install mdbook`)
	mdbook build

bench: bench-deps ## measures throng against its peers and tests its figures, some 15 minutes
	$(CARGO) bench --bench bench -- $(BENCH)

bench-quick: bench-deps ## the same in a short form
	$(CARGO) bench --bench bench -- --quick $(BENCH)

build: ## builds the one binary, target/release/throng
	$(CARGO) build --release

release: deps ## the same, optimised by what it does in bundled benchmarks; two builds, needs `llvm-profdata`
	@CARGO="$(CARGO)" tools/release.sh

deps: ## installs what a run needs and the machine lacks
	@tools/install-deps.sh compiler postgresql redis

test-deps: ## installs what the tests need besides
	@tools/install-deps.sh compiler postgresql postgresql-client redis pgbouncer sysbench jq openssl postgresql-majors python-venv chromium prometheus influxdb

bench-deps: ## installs the peers and what else the bench needs besides
	@tools/install-deps.sh compiler postgresql redis postgresql-client sysbench redis-tools python-venv

fmt: ## formats the Rust code
	$(CARGO) fmt

lint: ## what must hold before a change is merged, tests apart
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
