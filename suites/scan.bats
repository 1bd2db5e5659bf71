#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# `vfwalk scan` on the command line: what it prints, and what it makes of input that is no driver.

load cli.bash

setup() {
	cli_setup
	D=fixtures/drivers
	"$VFWALK" scan $D/alloc-fixed-good.c >/dev/null 2>"$T/why" || [ $? -ne 2 ] || skip "$(cat "$T/why")"
}

@test "a finding in the compilers' format, with the path that leads there" {
	vfwalk scan $D/alloc-inverted-bad.c
	[ "$status" -eq 1 ]
	[[ ${lines[0]} =~ ^$D/alloc-inverted-bad.c:[0-9]+:[0-9]+:\ error:\ in\ .*\[SRC-ALLOC-INVERTED\]$ ]]
	[[ $output == *": path: pci_alloc_irq_vectors() "* ]]
	[[ $output == *"1 errors, 0 warnings"*"(exit 1)"* ]]
}

@test "a driver without findings" {
	vfwalk scan $D/alloc-inverted-good.c
	[ "$status" -eq 0 ]
	[[ $output == "0 errors, 0 warnings, 0 notes, 0 excused; 1 files in 1 modules"* ]]
}

@test "JSON and SARIF" {
	vfwalk scan -f json $D/alloc-unchecked-bad.c
	[ "$status" -eq 1 ]
	[[ $output == *'"rule": "SRC-ALLOC-UNCHECKED"'*'"group": "RET"'* ]]
	vfwalk scan -f sarif $D/free-missing-bad.c
	[ "$status" -eq 1 ]
	[[ $output == *'"version": "2.1.0"'*'"codeFlows"'* ]]
	vfwalk scan -f html $D/free-missing-bad.c
	refused 'unknown format "html": use text, ktap, json, junit or sarif'
}

@test "SARIF is as its schema says, for any name and with all that is excused" {
	mkdir "$T/odd dir"
	cp $D/free-missing-bad.c "$T/odd dir/a
 b %.c"
	sed "$(grep -n 'return ret' $D/free-missing-bad.c | head -1 | cut -d: -f1)i/* vfwalk: ignore SRC-FREE-MISSING x */" \
		$D/free-missing-bad.c >"$T/odd dir/excused.c"
	printf '\0' >"$T/odd dir/binary.c"
	"$VFWALK" scan -f sarif "$T/odd dir" $D/*-bad.c >"$T/sarif" 2>/dev/null || [ $? -eq 2 ]
	run jq -r -f suites/sarif.jq "$T/sarif"
	[ "$output" = true ]
	# ... and the check can fail
	[ "$(jq '.runs[0].results[0].level = "fatal"' "$T/sarif" | jq -r -f suites/sarif.jq)" = result ]
	[ "$(jq 'del(.runs[0].tool.driver.name)' "$T/sarif" | jq -r -f suites/sarif.jq)" = tool ]
}

@test "KTAP and JUnit: a test for each rule, a result for each finding" {
	vfwalk scan -f ktap $D/free-rollback-bad.c
	[ "$status" -eq 1 ]
	[[ $output == "KTAP version 1"*"# Subtest: SRC-FREE-ROLLBACK"*"  not ok 3 $D/free-rollback-bad.c:"* ]]
	[[ $output =~ [[:space:]]not\ ok\ [0-9]+\ SRC-FREE-ROLLBACK[[:space:]] ]]
	[[ $output =~ [[:space:]]ok\ [0-9]+\ SRC-PF-TRUST\ #\ SKIP ]]
	[ "${lines[1]#1..}" = "$(grep -cE '^(ok|not ok) ' <<<"$output")" ]
	vfwalk scan -f junit $D/free-rollback-bad.c
	[ "$status" -eq 1 ]
	xmllint --noout - <<<"$output"
	[[ $output == *'<testsuite name="SRC-FREE-ROLLBACK" tests="3" failures="3"'* ]]
	# nothing that a file is called makes a result of it
	mkdir "$T/odd"
	cp $D/free-rollback-bad.c "$T/odd/a # SKIP <&>.c"
	vfwalk scan -f ktap "$T/odd"
	[[ $output != *"a # SKIP"* ]]
	vfwalk scan -f junit "$T/odd"
	xmllint --noout - <<<"$output"
	# what could not be read is no pass
	printf '\0' >"$T/odd/binary.c"
	vfwalk scan -f ktap "$T/odd"
	[[ $status -eq 2 && $output == *"Bail out! "*"binary.c: is binary: no C"* ]]
	vfwalk scan -f junit "$T/odd"
	[[ $output == *'<error message="is binary: no C"/>'* ]]
}

@test "--explain tells why and what to do" {
	vfwalk scan --explain $D/alloc-unchecked-bad.c
	[[ $output == *"SRC-ALLOC-UNCHECKED  MUST"*"why "*"fix "* ]]
	vfwalk explain SRC-FREE-MISSING
	[ "$status" -eq 0 ]
	[[ $output == *"SRC-FREE-MISSING  MUST"* ]]
}

@test "rules on sources are in the catalogue, those left out with the reason" {
	vfwalk rules SRC
	[ "$status" -eq 0 ]
	[[ $output == *"SRC-SRIOV-ZERO"*"SRC-PF-TRUST"*"LEFT OUT: "* ]]
	vfwalk rules -f json SRC-CNT-NEG
	[[ $output == *'"kind": "source"'* ]]
}

@test "a comment excuses a finding" {
	vfwalk scan $D/alloc-unchecked-bad.c
	line=$(grep -o '^[^:]*:[0-9]*:' <<<"${lines[0]}" | cut -d: -f2)
	sed "${line}i/* vfwalk: ignore SRC-ALLOC-UNCHECKED INTx is always there */" \
		$D/alloc-unchecked-bad.c >"$T/excused.c"
	vfwalk scan --alone "$T/excused.c"
	[[ $output != *"[SRC-ALLOC-UNCHECKED]"* ]]
	[[ $output == *", 1 excused"* ]]
	vfwalk scan --alone --all "$T/excused.c"
	[[ $output == *"excused: SRC-ALLOC-UNCHECKED INTx is always there"* ]]
}

@test "a baseline excuses a finding, and tells when it is gone" {
	cat >"$T/known.json" <<-END
	{"scan-baseline": 1, "entries": [{"rule": "SRC-ALLOC-UNCHECKED", "file": "alloc-unchecked-bad.c",
	 "reason": "known for long"}]}
	END
	vfwalk scan --baseline "$T/known.json" $D/alloc-unchecked-bad.c
	[[ $output != *"[SRC-ALLOC-UNCHECKED]"* ]]
	vfwalk scan --baseline "$T/known.json" $D/alloc-unchecked-good.c
	[[ $stderr == *"entry 1 excuses nothing: SRC-ALLOC-UNCHECKED in alloc-unchecked-bad.c is gone" ]]
	echo '{"scan-baseline": 1, "entries": [{}]}' >"$T/empty.json"
	vfwalk scan --baseline "$T/empty.json" $D/alloc-unchecked-bad.c
	refused "$T/empty.json: entry 1: it needs a rule that there is, a file and a reason"
}

# --- what is no driver: told in a line, and the rest goes on ---

@test "nothing to scan" {
	vfwalk scan
	refused "nothing to scan: give files or directories of C"
	vfwalk scan -j 0 $D
	refused "--jobs 0: give a number from 1 to 64"
}

@test "no such file, binary, a device, no file of C" {
	head -c 4096 "$VFWALK" >"$T/binary.c"
	mkdir "$T/none"
	vfwalk scan "$T/gone.c" "$T/binary.c" /dev/null "$T/none" $D/alloc-inverted-bad.c
	[ "$status" -eq 2 ]
	[[ $output == *"[SRC-ALLOC-INVERTED]"* ]]
	[[ $stderr == *"$T/gone.c: No such file or directory"* ]]
	[[ $stderr == *"$T/binary.c: is binary: no C"* ]]
	[[ $stderr == *"/dev/null: is no file and no directory"* ]]
	[[ $stderr == *"$T/none: no file of C in it"* ]]
}

@test "a file that nobody may read" {
	local as=()
	cp $D/alloc-inverted-bad.c "$T/secret.c"
	chmod 0 "$T/secret.c"
	# root may read all: then without what lets it
	[ "$(id -u)" -ne 0 ] || as=(setpriv --bounding-set -all --inh-caps -all)
	run --separate-stderr "${as[@]}" "$VFWALK" scan "$T/secret.c"
	[ "$status" -eq 2 ]
	[[ $stderr == *"secret.c: Permission denied" ]]
}

@test "half a file, and braces that never close" {
	sed "/pci_alloc_irq_vectors/q" $D/alloc-inverted-bad.c >"$T/half.c"
	vfwalk scan --alone "$T/half.c"
	[ "$status" -eq 2 ]
	[[ $stderr == *"half.c: line "*": a brace that never closes: what follows was not looked at" ]]
}

@test "no C at all, empty, with CRLF" {
	echo "pci_alloc_irq_vectors )}{(" >"$T/words.c"
	: >"$T/empty.c"
	sed 's/$/\r/' $D/alloc-inverted-bad.c >"$T/crlf.c"
	vfwalk scan --alone "$T/words.c" "$T/empty.c"
	[ "$status" -ne 1 ]
	vfwalk scan --alone "$T/crlf.c"
	[ "$status" -eq 1 ]
	vfwalk scan --alone "$T/empty.c"
	[ "$status" -eq 4 ]
}

@test "symlinks that go round, spaces and newlines in names" {
	mkdir "$T/tree"
	ln -s . "$T/tree/loop"
	ln -s none "$T/tree/dangling.c"
	cp $D/alloc-inverted-bad.c "$T/tree/a b"$'\n'"c.c"
	run --separate-stderr timeout 20 "$VFWALK" scan "$T/tree"
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == "$T/tree/a b\\x0ac.c:"* ]]
}

@test "a function of 20,000 lines, and one of deep nesting" {
	{
		sed -n '1,/^static int .*probe/p' $D/alloc-inverted-bad.c
		echo '{ int ret = pci_alloc_irq_vectors(pdev, 1, 4, 1);'
		for i in $(seq 20000); do echo "if (f$((i % 7))(pdev)) ret |= $i;"; done
		echo 'return ret; }'
	} >"$T/long.c"
	run --separate-stderr timeout 60 "$VFWALK" scan --alone "$T/long.c"
	[ "$status" -ne 124 ]
	{
		echo 'static int probe(void *pdev) { int ret = pci_alloc_irq_vectors(pdev, 1, 4, 1);'
		printf 'if (ret) {%.0s' $(seq 3000)
		printf '}%.0s' $(seq 3000)
		echo 'return 0; }'
	} >"$T/deep.c"
	run --separate-stderr timeout 60 "$VFWALK" scan --alone "$T/deep.c"
	[ "$status" -ne 124 ]
	[ "$status" -lt 128 ]
}

@test "a file larger than any driver, and a line of 4 MB" {
	cp $D/alloc-inverted-bad.c "$T/huge.c"
	truncate -s 9M "$T/huge.c"
	vfwalk scan --alone "$T/huge.c" $D/alloc-inverted-bad.c
	[ "$status" -eq 2 ]
	[[ $stderr == *"huge.c: is larger than 8 MB: no driver is"* ]]
	[[ $output == *"[SRC-ALLOC-INVERTED]"* ]]
	{
		cat $D/alloc-inverted-bad.c
		echo "static int line(void) {"
		yes "f(1); if (x) { g(2); } " | head -n 160000 | tr -d "\\n"
		echo "return 0; }"
	} >"$T/wide.c"
	run --separate-stderr timeout 60 "$VFWALK" scan --alone "$T/wide.c"
	[ "$status" -eq 1 ]
	[[ $output == *"[SRC-ALLOC-INVERTED]"* ]]
}

@test "headers that are none: they are done without" {
	mkdir "$T/mod"
	sed '1i#include "loop.h"\n#include "gone.h"\n#include "binary.h"\n#include "pipe.h"\n#include "'"$T"'/abs.h"\n#include "open' \
		$D/alloc-inverted-bad.c >"$T/mod/a.c"
	echo '#include "loop.h"' >"$T/mod/loop.h"
	head -c 4096 "$VFWALK" >"$T/mod/binary.h"
	mkfifo "$T/mod/pipe.h"
	printf '#define\n#define \n#define A\n#define B (\n#define C C\n#define D E\n#define E D' >"$T/abs.h"
	printf 'obj-m += a.o\n' >"$T/mod/Makefile"
	run --separate-stderr timeout 20 "$VFWALK" scan "$T/mod"
	[ "$status" -eq 1 ]
	[ -z "$stderr" ]
	[[ $output == *"[SRC-ALLOC-INVERTED]"* ]]
}

@test "a Makefile tells what belongs together" {
	mkdir "$T/mod"
	cp $D/free-missing-sibling-bad/*.c "$T/mod/"
	printf 'obj-m += mod.o\nmod-y := %s\n' "$(cd "$T/mod" && echo *.c | sed 's/\.c/.o/g')" >"$T/mod/Makefile"
	vfwalk scan "$T/mod"
	[ "$status" -eq 1 ]
	[[ $output == *"[SRC-FREE-MISSING]"*" in 1 modules"* ]]
}
