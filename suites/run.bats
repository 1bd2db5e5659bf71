#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# `vfwalk run` on the model device: what it writes, how it treats suites that misbehave (shell
# scripts play them), and how it can be stopped.

load cli

setup() {
	cli_setup
	mkdir "$T/suites"
}

teardown() {
	# What a failed test may have left running.
	if [ -f "$T/pids" ]; then
		xargs -r kill -9 <"$T/pids" 2>/dev/null || true
	fi
}

# A suite of that name that does what stdin says.
suite() {
	{
		echo '#!/bin/bash'
		cat
	} >"$T/suites/$1"
	chmod +x "$T/suites/$1"
}

# A run with these suites only.
run_fake() {
	VFWALK_SUITES=$T/suites vfwalk run --target sim --out "$T/out" "$@"
	echo "status $status"
	echo "$output"
	echo "$stderr"
}

gone() {
	for _ in $(seq 50); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# --- real suites ---

@test "a run passes, and judging its record again gives the same bytes" {
	vfwalk run --target sim --profile quick --out "$T/out"
	echo "$output"
	echo "$stderr"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "passed (exit 0)" ]
	[ "$(cat "$T/out/report.txt")" = "$output" ]
	"$VFWALK" judge --out "$T/again" "$T/out/evidence.jsonl" >/dev/null
	cmp "$T/out/report.txt" "$T/again/report.txt"
	cmp "$T/out/report.ktap" "$T/again/report.ktap"
	cmp "$T/out/report.json" "$T/again/report.json"
	[[ $(tail -n 1 "$T/out/evidence.jsonl") == *'"ev":"run-end"'*'"outcome":"completed"'* ]]
	for tap in "$T"/out/*.tap; do
		[ "$(head -n 1 "$tap")" = "TAP version 13" ]
	done
}

@test "a defect fails the run, and the command that is printed shows it again" {
	vfwalk run --target sim --sim defect=size-writable --profile quick --suite config --out "$T/out"
	[ "$status" -eq 1 ]
	[[ $output == *"fail CAP-TS-RO"* ]]
	again=$(grep -o '"reproduce": ".*"' "$T/out/report.json" | cut -d'"' -f4 | head -n 1)
	echo "$again"
	[[ $again == *"run --target sim --sim defect=size-writable --profile quick --suite config" ]]
	run bash -c "$again --out $T/second"
	[ "$status" -eq 1 ]
	[[ $output == *"fail CAP-TS-RO"* ]]
}

@test "no VF to walk" {
	vfwalk run --target linux --suite config
	[ "$status" -eq 4 ] || [ "$status" -eq 2 ] # there are PFs on the machine that runs this
	[ "$output" = "" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "wrong sim options" {
	vfwalk run --target sim --sim model=M-XYZ --out "$T/out"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: sim option model=M-XYZ: the values are M-RST"* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
	vfwalk run --target sim --sim colour=red --out "$T/out"
	[ "$status" -eq 2 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	vfwalk list --target sim --sim vfs=none
	[ "$status" -eq 2 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ ! -e "$T/out" ]
}

@test "what the model device can be" {
	vfwalk run --sim help
	[ "$status" -eq 0 ]
	[[ $output == *"model=M-RST|M-IMM|M-VFE"* ]]
	[[ $output == *"First VF Offset"* ]]
	vfwalk run --target sim --sim defects
	[ "$status" -eq 0 ]
	[[ $output == *"size-writable "*"CAP-TS-RO"* ]]
}

@test "an address that the model device does not have" {
	vfwalk list --target sim --sim vfs=300,address=0000:ff:00.0
	refused "sim options: VF 255 of vfs=300 would be behind bus 255"
	vfwalk run --target sim --sim address=0000:05:00.0 --pf 0000:01:00.0 --out "$T/out"
	refused "0000:01:00.0: the sim target has one PF, 0000:05:00.0"
}

@test "a VF that is none" {
	vfwalk run --target sim --vf 0000:7f:00.0 --out "$T/out"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: 0000:7f:00.0 is no VF of "* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "list the model device" {
	vfwalk list --target sim --sim vfs=3
	[ "$status" -eq 0 ]
	[ "$(grep -c '  VF  ' <<<"$output")" -eq 3 ]
	[[ $output == *"3 of 3 VFs, backend nvme, pool of "* ]]
	[[ $output != *"cannot test"* ]]
}

@test "list says what cannot be tested and why" {
	vfwalk list --target sim --sim backend=none,flr=off,engine=off,iommu=none,vfs=1
	[ "$status" -eq 0 ]
	[[ $output == *"cannot test resizing: "* ]]
	[[ $output == *"cannot test FLR of "* ]]
	[[ $output == *"cannot test delivery of interrupts of "* ]]
	[[ $output == *"cannot test isolation: no IOMMU"* ]]
}

@test "list tells what is known of the PF's driver" {
	vfwalk list --target sim --sim vfs=1
	[ "$status" -eq 0 ]
	[[ $output == *$'\n  nvme does not resize VFs: '* ]]
	[[ $output == *"needs  a controller with flexible vectors"* ]]
	[[ $output == *"known  SYS-NOCB "* ]]
	[[ $output != *mlx5_core* ]]
}

@test "what is known of PF drivers, without one" {
	vfwalk list --drivers
	[ "$status" -eq 0 ]
	for driver in mlx5_core ice nvme vfwalk_pf bnxt_en igb ixgbe i40e; do
		[ "$(grep -c "^  $driver " <<<"$output")" -eq 1 ]
	done
	[[ $output == *"SYS-TS-EQ           N is taken as queues"* ]]
	[ "$(awk 'length > 100' <<<"$output")" = "" ]
	# What it names are rules.
	rules=$(grep -oE '\b(SYS|POOL|DRV|NVM)-[A-Z0-9-]+' <<<"$output" | sort -u)
	[ "$(wc -l <<<"$rules")" -gt 10 ]
	for rule in $rules; do
		"$VFWALK" explain "$rule" >/dev/null
	done
}

@test "list without a PF" {
	compgen -G '/sys/bus/pci/devices/*/sriov_totalvfs' >/dev/null && skip "there is one here"
	vfwalk list
	refused "no PF here: no PCI function of this machine has the SR-IOV capability; enable it in the device's and the machine's setup, or use --target sim" 4
}

no_sriov="no function here has SR-IOV with VFs; enable SR-IOV in the device's and the machine's setup, or use "

@test "run and each suite alone without a PF" {
	compgen -G '/sys/bus/pci/devices/*/sriov_totalvfs' >/dev/null && skip "there is one here"
	vfwalk run --target linux --out "$T/out"
	refused "${no_sriov}--target sim" 4
	vfwalk run --target linux --claim --scratch --out "$T/out"
	refused "${no_sriov}--target sim" 4
	[ ! -e "$T/out" ]
	for suite in config resize bind flr vfio vectors hostile; do
		run --separate-stderr "$(dirname "$VFWALK")/suites/$suite"
		[ "$status" -eq 4 ]
		[ "$output" = "" ]
		[ "$stderr" = "$suite: ${no_sriov}VFWALK_TARGET=sim" ]
	done
}

@test "run and list without a PF, as another user" {
	compgen -G '/sys/bus/pci/devices/*/sriov_totalvfs' >/dev/null && skip "there is one here"
	[ "$(id -u)" -eq 0 ] || skip "this is another user than root already"
	cp "$VFWALK" "$T/vfwalk" # the tree may be root's own
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$T"
	mkdir -m 777 "$T/theirs"
	local other=(setpriv --reuid=65534 --regid=65534 --clear-groups "$T/vfwalk")
	VFWALK_SUITES=$T/suites
	suite config <<<'exit 0'
	export VFWALK_SUITES
	run --separate-stderr "${other[@]}" run --target linux --out "$T/theirs/out"
	refused "${no_sriov}--target sim" 4
	run --separate-stderr "${other[@]}" run --target linux --out "$T/out"
	refused "$T/out: Permission denied: give another directory with --out"
	run --separate-stderr "${other[@]}" list
	[ "$status" -eq 4 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a PF that is none" {
	local fn
	vfwalk run --target linux --pf ffff:ff:1f.7 --out "$T/out"
	refused 'no function ffff:ff:1f.7; `lspci -D` lists what there is'
	for fn in /sys/bus/pci/devices/*; do
		[ -e "$fn" ] && [ ! -e "$fn/sriov_totalvfs" ] || continue
		vfwalk run --target linux --pf "${fn##*/}" --out "$T/out"
		refused "${fn##*/} is not a PF with SR-IOV; \`vfwalk list\` shows those"
		break
	done
	[ ! -e "$T/out" ]
}

# --- a suite alone ---

suite_alone() {
	run --separate-stderr "$(dirname "$VFWALK")/suites/flr" "$@"
}

@test "a suite alone takes no words, and says what it takes" {
	for words in -l "-t nosuch" --bogus quick; do
		# shellcheck disable=SC2086
		VFWALK_TARGET=sim suite_alone $words
		echo "$output $stderr"
		[ "$status" -eq 2 ]
		[ "$output" = "" ]
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == "flr: unexpected word \"${words%% *}\": "*VFWALK_TARGET*VFWALK_CLAIM* ]]
	done
	VFWALK_TARGET=sim VFWALK_RACES=all suite_alone
	[ "$status" -eq 2 ]
	[ "$stderr" = 'flr: VFWALK_RACES: no race "all": 1, numvfs or unbind' ]
	VFWALK_TARGET=sim VFWALK_MAX=many suite_alone
	[ "$stderr" = "flr: VFWALK_MAX=many: not a number of vectors" ]
	suite_alone --help
	[ "$status" -eq 0 ]
	[[ $output == "Usage: [VARIABLE=VALUE...] "*VFWALK_PF*VFWALK_PROFILE* ]]
	[ "$stderr" = "" ]
}

# --- what suites are given ---

@test "suites run in order, with their environment" {
	for name in hostile config other resize; do
		suite $name <<-'END'
			echo "$0" >>"$(dirname "$0")/../order"
			env | grep ^VFWALK_ >"$(dirname "$0")/../env"
		END
	done
	VFWALK_RECORD=/x VFWALK_CLAIM=1 run_fake --sim vfs=2 --profile standard
	[ "$(xargs -n1 basename <"$T/order" | xargs)" = "config resize hostile other" ]
	grep -qx 'VFWALK_TARGET=sim' "$T/env"
	grep -qx 'VFWALK_SIM=vfs=2' "$T/env"
	grep -qx 'VFWALK_PROFILE=standard' "$T/env"
	grep -qx 'VFWALK_MODEL=M-RST' "$T/env"
	grep -qx 'VFWALK_BACKEND=nvme' "$T/env"
	grep -qE '^VFWALK_RECORD_FD=[0-9]+$' "$T/env"
	run ! grep -qE '^VFWALK_(RECORD|CLAIM|SCRATCH|LAB|PF|VF|BASELINE)=' "$T/env"
}

@test "a suite continues the record" {
	suite config <<-'END'
		echo '{"ev":"obs","t":5,"obs":"klog","lines":["from a suite"]}' >&$VFWALK_RECORD_FD
	END
	run_fake
	grep -A1 'from a suite' "$T/out/evidence.jsonl" | tail -n 1 >"$T/next"
	grep -q '"ev":"suite".*"suite":"config"' "$T/next"
}

@test "only the suites that are wanted" {
	suite config <<<'exit 3'
	suite resize <<<'exit 0'
	run_fake --suite resize
	run ! grep -q '"suite":"config"' "$T/out/evidence.jsonl"
}

@test "TAP and complaints are kept apart from the table" {
	suite config <<<'echo "TAP version 13"; echo oops >&2'
	run_fake
	[ "$(cat "$T/out/config.tap")" = "TAP version 13" ]
	[ "$(cat "$T/out/config.err")" = "oops" ]
	[[ $output != *oops* ]]
	[[ $stderr != *oops* ]]
}

# --- suites that misbehave: the run is broken, never the device ---

@test "a suite that hangs is stopped, with all that it started" {
	suite hang <<-END
		setsid sleep 1000 &
		echo \$\$ \$! >"$T/pids"
		trap '' TERM
		sleep 1000 & wait
		sleep 1000
	END
	VFWALK_DEADLINE=1 run_fake
	[ "$status" -eq 2 ]
	grep -q '"ev":"suite".*"timeout":true' "$T/out/evidence.jsonl"
	[[ $output == *"BROKEN   line "*": suite hang hung and was stopped"* ]]
	[[ $stderr == *"hung: stopped after 1 s"* ]]
	for pid in $(cat "$T/pids"); do
		gone "$pid"
	done
}

@test "a suite that dies" {
	suite dies <<<'kill -SEGV $$'
	run_fake
	[ "$status" -eq 2 ]
	[[ $output == *": suite dies died of signal 11"* ]]
	grep -q '"ev":"suite".*"exit":-1,"signal":11' "$T/out/evidence.jsonl"
}

@test "a suite that cannot be set up says why" {
	suite sad <<<'echo "sad: no disk" >&2; exit 2'
	run_fake
	[ "$status" -eq 2 ]
	[[ $output == *": suite sad could not be set up"* ]]
	[[ $stderr == *"sad: no disk"* ]]
}

@test "a suite that cannot be started" {
	suite nothing <<<''
	echo '#!/no/such/shell' >"$T/suites/nothing"
	run_fake
	[ "$status" -eq 2 ]
	[[ $stderr == *"$T/suites/nothing: No such file or directory"* ]]
}

@test "what a suite leaves behind is ended" {
	suite litter <<-END
		setsid sleep 1000 >/dev/null 2>&1 &
		echo \$! >"$T/pids"
	END
	run_fake
	gone "$(cat "$T/pids")"
}

@test "the suites after one that died still run" {
	suite config <<<'kill -KILL $$'
	suite resize <<<"touch $T/ran"
	run_fake
	[ -e "$T/ran" ]
}

# --- stopping ---

stop_with() {
	suite config <<-END
		sleep 1000 &
		echo \$! >"$T/pids"
		touch "$T/started"
		wait
	END
	suite resize <<<"touch $T/ran"
	VFWALK_SUITES=$T/suites "$VFWALK" run --target sim --out "$T/out" >"$T/stdout" 2>"$T/stderr" &
	local pid=$!

	for _ in $(seq 100); do
		[ ! -e "$T/started" ] || break
		sleep 0.05
	done
	kill "-$1" $pid
	status=0
	wait $pid || status=$?
	cat "$T/stdout" "$T/stderr"
	[ "$status" -eq 2 ]
	[[ $(tail -n 1 "$T/out/evidence.jsonl") == *'"outcome":"aborted"'*"signal $2"* ]]
	grep -q "BROKEN   .*the run was aborted: stopped by signal $2" "$T/out/report.txt"
	[ ! -e "$T/ran" ]
	gone "$(cat "$T/pids")"
}

@test "stopped by SIGTERM" {
	stop_with TERM 15
}

@test "stopped by SIGHUP" {
	stop_with HUP 1
}

# --- places ---

@test "the default place is named after time and target" {
	suite config <<<''
	cd "$T"
	VFWALK_SUITES=$T/suites vfwalk run --target sim
	[[ $(ls reports/out) =~ ^20[0-9]{6}T[0-9]{6}Z-sim$ ]]
	[ -s reports/out/*/report.json ]
}

@test "a record that cannot be read back is not judged" {
	suite config <<<'echo TAP'
	mkfifo "$T/port"
	cat "$T/port" >"$T/received" &
	cd "$T"
	VFWALK_SUITES=$T/suites vfwalk run --target sim --record "$T/port"
	wait
	echo "$stderr"
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	[[ $stderr == *TAP* ]]
	[ ! -e "$T/reports" ]
	"$VFWALK" judge "$T/received" >"$T/table" || true
	run ! grep -q BROKEN "$T/table"
}

@test "a suite that breaks is told even where nothing is judged" {
	suite config <<<'exit 2'
	VFWALK_SUITES=$T/suites vfwalk run --target sim --record /dev/null
	[ "$status" -eq 2 ]
}

@test "the record of a run that did not end is not written over" {
	{
		header 1 null quick linux | lines
		function_line 0000:01:00.0 -1 2000 | lines
		echo '{"ev":"claim","t":2,"fn":"0000:01:00.0","driver":"nvme","override":null,"numvfs":0,"autoprobe":true}'
	} >"$T/evidence.jsonl"
	cp "$T/evidence.jsonl" "$T/before"
	vfwalk run --target sim --out "$T"
	refused "$T/evidence.jsonl is of a run that did not end: \`vfwalk restore $T/evidence.jsonl\` first, or write elsewhere"
	cmp "$T/before" "$T/evidence.jsonl"
	run_end >>"$T/evidence.jsonl"
	suite config <<<''
	VFWALK_SUITES=$T/suites vfwalk run --target sim --out "$T"
	[ "$status" -ne 2 ]
}

@test "a directory that cannot be made" {
	touch "$T/file"
	vfwalk run --target sim --out "$T/file/x"
	refused "$T/file/x: Not a directory: give another directory with --out"
}

@test "a full disk" {
	suite config <<<''
	ln -s /dev/full "$T/evidence"
	VFWALK_SUITES=$T/suites vfwalk run --target sim --record "$T/evidence"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: cannot write the record: No space left on device"*": free some, or give --out" ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a disk that fills up stops the run" {
	mkdir "$T/small"
	mount -t tmpfs -o size=64k none "$T/small" 2>/dev/null || skip "no file system can be mounted here"
	suite config <<-END
		head -c 100000 /dev/zero | tr '\\0' ' ' >&\$VFWALK_RECORD_FD 2>/dev/null
		exit 1
	END
	suite resize <<<"touch $T/ran"
	VFWALK_SUITES=$T/suites vfwalk run --target sim --out "$T/small/o"
	umount "$T/small"
	echo "$output $stderr"
	[ "$status" -eq 2 ]
	[ ! -e "$T/ran" ]
	[ "$output" = "" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "vfwalk: cannot write the record: No space left on device"*": free some, or give --out" ]]
}

@test "progress tells how many scenarios saw failures" {
	suite config <<<'printf "TAP version 13\nok 1 a\nnot ok 2 b\n# not ok\nok 3 c\n"; exit 1'
	run_fake
	[[ $stderr == *"done; 1 of 3 scenarios saw failures, judged below" ]]
}
