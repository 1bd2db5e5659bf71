#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# `vfwalk compare`: what stands in the table, what counts as a difference, links, and bad input.

load cli

setup() {
	cli_setup
	mkdir "$T/one" "$T/two"
	record >"$T/one/evidence.jsonl"
	bad_record | sed 's/6\.1\.0-28-amd64/6.12.9-amd64/; s/"7\.2\.15"/"10.0.2"/' >"$T/two/evidence.jsonl"
	one=$T/one/evidence.jsonl two=$T/two/evidence.jsonl
}

@test "rules down, runs across" {
	vfwalk compare "$one" "$two"
	[ "$status" -eq 1 ]
	[ "$stderr" = "" ]
	[[ $output == *"[1]        sim vfs=1, profile quick, exit 0"*"Linux 6.1.0-28-amd64, QEMU 7.2.15"* ]]
	[[ $output == *"[2]        sim vfs=1, profile quick, exit 1"*"Linux 6.12.9-amd64, QEMU 10.0.2"* ]]
	[[ $output =~ $'\n'\ \ CAP-UNIQ\ +MUST\ +pass\ +pass$'\n' ]]
	[[ $output =~ $'\n'\*\ CAP-RSVD\ +MUST\ +pass\ +fail\ pass$'\n' ]]
	[[ $output == *"Where they differ"*"CAP-RSVD (MUST)"*"[1]        pass"*"[2]        fail pass, 0000:01:00.1: "* ]]
	[[ ${lines[-1]} =~ ^[0-9]+\ rules,\ 1\ of\ them\ marked ]]
}

@test "the same twice differs in nothing" {
	vfwalk compare --different "$one" "$one"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "0 rules, 0 of them marked *: runs differ" ]
	[[ $output != *"Where they differ"* ]]
}

@test "some rules, and those that differ only" {
	vfwalk compare --rules SYS,CAP-UNIQ "$one" "$two"
	[[ $output == *CAP-UNIQ* && $output == *SYS-BUSY* && $output != *CAP-RSVD* ]]
	vfwalk compare -d "$one" "$two"
	[[ $output == *CAP-RSVD* && $output != *CAP-UNIQ* ]]
}

@test "each run counts with the baseline of its lab, or none" {
	bad_record | sed 's/"lab":null/"lab":"nvme-intel"/; s/CAP-RSVD//' >"$T/lab.jsonl"
	baseline_for CAP-RSVD >"$T/base.json"
	vfwalk compare --baseline "$T/base.json" "$one" "$two"
	[ "$status" -eq 0 ]
	[[ $output =~ CAP-RSVD\ +MUST\ +pass\ +known\ pass ]]
	vfwalk compare --baseline "$T/base.json" --no-baseline "$one" "$two"
	[ "$status" -eq 1 ]
}

@test "a table in Markdown" {
	vfwalk compare -f markdown "$one" "$two"
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "| rule | severity | sim vfs=1<br>Linux 6.1.0-28-amd64<br>QEMU 7.2.15 | sim vfs=1<br>Linux 6.12.9-amd64<br>QEMU 10.0.2 |" ]
	[ "${lines[1]}" = "|---|---|---|---|" ]
	[[ $output == *"| **CAP-RSVD** | MUST | pass | fail pass |"* ]]
	[[ $output == *"| CAP-UNIQ | MUST | pass | pass |"* ]]
}

@test "a page that needs no other, with links to what is there" {
	: >"$T/one/report.txt"
	: >"$T/two/report.html"
	: >"$T/two/report.txt"
	mkdir "$T/tables"
	sed 's/"7\.2\.15"/"<b>\&amp"/' "$one" >"$T/odd.jsonl"
	vfwalk compare -f html -o "$T/tables/all.html" "$one" "$two" "$T/odd.jsonl"
	[ "$status" -eq 1 ]
	[ "$output" = "" ]
	run cat "$T/tables/all.html"
	[[ $output == *'<a href="../one/report.txt">'* && $output == *'<a href="../two/report.html">'* ]]
	[ "$(grep -o '<a href' <<<"$output" | wc -l)" -eq 2 ]
	[[ $output == *"QEMU &lt;b>&amp;amp</small>"* && $output != *"<!-- "* ]]
	[[ $output != *"src="* && $output != *"http"* ]]
}

@test "links are as seen from where the page is" {
	: >"$T/one/report.txt"
	vfwalk compare -f html -o "$T/all.html" "$one"
	grep -q '<a href="one/report.txt">' "$T/all.html"
	vfwalk compare -f html -o "$T/one/all.html" "$one"
	grep -q '<a href="report.txt">' "$T/one/all.html"
	mkdir -p "$T/on/deep"
	vfwalk compare -f html -o "$T/on/deep/all.html" "$one"
	grep -q '<a href="../../one/report.txt">' "$T/on/deep/all.html"
}

@test "a record that cannot be read leaves no table" {
	vfwalk compare -o "$T/all.txt" "$one" "$T/none"
	refused "$T/none: No such file or directory: give the evidence.jsonl of a run"
	[ ! -e "$T/all.txt" ]
}

@test "a run that broke is in the table, as broken" {
	head -n2 "$one" >"$T/cut.jsonl"
	vfwalk compare "$one" "$T/cut.jsonl"
	[ "$status" -eq 2 ]
	[[ $output == *"exit 2"*"broken: the record has no run-end"* ]]
}

@test "bad input: one line" {
	vfwalk compare
	refused "no record: give the evidence.jsonl of each run"
	vfwalk compare -f json "$one"
	refused 'unknown format "json": use text, markdown or html'
	vfwalk compare --rules CAP,NOSUCH "$one"
	refused 'unknown rule or group "NOSUCH": `vfwalk rules` lists them'
	vfwalk compare -o "$T/none/all.txt" "$one"
	refused "$T/none/all.txt: No such file or directory: give another file with --out"
	vfwalk compare -o "$T" "$one"
	refused "$T: Is a directory: give another file with --out"
	ln -s /dev/full "$T/full"
	vfwalk compare -o "$T/full" "$one"
	[ "$status" -eq 2 ]
	[ "$stderr" = "vfwalk: $T/full: No space left on device: give another file with --out" ]
	[ -L "$T/full" ] # what is no file is not taken away
}

@test "runs that say the same are told once" {
	vfwalk compare -d "$one" "$two" "$two"
	[[ $output == *"[1]        pass"*"[2]        fail pass, 0000:01:00.1: "*" (also [3])"* ]]
	[ "$(grep -c '^    \[3\] ' <<<"$output")" -eq 1 ] # in the list of runs only
}
