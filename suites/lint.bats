#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# `vfwalk lint`: dumps that are good, bad and no dumps at all, and functions of this machine.

load cli

setup() {
	cli_setup
	D=fixtures/dumps
}

# Lines of complaint, and that there is no other.
complains() {
	local line
	echo "status $status, stdout: $output, stderr: $stderr"
	[ "${#stderr_lines[@]}" -eq $# ]
	for line; do
		[[ $stderr == *"vfwalk: $line"* ]]
	done
}

# --- dumps ---

@test "good dumps pass" {
	for dump in $D/good-*.dump; do
		vfwalk lint "$dump"
		echo "$dump: $status"
		[ "$status" -eq 0 ]
		[ "${lines[-1]}" = "passed (exit 0)" ]
	done
}

@test "bad dumps fail, or warn" {
	for dump in $D/bad-*.dump; do
		vfwalk lint -f json "$dump"
		echo "$dump: $status"
		[ "$status" -eq 1 ]
		grep -qE '"verdict": "fail"' <<<"$output"
	done
}

@test "a failure says which clause, what was seen, where, and how to see it again" {
	vfwalk lint $D/bad-interrupt-pin.dump
	[ "$status" -eq 1 ]
	line=$(grep -n '^01:00.1' $D/bad-interrupt-pin.dump | cut -d: -f1)
	[[ $output == *"fail CAP-VF-NOINTX  MUST  0000:01:00.1"* ]]
	[[ $output =~ clause\ +PCIe ]]
	[[ $output =~ expected\ +Interrupt\ Pin\ 00h ]]
	[[ $output =~ seen\ +Interrupt\ Pin\ 01h ]]
	[[ $output =~ evidence\ +line\ $line\; ]]
	[[ $output =~ again\ +vfwalk\ lint\ $D/bad-interrupt-pin.dump ]]
}

@test "what cannot be judged is told with its reason" {
	vfwalk lint $D/good-plain.dump
	[ "$status" -eq 0 ]
	[[ $output == *"the record has no size of BAR 0 (in a dump: \`lspci -vvxxxx\`)"*CAP-TBL-FIT* ]]
	[[ $output == *"judges what is done to a function, and here nothing was"* ]]
	vfwalk lint --require CAP-TBL-FIT $D/good-verbose.dump
	[ "$status" -eq 0 ]
}

@test "what there is in it" {
	vfwalk lint $D/good-two-domains.dump
	[[ $output =~ holds\ +2\ PFs\ with\ 2\ of\ 2\ enabled\ VFs,\ 0\ other\ functions ]]
	vfwalk lint $D/good-vfs-alone.dump
	[[ $output =~ holds\ +0\ PFs,\ 2\ VFs\ without\ their\ PF ]]
}

@test "standard input" {
	run --separate-stderr "$VFWALK" lint - <$D/bad-overlap.dump
	[ "$status" -eq 1 ]
	run --separate-stderr bash -c "cat $D/good-plain.dump | $VFWALK lint /dev/stdin"
	[ "$status" -eq 0 ]
}

@test "several dumps: what failed in full, the rest counted" {
	vfwalk lint $D/good-plain.dump $D/bad-overlap.dump $D/good-verbose.dump
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == "passed  $D/good-plain.dump: "* ]]
	[[ $output == *"failed  $D/bad-overlap.dump: "*"fail CAP-OVERLAP"* ]]
	[[ $output != *"pass 3"* ]]
	[[ $output == *"3 pictures: 2 passed, 1 failed, 0 broken, 0 with nothing to judge (exit 1)"* ]]
	vfwalk lint $D/good-plain.dump $D/bad-overlap.dump "$T/none"
	[ "$status" -eq 2 ]
}

@test "the same function in several dumps: each is judged by itself" {
	vfwalk lint -f json $D/bad-overlap.dump $D/good-plain.dump
	[ "$status" -eq 1 ]
	[ "$(grep -c '"exit": [01]' <<<"$output")" -eq 2 ]
}

@test "the same function twice in one dump: both are judged" {
	cat $D/good-plain.dump $D/bad-overlap.dump >"$T/both"
	vfwalk lint "$T/both"
	[ "$status" -eq 1 ]
	[[ $output == *"1 of 2 times"* ]]
}

@test "baselines, and every format" {
	cat >"$T/known.json" <<-END
	{"baseline": 1, "entries": [{"rule": "CAP-VF-NOINTX", "device": "1af4:f0f1",
	 "function": "vf", "reason": "it always did", "finding": "F-99"}]}
	END
	vfwalk lint --baseline "$T/known.json" $D/bad-interrupt-pin.dump
	[ "$status" -eq 0 ]
	[[ $output == *"it always did"* ]]
	vfwalk lint -f ktap $D/bad-interrupt-pin.dump
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == "KTAP version 1" ]]
	vfwalk lint -f junit $D/bad-interrupt-pin.dump
	[ "$status" -eq 1 ]
	[[ $output == *"</testsuites>" ]]
	vfwalk lint -o "$T/out" $D/bad-interrupt-pin.dump
	[ "$status" -eq 1 ]
	[ -s "$T/out/report.json" ]
}

# --- dumps that are damaged: what is there is judged, and what is not is told ---

@test "CRLF" {
	sed 's/$/\r/' $D/bad-overlap.dump >"$T/crlf"
	vfwalk lint "$T/crlf"
	[ "$status" -eq 1 ]
	[ "$stderr" = "" ]
}

@test "cut off" {
	n=$(grep -n "^01:00.1" $D/good-plain.dump | cut -d: -f1)
	{
		head -n $((n + 8)) $D/good-plain.dump
		printf "80: 11 00 04"
	} >"$T/cut"
	vfwalk lint "$T/cut"
	[ "$status" -eq 2 ]
	complains "$T/cut: line $((n + 9)): 0000:01:00.1: the line ends after 3 of 16 bytes: judged up to 83h"
	[[ $output == *"1 place of it could not be read"* ]]
	[[ $output =~ CAP-RSVD\ +MUST\ +pass\ 1\  ]]
}

@test "wrong hex costs its function, and a failure elsewhere is still found" {
	sed '0,/^80: 11/s/^80: 11/80: 1x/' $D/bad-reserved-bits.dump >"$T/hex"
	vfwalk lint "$T/hex"
	[ "$status" -eq 2 ]
	complains "$T/hex: line 10: 0000:01:00.0: \"1x "
	[[ $output == *"fail CAP-RSVD  MUST  0000:01:00.2"* ]]
}

@test "a lost heading" {
	sed 's/^01:00.1 /01.00.1 /' $D/good-plain.dump >"$T/lost"
	vfwalk lint "$T/lost"
	[ "$status" -eq 2 ]
	complains "$T/lost: line 260: bytes that belong to no function: not judged"
}

@test "a function that does not answer" {
	vfwalk lint $D/good-absent-vf.dump
	[ "$status" -eq 0 ]
	complains "$D/good-absent-vf.dump: line "
	[[ $stderr == *": 0000:01:00.2: reads all ones, so it does not answer: not judged" ]]
}

@test "pointers and loops end" {
	for byte in 00 10 3f 40 80 fc ff; do
		sed "s/^\(80: 11\) ../\1 $byte/; s/^\(30: .. .. .. ..\) ../\1 $byte/" \
			$D/good-whole-vfs.dump >"$T/pointer"
		run timeout 10 "$VFWALK" lint "$T/pointer"
		[ "$status" -le 4 ]
	done
}

@test "thousands of functions" {
	{
		for bus in $(seq 0 249); do
			for dev in 00 0f 10 1f; do
				printf '%02x:%s.0 x\n' "$bus" $dev
				sed -n '/^01:00.2/,$ { /^01/d; p }' $D/bad-reserved-bits.dump
			done
		done
	} >"$T/many"
	vfwalk lint "$T/many"
	[ "$status" -eq 1 ]
	[[ $output =~ CAP-RSVD\ +MUST\ +fail\ 1000 ]]
	[[ $output == *"and 995 functions more"* ]]
	[ "${#lines[@]}" -lt 100 ]
}

# --- no dumps ---

@test "nothing to judge" {
	vfwalk lint
	refused "nothing to judge: give the output of \`lspci -xxxx\`, or an address like 0000:01:00.0"
}

@test "no such file, a directory" {
	vfwalk lint "$T/none"
	refused "$T/none: No such file or directory: give the output of \`lspci -xxxx\`, or an address like 0000:01:00.0"
	vfwalk lint "$T"
	refused "$T: Is a directory: give the output of \`lspci -xxxx\`, or an address like 0000:01:00.0"
}

@test "files that are something else" {
	: >"$T/empty"
	record >"$T/record"
	head -c 4096 "$VFWALK" >"$T/binary"
	for file in empty record binary; do
		vfwalk lint "$T/$file"
		refused "$T/$file: no function in it: give the output of \`lspci -xxxx\`, made as root"
	done
	run --separate-stderr timeout 10 "$VFWALK" lint /dev/zero
	refused "/dev/zero: no function in it: give the output of \`lspci -xxxx\`, made as root"
	run --separate-stderr timeout 10 "$VFWALK" lint /dev/urandom
	[ "$status" -eq 2 ]
}

@test "lspci without -x" {
	grep '^01' $D/good-plain.dump >"$T/plain"
	vfwalk lint "$T/plain"
	refused "$T/plain: no config space in it: give the output of \`lspci -xxxx\`, made as root"
}

@test "usage" {
	vfwalk lint -f pdf $D/good-plain.dump
	[ "$status" -eq 2 ]
	vfwalk lint -f junit $D/good-plain.dump $D/good-verbose.dump
	refused "-f junit is one document for one dump: judge them one by one"
	vfwalk lint -f html $D/good-plain.dump $D/good-verbose.dump
	refused "-f html is one document for one dump: judge them one by one"
	vfwalk lint -o "$T/out" $D/good-plain.dump $D/good-verbose.dump
	refused "--out takes the reports of one dump: judge them one by one"
	vfwalk lint --help
	[ "$status" -eq 0 ]
	[[ $output == *"lspci -D -vvxxxx"* ]]
}

# --- this machine ---

@test "a function that is not here" {
	vfwalk lint fffff:ff:1f.7
	refused "no function fffff:ff:1f.7 here: \`lspci -D\` lists what there is"
}

@test "functions of this machine, read only" {
	[ "$(id -u)" -eq 0 ] || skip "all of config space is for root"
	first=$(lspci -D | head -n 1 | cut -d' ' -f1)
	[ -n "$first" ] || skip "no PCI here"
	vfwalk lint "$first"
	[ "$status" -ne 2 ]
	[[ $output =~ record\ +this\ machine ]]
	[[ $output =~ holds\ +[01]\ PF ]]
}

@test "a live function and a dump of it get the same verdicts" {
	[ "$(id -u)" -eq 0 ] || skip "all of config space is for root"
	for fn in $(lspci -D | cut -d' ' -f1); do
		lspci -D -vvxxxx -s "$fn" >"$T/dump" 2>/dev/null
		vfwalk lint -f json "$fn"
		grep -E '"(rule|verdict|seen|reason)":' <<<"$output" >"$T/live"
		vfwalk lint -f json "$T/dump"
		grep -E '"(rule|verdict|seen|reason)":' <<<"$output" | diff "$T/live" -
	done
}
