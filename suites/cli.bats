#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The words of the command line: help everywhere, and one line for every word that is wrong.

load cli

setup() {
	cli_setup
}

@test "help and version everywhere" {
	vfwalk --help
	[ "$status" -eq 0 ]
	[[ $output == "Usage: vfwalk COMMAND"* ]]
	vfwalk --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^vfwalk\ [0-9.]+$ ]]
	for command in run judge report rules explain list restore; do
		vfwalk $command --help
		[ "$status" -eq 0 ]
		[[ $output == "Usage: vfwalk $command"* ]]
		[[ $output != *"Mandatory or optional"* ]]
		[[ $output != *" "$'\n'* ]]
		[ "$stderr" = "" ]
		vfwalk $command --version
		[ "$status" -eq 0 ]
		[[ $output == "vfwalk "* ]]
	done
}

@test "no command" {
	vfwalk
	refused "no command: use one of list, run, judge, lint, scan, report, compare, witness, rules, explain, restore"
}

@test "unknown command" {
	vfwalk walk x
	refused 'unknown command "walk": use one of list, run, judge, lint, scan, report, compare, witness, rules, explain, restore'
}

@test "unknown option" {
	for command in run judge report rules explain list restore; do
		vfwalk $command --bogus
		refused "unknown option --bogus: \`vfwalk $command --help\` lists them"
	done
}

@test "option without its value" {
	vfwalk run --target
	refused "--target needs a value: --target=TARGET"
	vfwalk judge -o
	refused "-o needs a value: -o=DIR"
}

@test "option with a value that it does not take" {
	vfwalk run --claim=yes
	refused "--claim takes no value"
}

@test "unexpected word" {
	vfwalk run nvme0
	refused 'unexpected word "nvme0": `vfwalk run --help` tells what it takes'
	vfwalk report a b
	refused 'one record at a time: "b" is the second'
	vfwalk restore a b
	refused 'one record at a time: "b" is the second'
}

@test "unknown target" {
	for command in run list; do
		vfwalk $command --target windows
		refused 'unknown target "windows": use linux or sim'
	done
}

@test "unknown profile" {
	vfwalk run --target sim --profile thorough
	refused 'unknown profile "thorough": use quick, standard, cert or soak'
}

@test "unknown format" {
	for command in run judge report; do
		vfwalk $command --format pdf
		refused 'unknown format "pdf": use text, ktap, json, junit or html'
	done
}

@test "unknown rule" {
	vfwalk explain CAP-UNKNOWN
	refused 'unknown rule "CAP-UNKNOWN": `vfwalk rules` lists them'
	vfwalk run --target sim --require CAP-UNIQ,cap-rsvd
	refused 'unknown rule "cap-rsvd": `vfwalk rules` lists them'
	vfwalk judge --require= x
	refused 'unknown rule "": `vfwalk rules` lists them'
}

@test "unknown suite" {
	mkdir "$T/suites"
	touch "$T/suites/"{resize,config,config.d}
	VFWALK_SUITES=$T/suites vfwalk run --target sim --suite cofnig
	refused 'unknown suite "cofnig": use one of config, resize'
}

@test "no suites" {
	mkdir "$T/suites"
	VFWALK_SUITES=$T/suites vfwalk run --target sim
	refused "$T/suites: no suite program there: build the suites with \`make\`, or name their directory in VFWALK_SUITES"
}

@test "address that is none" {
	vfwalk run --pf 1:2:3
	refused '--pf "1:2:3" is no address: give one like 0000:01:00.0, as `vfwalk list` shows'
	vfwalk run --vf nvme0
	refused '--vf "nvme0" is no address: give one like 0000:01:00.0, as `vfwalk list` shows'
}

@test "sim options for another target" {
	vfwalk run --sim vfs=2
	refused '--sim describes a model device: give --target sim with it'
	vfwalk list --sim vfs=2
	refused '--sim describes a model device: give --target sim with it'
}

@test "the catalogue" {
	vfwalk rules
	[ "$status" -eq 0 ]
	[[ ${lines[0]} =~ ^CAP-UNIQ\ +MUST\ +[A-Z] ]]
	[ "${#lines[@]}" -ge 60 ]
	[ "$(sort <<<"$output" | cut -d' ' -f1 | uniq -d)" = "" ]
}

@test "every rule can be explained" {
	for rule in $("$VFWALK" rules | cut -d' ' -f1); do
		vfwalk explain --no-example "$rule"
		[ "$status" -eq 0 ]
		[[ ${lines[0]} == "$rule  "* ]]
		[[ $output =~ \ clause\ +[^[:space:]] ]]
		[[ $output =~ \ why\ +[^[:space:]] ]]
		[[ $output =~ \ needs\ +[^[:space:]] ]]
	done
}

@test "rules of a group, and in other formats" {
	vfwalk rules PBA SYS-NEG
	[ "$status" -eq 0 ]
	[[ $output == *PBA-SIZE*SYS-NEG* ]]
	[[ $output != *CAP-UNIQ* ]]
	vfwalk rules -f markdown PBA
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "## Pending Bit Array" ]
	vfwalk rules --format=json PBA-IDX
	[ "$status" -eq 0 ]
	[[ $output == *'"rule": "PBA-IDX"'* ]]
	[[ $output == *'"name": "pba-swapped"'* ]]
	vfwalk rules CAPS
	refused 'unknown rule or group "CAPS": `vfwalk rules` lists them'
	vfwalk rules -f html
	refused 'unknown format "html": use table, markdown or json'
}

@test "every rule that can be seen broken catches a defect" {
	vfwalk rules --coverage
	echo "$output" | grep -B3 NOTHING || true
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == *" 0 catch none" ]]
}

@test "coverage is what records say" {
	record >"$T/good.jsonl"
	vfwalk rules --coverage CAP-UNIQ TBL-STALE "$T/good.jsonl"
	[ "$status" -eq 0 ]
	[[ $output =~ CAP-UNIQ.*exercised\ +sim,\ profile\ quick:\ pass\ 2 ]]
	[ "${lines[-1]}" = "not exercised: TBL-STALE" ]
	vfwalk rules "$T/good.jsonl"
	refused "$T/good.jsonl: a record tells of coverage: give --coverage with it"
	vfwalk rules --coverage "$T/none.jsonl"
	refused "$T/none.jsonl: No such file or directory: give the evidence.jsonl of a run"
	echo hello >"$T/bad.jsonl"
	vfwalk rules --coverage "$T/bad.jsonl"
	[ "$status" -eq 2 ]
}

@test "explain shows a violation as a report tells it" {
	vfwalk explain CAP-TS-RO
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[[ $output == *"fail CAP-TS-RO  MUST  0000:01:00.1"* ]]
	[[ $output == *"again      $VFWALK run --target sim --sim defect=size-writable"* ]]
	mkdir "$T/suites"
	VFWALK_SUITES=$T/suites vfwalk explain CAP-TS-RO
	[ "$status" -eq 0 ]
	[[ $output == *"not shown  the suite programs"* ]]
	[ -z "$(compgen -G '/tmp/vfwalk-example-*')" ]
}

@test "explain without a rule" {
	vfwalk explain
	refused 'no rule: `vfwalk rules` lists them'
}

@test "full standard output" {
	run bash -c '"$1" rules 2>&1 >/dev/full' - "$VFWALK"
	[ "$status" -eq 2 ]
	[ "$output" = "vfwalk: standard output: No space left on device" ]
}

@test "nothing to restore" {
	cd "$T"
	vfwalk restore
	refused 'no record of this machine in reports/out/*/evidence.jsonl: name the one to go by' 4
}

@test "restore passes over records that are empty or not of this machine" {
	cd "$T"
	mkdir -p reports/out/{empty,lab,sim,foreign}
	: >reports/out/empty/evidence.jsonl
	echo nonsense >reports/out/foreign/evidence.jsonl
	record >reports/out/sim/evidence.jsonl
	header 1 '"nvme-intel"' quick linux | lines >reports/out/lab/evidence.jsonl
	vfwalk restore
	refused 'no record of this machine in reports/out/*/evidence.jsonl: name the one to go by' 4
}

@test "restore by what is no record of this machine" {
	vfwalk restore "$T/none"
	refused "$T/none: No such file or directory: give the evidence.jsonl of a run"
	record >"$T/sim.jsonl"
	vfwalk restore "$T/sim.jsonl"
	refused "$T/sim.jsonl: made on a model device: there is nothing to put back" 4
	header 1 '"nvme-intel"' quick linux | lines >"$T/lab.jsonl"
	vfwalk restore "$T/lab.jsonl"
	refused "$T/lab.jsonl: made in the guest of lab nvme-intel, which is gone: there is nothing to put back" 4
	header 1 null quick linux | lines >"$T/header.jsonl"
	vfwalk restore "$T/header.jsonl"
	refused "$T/header.jsonl: ends before anything was done: there is nothing to put back" 0
}
