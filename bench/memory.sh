#!/usr/bin/env bash
# Prints the peak memory of two runs against a store that keeps nothing: one file of 100 GiB, sparse, and a manifest
# of a million rows. Both must stay below 96 MiB plus the parts in flight. Arguments: GiB and rows, to try smaller ones.
set -euo pipefail
cd "$(dirname "$0")/.."
gib=${1:-100} rows=${2:-1000000}
parallel=8 part=8 # MiB

work=$(mktemp -d)
store=
trap '[ -z "$store" ] || kill "$store"; rm -rf "$work"' EXIT
go build -o "$work" ./cmd/ingest ./bench/nullstore ./bench/measure
"$work/nullstore" -addr 127.0.0.1:9107 &
store=$!
sleep 0.5
export AWS_ENDPOINT_URL_S3=http://127.0.0.1:9107 AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=nobody AWS_SECRET_ACCESS_KEY=nothing AWS_EC2_METADATA_DISABLED=true

# within RSS-LINE prints the measured line and whether it is below the bound.
bound=$((96 + parallel * part))
run() {
	"$work/measure" "$work/ingest" run "$@" --to s3://null/ --part-size "${part}MiB" --parallel "$parallel" \
		--report "$work/report.jsonl" --progress none 2>"$work/measured"
	tail -1 "$work/measured"
	awk -v bound="$bound" '/peak RSS/ { rss = $(NF-1); print (rss <= bound ? "ok" : "TOO MUCH") ": bound " bound " MiB"; exit rss > bound }' "$work/measured"
}

echo "a sparse file of $gib GiB, $parallel parts of $part MiB in flight"
truncate -s "${gib}G" "$work/sparse"
echo sparse >"$work/sparse.txt"
run "$work/sparse.txt"

echo "a manifest of $rows rows"
mkdir "$work/files"
for i in $(seq 1000); do echo "$i" >"$work/files/$i"; done
seq "$rows" | awk '{ printf "{\"source\":\"files/%d\",\"key\":\"rows/%d/of/many/with/a/key/of/usual/length-%09d.dat\"}\n", $1 % 1000 + 1, $1 % 997, $1 }' >"$work/rows.jsonl"
run "$work/rows.jsonl"
