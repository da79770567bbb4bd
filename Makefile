# `make` alone prints the targets.
SHELL       := /bin/bash
GO          ?= go
TOOL        := $(GO) tool -modfile=$(CURDIR)/tools/go.mod
MODULES     := . test
SYSTEMS     := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS     := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help build demo test check format vet lint race judges tidy cross kill torture differential mutate bulk memory fuzz bench bench-compare bench-peers bench-growth bench-rows clean

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/ingest
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ingest ./cmd/ingest

demo: build ## move the Go installation into a store, killed in the middle and carried on
	@demo/run.sh

test: ## run the tests
	$(GO) test ./...

check: format vet lint race judges tidy cross ## all that must hold before a commit

format: ## every file is gofmt-ed
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not gofmt-ed:"; echo "$$out"; exit 1; }

vet: ## go vet, both modules
	@for m in $(MODULES); do (cd $$m && $(GO) vet ./...) || exit 1; done

lint: ## golangci-lint, as .golangci.yml says, both modules
	@for m in $(MODULES); do (cd $$m && $(TOOL) golangci-lint run -c $(CURDIR)/.golangci.yml ./...) || exit 1; done

race: ## run the tests with the race detector
	$(GO) test -race ./...
	$(GO) test ./pipeline/internal/tuning # whose worlds are too many for the race detector

judges: ## official clients and a foreign server against ours
	cd test && $(GO) test -timeout 30m ./...

tidy: ## the module files are tidy
	@for m in $(MODULES); do (cd $$m && $(GO) mod tidy -diff) || exit 1; done

cross: ## build for every system that is supported
	@for s in $(SYSTEMS); do echo "build $$s"; \
		GOOS=$${s%/*} GOARCH=$${s#*/} CGO_ENABLED=0 $(GO) build -o /dev/null ./... || exit 1; done

TORTURE ?= 10m
kill: ## 1,000 SIGKILLs and signals at random instants
	cd test && INGEST_TORTURE=$(TORTURE) $(GO) test -count=1 -v -timeout 0 -run 'TestKilledAtRandomInstantsLosesNothing' ./torture

torture: ## everything that may break a run, TORTURE (10m) for each test; INGEST_SEED repeats it
	INGEST_TORTURE=$(TORTURE) $(GO) test -count=1 -v -timeout 0 -run 'Torture' ./journal ./pipeline ./reader
	cd test && INGEST_TORTURE=$(TORTURE) $(GO) test -count=1 -v -timeout 0 ./torture

differential: ## the same faults for ingest and for the official clients, as a table
	cd test && INGEST_TORTURE=$(TORTURE) INGEST_DIFFERENTIAL=$(CURDIR)/bin/differential.md $(GO) test -count=1 -v -timeout 0 ./differential

mutate: ## take out each check that stands for a promise, and see a test fail
	INGEST_MUTATE=1 $(GO) test -count=1 -v -timeout 0 ./internal/mutation

bulk: ## 10,000 real files and one of 2 GiB into every store, read back with foreign clients
	cd test && INGEST_BULK=full $(GO) test -count=1 -v -timeout 60m ./bulk

memory: ## peak memory of a file of 100 GiB and of a million rows
	bench/memory.sh

FUZZTIME ?= 30s
fuzz: ## every fuzz target for FUZZTIME (30s) each
	@$(GO) list -f '{{$$d := .Dir}}{{range .TestGoFiles}}{{$$d}}/{{.}} {{end}}{{range .XTestGoFiles}}{{$$d}}/{{.}} {{end}}' ./... \
		| xargs -n1 grep -Ho '^func Fuzz[A-Za-z0-9_]*' \
		| while IFS=: read -r file name; do \
			echo "$$file $${name#func }"; \
			(cd "$$(dirname "$$file")" && $(GO) test -run '^$$' -fuzz "^$${name#func }\$$" -fuzztime $(FUZZTIME) .) || exit 1; done

bench: ## Go benchmarks of every stage
	$(GO) test -run '^$$' -bench . -benchmem ./...

REF ?= main
PKG ?= ./...
BENCH ?= .
COUNT ?= 6
bench-compare: ## benchmarks of REF (main) and of the work tree in turn, by benchstat; PKG, BENCH, COUNT choose
	bench/compare.sh '$(REF)' '$(PKG)' '$(BENCH)' '$(COUNT)'

PEERS ?=
SET ?= large,small,mixed
RUNS ?= 5
bench-peers: ## CPU, wall and memory against the floor and against peers of the folder PEERS and the PATH
	$(GO) run ./bench/peers -peers '$(PEERS)' -set '$(SET)' -runs $(RUNS) -check

bench-growth: ## CPU per object and per GiB as the work grows: bench/growth.csv and its picture
	$(GO) run ./bench/growth -out bench/growth.csv
	$(GO) run ./bench/growth/plot bench/growth.csv > bench/growth.svg

bench-rows: ## plan, and resuming, of 10 million rows
	$(GO) run ./bench/rows -check

clean: ## remove what was built
	rm -rf bin demo/out
