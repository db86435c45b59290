# The same commands for people and for CI. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
SOURCES := Sources Tests Package.swift

# Each module at once: two cores build from nothing in four fifths of the time, and after a change of
# one file about as fast as file by file. C without debug information.
BUILD_TESTS := $(SWIFT) build --build-tests -Xcc -g0 \
	$(addprefix -Xswiftc ,-wmo -num-threads 2 -disable-batch-mode)

# The suites that start no server, as sanitizers slow everything down. XCTest is left out: there are
# no tests in it, and its runner has a leak of its own. One after another, as some wait for little time.
SANITIZED := --disable-xctest --no-parallel --filter '^(BSON|Mongo|Migration|Terminal)Tests\.' \
	--skip ServerTests --skip RuntimeTests

# The linker says this for more than a hundred symbols; it means nothing.
QUIET_LINKER := 2>&1 | sed "/Cannot export local symbol '__asan_/d"

.PHONY: help deps build test soak bench sanitize lint format demo screenshots deb test-deb clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

deps: ## install what is missing: system packages, mongod servers
	@.ci/install-packages
	@.ci/fetch-mongod

build: packages ## release build, with the runtime of Swift inside
	$(SWIFT) build -c release --static-swift-stdlib

test: deps lint ## check the format, build, run the tests
	$(BUILD_TESTS)
	@.ci/run-tests

soak: deps ## the long tests: random workloads and faults from 100 seeds, and the checklists' tests at length
	$(BUILD_TESTS)
	@LAGZERO_SEEDS=$${LAGZERO_SEEDS:-100} .ci/run-tests --at-length

bench: build deps ## measure the engine between local replica sets, and the wizard beside htop and whiptail
	@.ci/install-packages peers || echo "Going on without them"
	.build/release/lagzero bench

sanitize: packages ## unit tests under the address and the thread sanitizer
	$(SWIFT) test --sanitize=address --scratch-path .build-asan $(SANITIZED) $(QUIET_LINKER)
	$(SWIFT) test --sanitize=thread --scratch-path .build-tsan $(SANITIZED) $(QUIET_LINKER)

lint: ## check the format
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format: ## apply the format
	$(SWIFT) format --in-place --recursive $(SOURCES)

demo: build deps ## the wizard with two local replica sets, to try a migration
	.build/release/lagzero demo

screenshots: deps ## write the pictures, golden screens and the recording from the wizard as it is
	$(BUILD_TESTS)
	LAGZERO_SCREENSHOTS=1 $(SWIFT) test --skip-build --no-parallel --filter ScreenshotsTests \
		--filter GoldenScreens --filter s1ToS12FromTheHubToSuccessWhile

deb: build ## the Debian package of the release build, in .build/deb
	@.ci/install-packages packaging
	@.packaging/build .build/release/lagzero

test-deb: deb deps ## install that package on a bare Debian, use all of it, remove it
	@.packaging/test .build/deb/*.deb

clean: ## remove the build folders; fetched servers stay
	rm -rf .build .build-*

.PHONY: packages
packages:
	@.ci/install-packages
