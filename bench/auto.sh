#!/usr/bin/env bash
# Compares what a run finds by itself (--parallel auto --part-size auto) with a grid of fixed settings, against stores
# that keep nothing: at 0, 5 and 50 ms, and behind a link of 200 MB/s. Prints the medians, and the best fixed setting's
# time divided by auto's: 1 is as good, more is better. A round goes through all settings once, in any order, so that
# whatever else the machine does meanwhile meets all of them.
#
#   ROUNDS=3 PARALLEL="1 2 4 8 16 32 64 128" PARTS="5 8 16 32 64" LARGE=4x1024 SMALL=20000 STORES="0ms 5ms 50ms 200MB" bench/auto.sh
#
# LARGE is files and MiB each, sparse; SMALL is files of 16 KiB. 0 leaves either out. PROGRAM is measured instead of
# what is built here.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-3} parallel=${PARALLEL:-1 2 4 8 16 32 64 128} parts=${PARTS:-5 8 16 32 64}
large=${LARGE:-4x1024} small=${SMALL:-20000} stores=${STORES:-0ms 5ms 50ms 200MB}

work=$(mktemp -d)
store=
trap '[ -z "$store" ] || kill "$store"; rm -rf "$work"' EXIT
go build -o "$work" ./cmd/ingest ./bench/nullstore ./bench/measure
program=${PROGRAM:-$work/ingest}
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=nobody AWS_SECRET_ACCESS_KEY=nothing AWS_EC2_METADATA_DISABLED=true
export AWS_ENDPOINT_URL_S3=http://127.0.0.1:${PORT:-9108}

mkdir "$work/large" "$work/small"
if [ "$large" != 0 ]; then
	for i in $(seq "${large%x*}"); do truncate -s "${large#*x}M" "$work/large/$i"; done
	cat "$work"/large/* >/dev/null
fi
if [ "$small" != 0 ]; then
	for i in $(seq 0 100 $((small - 1))); do
		mkdir "$work/small/$i"
		head -c 1638400 /dev/urandom | split -b 16384 -a 2 - "$work/small/$i/"
	done
fi

# once STORE KIND SETTING... runs the program and notes its wall time, CPU time, peak memory, and parts in flight.
once() {
	local store=$1 kind=$2 setting="$3" out
	shift 3
	rm -f "$work/$kind.txt.journal"
	if ! out=$("$work/measure" "$program" run "$work/$kind.txt" --root "$work/$kind" --to s3://null/ --progress none --json "$@" 2>&1); then
		echo "$out" >&2
		exit 1
	fi
	awk -v what="$store $kind $setting" '
		match($0, /"parallel":[0-9]+/) { reached = substr($0, RSTART + 11, RLENGTH - 11) }
		/^measure:/ { print what, $3, $6 + $9, $(NF - 1), reached }' <<<"$out" >>"$work/times"
}

# settings lists what a round measures: the kind, a name, and the flags.
settings() {
	if [ "$large" != 0 ]; then
		echo large auto
		for p in $parallel; do for s in $parts; do echo large "${s}MiBx$p" --parallel "$p" --part-size "${s}MiB"; done; done
	fi
	if [ "$small" != 0 ]; then
		echo small auto
		for p in $parallel; do echo small "x$p" --parallel "$p"; done
	fi
}

serve() {
	local options=(-latency "$1")
	case $1 in *MB) options=(-rate "${1%MB}") ;; esac
	"$work/nullstore" -addr "127.0.0.1:${PORT:-9108}" "${options[@]}" &
	store=$!
	sleep 0.5
	kill -0 "$store"
}

for kind in large small; do (cd "$work/$kind" && find . -type f | sed 's,^\./,,') >"$work/$kind.txt"; done
for at in $stores; do
	serve "$at"
	for _ in $(seq "$rounds"); do
		settings | shuf >"$work/round"
		while read -r -a setting; do
			once "$at" "${setting[@]}" </dev/null
		done <"$work/round"
	done
	kill "$store"
	wait "$store" 2>/dev/null || true
	store=
done

[ -z "${RAW:-}" ] || cp "$work/times" "$RAW"
# Medians, by setting; then auto beside the best.
sort -k1,2 -k3,3 -k4,4n "$work/times" | awk '
	function flush() {
		if (n) print key, wall[int((n + 1) / 2)], cpu / n, rss, reached
		n = cpu = rss = reached = 0
	}
	{ if ($1 " " $2 " " $3 != key) { flush(); key = $1 " " $2 " " $3 } wall[++n] = $4; cpu += $5; if ($6 > rss) rss = $6; if ($7 > reached) reached = $7 }
	END { flush() }' | sort -k1,2 -k4,4n | awk '
	{ k = $1 " " $2
	  if ($3 == "auto") { auto[k] = $4; rss[k] = $6; n[k] = $7 } else if (!(k in best)) { best[k] = $4; at[k] = $3 }
	  printf "%-6s %-6s %-9s wall %7.2f s  CPU %6.2f s  peak %6.0f MiB  at most %d in flight\n", $1, $2, $3, $4, $5, $6, $7 }
	END { print ""; for (k in auto) if (k in best) printf "%-14s best fixed %-9s %7.2f s   auto %7.2f s   %.2f\n", k, at[k], best[k], auto[k], best[k] / auto[k] }'
