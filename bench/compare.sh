#!/usr/bin/env bash
# Compares benchmarks of a revision with those of the work tree: compare.sh REF [PACKAGES [PATTERN [COUNT]]]
# Each is run COUNT times, in turn, so that an hour in which the machine is slower slows both; then benchstat speaks.
set -euo pipefail
cd "$(dirname "$0")/.."
ref=$1 packages=${2:-./...} pattern=${3:-.} count=${4:-6}

work=$(mktemp -d)
trap 'git worktree remove --force "$work/ref" 2>/dev/null || true; rm -rf "$work"' EXIT
git worktree add --quiet --detach "$work/ref" "$ref"

# run appends one round of a tree's benchmarks to a file. What is not there in one of the trees is left out by
# benchstat; a package that fails is told and ends it.
run() {
	(cd "$1" && go test -run '^$' -bench "$pattern" -benchmem -count 1 $packages) >>"$2" || { tail -20 "$2" >&2; exit 1; }
}
for i in $(seq "$count"); do
	echo "round $i of $count" >&2
	run "$work/ref" "$work/before"
	run . "$work/after"
done
go tool -modfile=tools/go.mod benchstat "before=$work/before" "after=$work/after"
