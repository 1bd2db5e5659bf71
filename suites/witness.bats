#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `vfwalk witness`: what it refuses, and what becomes of the rules on witnesses with and without one.

load cli

setup() {
	cli_setup
	printf '{"ev":"header","t":0,"format":"vfwalk-evidence","version":1}\n' >"$T/record"
	printf 'virtio_console_flush_buf port 1, in_len 61, out_len %s\n' "$(stat -c %s "$T/record")" >"$T/trace"
	"$VFWALK" witness --list >"$T/events"
}

@test "words that are missing or too many" {
	vfwalk witness
	refused "give a record, the trace, and --events with the list that QEMU was given"
	vfwalk witness "$T/record" "$T/trace"
	refused "give a record, the trace, and --events with the list that QEMU was given"
	vfwalk witness a b c
	refused 'one record and one trace: "c" is the third'
}

@test "a file that is not there" {
	vfwalk witness -e "$T/events" "$T/record" "$T/none"
	refused "$T/none: No such file or directory"
}

@test "a trace of something else" {
	: >"$T/empty"
	vfwalk witness -e "$T/events" "$T/record" "$T/empty"
	[ "$status" -eq 2 ]
	[ "$stderr" = "vfwalk: $T/record and $T/empty: the trace tells of no write to the record's port" ]
	vfwalk witness -e "$T/events" "$T/trace" "$T/trace"
	[ "$status" -eq 2 ]
	[[ $stderr == *"the record is none of vfwalk: not JSON" ]]
	head -c 400 /dev/urandom >>"$T/trace"
	vfwalk witness -e "$T/events" "$T/record" "$T/trace"
	[ "$status" -eq 0 ]
}

@test "a witness stands behind the header, once" {
	"$VFWALK" witness -e "$T/events" "$T/record" "$T/trace" >"$T/joined"
	[ "$(wc -l <"$T/joined")" -eq 2 ]
	[[ $(tail -n1 "$T/joined") == '{"ev":"witness","t":0,"what":"begin","by":"qemu",'* ]]
	printf 'virtio_console_flush_buf port 1, in_len 61, out_len %s\n' "$(stat -c %s "$T/joined")" >"$T/trace"
	vfwalk witness -e "$T/events" "$T/joined" "$T/trace"
	[ "$status" -eq 2 ]
	[[ $stderr == *': the record has a witness already: its lines are of kind "witness"' ]]
}

@test "a full disk" {
	run --separate-stderr bash -c "'$VFWALK' witness -e '$T/events' '$T/record' '$T/trace' >/dev/full"
	[ "$status" -eq 2 ]
	# shellcheck disable=SC2154
	[[ $stderr == *"No space left on device"* ]]
}

@test "a model's own account is said to be its own; without a witness nothing is judged" {
	"$VFWALK" run --target sim --suite hostile --profile quick --out "$T/run" >/dev/null 2>&1
	grep -q '^{"ev":"witness",.*"what":"begin","by":"sim"' "$T/run/evidence.jsonl"
	grep -q 'WIT-BLOCKED  *MUST  *pass' "$T/run/report.txt"
	grep -v '^{"ev":"witness"' "$T/run/evidence.jsonl" >"$T/alone"
	vfwalk judge -f json "$T/alone"
	[ "$status" -eq 0 ]
	! grep -A3 '"rule": "WIT-' <<<"$output" | grep '"verdict": "pass"'
	grep -q "the machine alone tells of itself" <<<"$output"
}

@test "one line less of what was blocked is a failure" {
	"$VFWALK" run --target sim --suite hostile --profile quick --out "$T/run" >/dev/null 2>&1
	awk '!(/"outcome":"blocked"/ && !n++)' "$T/run/evidence.jsonl" >"$T/less"
	vfwalk judge "$T/less"
	[ "$status" -eq 1 ]
	grep -q 'fail WIT-BLOCKED' <<<"$output"
}
