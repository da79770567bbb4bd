#!/usr/bin/env bash
# Moves the machine's own Go installation into an object store on this machine, is killed in the middle, and
# carries on. Everything it makes is in demo/work.
set -euo pipefail
cd "$(dirname "$0")"
ingest=$PWD/../bin/ingest
work=$PWD/work
goroot=$(go env GOROOT)

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

store=
trap '[ -z "$store" ] || kill "$store" 2>/dev/null; wait' EXIT

rm -rf "$work"
mkdir -p "$work"

say "1. A manifest of $goroot"
"$ingest" manifest "$goroot" >"$work/go.jsonl"
head -2 "$work/go.jsonl"
echo "… $(wc -l <"$work/go.jsonl") files, $(du -shL "$goroot" | cut -f1)"

say "2. An object store in $work/store, speaking OSS and S3"
"$ingest" serve "$work/store" --addr 127.0.0.1:0 --bucket demo >"$work/settings" 2>"$work/serve.log" &
store=$!
until grep -q ready "$work/serve.log"; do
	kill -0 "$store" || { cat "$work/serve.log"; exit 1; }
	sleep 0.1
done
grep -v SECRET "$work/settings"
. "$work/settings"

run=("$ingest" run "$work/go.jsonl" --root "$goroot" --to oss://demo/go/ --part-size 1MiB
	--report "$work/report.jsonl" --progress plain)

say "3. ingest run, killed with SIGKILL in the middle"
"${run[@]}" --limit-rate 40MiB &
first=$!
sleep 4
kill -9 "$first" && echo "killed" || echo "it was done already"
wait "$first" 2>/dev/null || true
[ -e "$work/go.jsonl.journal" ] && "$ingest" journal "$work/go.jsonl.journal" | tail -1

say "4. The same command again: only the rest is sent"
"${run[@]}"

say "5. ingest verify: what the store holds against the sources"
"$ingest" verify "$work/go.jsonl" --root "$goroot" --to oss://demo/go/

say "The report is in $work/report.jsonl, one line a row:"
head -1 "$work/report.jsonl"
