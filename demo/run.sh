#!/usr/bin/env bash
# Moves the machine's own Go installation into an object store on this machine, is killed in the middle, and
# carries on. Everything it makes is in demo/out.
set -euo pipefail
cd "$(dirname "$0")"
ingest=$PWD/../bin/ingest
out=$PWD/out
goroot=$(go env GOROOT)

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

store=
trap '[ -z "$store" ] || kill "$store" 2>/dev/null; wait' EXIT

rm -rf "$out"
mkdir -p "$out"

say "1. A manifest of $goroot"
"$ingest" manifest "$goroot" >"$out/go.jsonl"
head -2 "$out/go.jsonl"
echo "… $(wc -l <"$out/go.jsonl") files, $(du -shL "$goroot" | cut -f1)"

say "2. An object store in $out/store, speaking OSS and S3"
"$ingest" serve "$out/store" --addr 127.0.0.1:0 --bucket demo >"$out/settings" 2>"$out/serve.log" &
store=$!
until grep -q ready "$out/serve.log"; do
	kill -0 "$store" || { cat "$out/serve.log"; exit 1; }
	sleep 0.1
done
grep -v SECRET "$out/settings"
. "$out/settings"

run=("$ingest" run "$out/go.jsonl" --root "$goroot" --to oss://demo/go/ --part-size 1MiB
	--report "$out/report.jsonl" --progress plain)

say "3. ingest run, killed with SIGKILL in the middle"
"${run[@]}" --limit-rate 40MiB &
first=$!
sleep 4
kill -9 "$first" && echo "killed" || echo "it was done already"
wait "$first" 2>/dev/null || true
[ -e "$out/go.jsonl.journal" ] && "$ingest" journal "$out/go.jsonl.journal" | tail -1

say "4. The same command again: only the rest is sent"
"${run[@]}"

say "5. ingest verify: what the store holds against the sources"
"$ingest" verify "$out/go.jsonl" --root "$goroot" --to oss://demo/go/

say "The report is in $out/report.jsonl, one line a row:"
head -1 "$out/report.jsonl"
