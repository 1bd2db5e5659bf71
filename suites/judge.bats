#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# `vfwalk judge` and `vfwalk report`: good records, bad records, baselines, and what they write.

load cli

setup() {
	cli_setup
	record >"$T/good.jsonl"
	bad_record >"$T/bad.jsonl"
}

# --- verdicts ---

@test "a good record passes" {
	vfwalk judge "$T/good.jsonl"
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[[ $output =~ CAP-RSVD\ +MUST\ +pass\ 2 ]]
	[ "${lines[-1]}" = "passed (exit 0)" ]
}

@test "a failure is spelled out" {
	vfwalk judge "$T/bad.jsonl"
	[ "$status" -eq 1 ]
	[[ $output =~ CAP-RSVD\ +MUST\ +fail\ 1\ +pass\ 1 ]]
	[[ $output == *"fail CAP-RSVD  MUST  0000:01:00.1"* ]]
	[[ $output =~ clause\ +PCIe ]]
	[[ $output =~ expected\ +[^[:space:]] ]]
	[[ $output =~ seen\ +[^[:space:]] ]]
	[[ $output =~ evidence\ +line\ 3 ]]
	[[ $output == *"again      build/vfwalk run --target sim"* ]]
	[ "${lines[-1]}" = "failed (exit 1)" ]
}

@test "nothing ran" {
	{ header | lines; run_end; } >"$T/empty.jsonl"
	vfwalk judge "$T/empty.jsonl"
	[ "$status" -eq 4 ]
	[ "${lines[-1]}" = "nothing ran (exit 4)" ]
}

@test "several records: the worst status counts" {
	vfwalk judge "$T/good.jsonl" "$T/good.jsonl"
	[ "$status" -eq 0 ]
	vfwalk judge "$T/bad.jsonl" "$T/good.jsonl"
	[ "$status" -eq 1 ]
	vfwalk judge "$T/bad.jsonl" "$T/none"
	[ "$status" -eq 2 ]
	[ "$stderr" = "vfwalk: $T/none: No such file or directory: give the evidence.jsonl of a run" ]
}

@test "a record on standard input" {
	run "$VFWALK" judge - <"$T/good.jsonl"
	[ "$status" -eq 0 ]
}

@test "required rules must have been exercised" {
	vfwalk judge --require CAP-UNIQ,CAP-RSVD "$T/good.jsonl"
	[ "$status" -eq 0 ]
	vfwalk judge --require CAP-UNIQ --require CAP-TS-RO "$T/good.jsonl"
	[ "$status" -eq 1 ]
	[[ $output == *"required, and not run: CAP-TS-RO"* ]]
	[ "${lines[-1]}" = "failed: required rules not run (exit 1)" ]
}

@test "profile cert requires every rule that applies" {
	sed 's/"profile":"quick"/"profile":"cert"/' "$T/good.jsonl" >"$T/cert.jsonl"
	vfwalk judge "$T/cert.jsonl"
	[ "$status" -eq 1 ]
	[[ $output == *"required, and not run: CAP-TS-RO"* ]]
}

# --- bad evidence: one line each ---

@test "no record" {
	for command in judge report; do
		vfwalk $command
		refused "no record: give the evidence.jsonl of a run"
		vfwalk $command "$T/none"
		refused "$T/none: No such file or directory: give the evidence.jsonl of a run"
	done
}

@test "no permission" {
	[ "$(id -u)" -ne 0 ] || skip "root may read everything"
	chmod 0 "$T/good.jsonl"
	vfwalk judge "$T/good.jsonl"
	refused "$T/good.jsonl: Permission denied: give the evidence.jsonl of a run"
}

@test "a directory" {
	vfwalk judge "$T"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: $T: "*"Is a directory: give the evidence.jsonl of a run" ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "an empty file" {
	: >"$T/empty"
	vfwalk judge "$T/empty"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: $T/empty: "*"the file is empty: give the evidence.jsonl of a run" ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "foreign: not JSON" {
	echo "00:00.0 Host bridge: Intel" >"$T/lspci"
	vfwalk judge "$T/lspci"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: $T/lspci: line 1: not JSON: "*": give the evidence.jsonl of a run" ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "foreign: binary" {
	head -c 4096 "$VFWALK" >"$T/binary"
	vfwalk judge "$T/binary"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: $T/binary: line 1: "*": give the evidence.jsonl of a run" ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "foreign: JSON without a header" {
	echo '{"level":"info"}' >"$T/log.json"
	vfwalk judge "$T/log.json"
	refused "$T/log.json: line 1: no vfwalk header: this is no evidence of vfwalk: give the evidence.jsonl of a run"
	tail -n +2 "$T/good.jsonl" >"$T/headless.jsonl"
	vfwalk judge "$T/headless.jsonl"
	refused "$T/headless.jsonl: line 1: no vfwalk header: this is no evidence of vfwalk: give the evidence.jsonl of a run"
}

@test "foreign: another format" {
	sed 's/vfwalk-evidence/other-evidence/' "$T/good.jsonl" >"$T/other.jsonl"
	vfwalk judge "$T/other.jsonl"
	refused "$T/other.jsonl: line 1: format is not \"vfwalk-evidence\": give the evidence.jsonl of a run"
}

@test "a newer version of the record" {
	header 2 | lines >"$T/newer.jsonl"
	vfwalk judge "$T/newer.jsonl"
	refused "$T/newer.jsonl: line 1: version 2 of the record; this vfwalk reads version 1"
}

@test "duplicated: two runs in one file" {
	cat "$T/good.jsonl" "$T/good.jsonl" >"$T/twice.jsonl"
	vfwalk judge "$T/twice.jsonl"
	refused "$T/twice.jsonl: line 5: a second header: judge each run's record by itself"
}

@test "a line in the middle that is damaged" {
	sed '3s/"fn"/"f/' "$T/good.jsonl" >"$T/damaged.jsonl"
	vfwalk judge "$T/damaged.jsonl"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: $T/damaged.jsonl: line 3: not JSON: "* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "truncated in mid-line: judged as far as it goes, and broken" {
	head -c -20 "$T/bad.jsonl" >"$T/cut.jsonl"
	vfwalk judge "$T/cut.jsonl"
	[ "$status" -eq 2 ]
	[[ $output == *"fail CAP-RSVD  MUST  0000:01:00.1"* ]]
	[[ $output == *"BROKEN   the record is cut off in line 4"* ]]
	[[ ${lines[-1]} == *"(exit 2)" ]]
}

@test "truncated at the end of a line" {
	head -n 3 "$T/good.jsonl" >"$T/cut.jsonl"
	vfwalk judge "$T/cut.jsonl"
	[ "$status" -eq 2 ]
	[[ $output == *"BROKEN   the record has no run-end"* ]]
}

@test "cut off in its header" {
	head -c 100 "$T/good.jsonl" >"$T/cut.jsonl"
	vfwalk judge "$T/cut.jsonl"
	refused "$T/cut.jsonl: line 1: cut off in its header"
}

# --- what is written ---

@test "reports in a directory" {
	vfwalk judge --out "$T/new/dir" "$T/bad.jsonl"
	[ "$status" -eq 1 ]
	[ "$(ls "$T/new/dir")" = "$(printf 'report.json\nreport.ktap\nreport.txt')" ]
	[ "$(cat "$T/new/dir/report.txt")" = "$output" ]
	grep -q '^not ok [0-9]* CAP-RSVD$' "$T/new/dir/report.ktap"
	vfwalk report -f json "$T/bad.jsonl"
	[ "$status" -eq 1 ]
	[ "$(cat "$T/new/dir/report.json")" = "$output" ]
}

@test "formats on standard output" {
	vfwalk report -f ktap "$T/good.jsonl"
	[ "${lines[0]}" = "KTAP version 1" ]
	vfwalk report -f junit "$T/good.jsonl"
	[[ ${lines[0]} == "<?xml"* ]]
	vfwalk judge -f json "$T/good.jsonl"
	[ "${lines[0]}" = "{" ]
	vfwalk report -f html "$T/bad.jsonl"
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == "<!DOCTYPE html>" && $output == *CAP-RSVD*"<h2>What did not hold</h2>"*"<pre>"*CAP-RSVD* ]]
}

@test "judging twice gives the same bytes" {
	for format in text ktap json junit; do
		"$VFWALK" report -f $format "$T/bad.jsonl" >"$T/1" || true
		"$VFWALK" report -f $format "$T/bad.jsonl" >"$T/2" || true
		cmp "$T/1" "$T/2"
	done
}

@test "every rule of the catalogue is in report.json" {
	"$VFWALK" report -f json "$T/good.jsonl" | grep -o '"rule": "[^"]*"' | cut -d'"' -f4 |
		uniq >"$T/reported"
	# Rules on sources are those of `vfwalk scan`.
	"$VFWALK" rules | cut -d' ' -f1 | grep -v ^SRC- >"$T/catalogue"
	diff "$T/catalogue" "$T/reported"
}

@test "one directory is for one record" {
	vfwalk judge --out "$T/o" "$T/good.jsonl" "$T/bad.jsonl"
	refused "--out takes the reports of one record: judge them one by one"
}

@test "a directory that cannot be made" {
	vfwalk judge --out "$T/good.jsonl/x" "$T/good.jsonl"
	refused "$T/good.jsonl/x: Not a directory: give another directory with --out"
}

@test "a full disk" {
	mkdir "$T/full"
	ln -s /dev/full "$T/full/report.txt"
	vfwalk judge --out "$T/full" "$T/good.jsonl"
	refused "$T/full/report.txt: No space left on device: the report is not complete: free some, or give --out"
}

# --- baselines ---

@test "a baseline makes a failure known" {
	baseline_for CAP-RSVD >"$T/known.json"
	vfwalk judge --baseline "$T/known.json" "$T/bad.jsonl"
	[ "$status" -eq 0 ]
	[[ $output =~ CAP-RSVD\ +MUST\ +known\ 1\ +pass\ 1 ]]
	[[ $output == *"KNOWN FAILURES"* ]]
	[[ $output =~ known\ +it\ always\ did\ \(F-99\) ]]
	[ "${lines[-1]}" = "passed, but for known failures (exit 0)" ]
}

@test "a failure that is not in the baseline stays one" {
	baseline_for CAP-UNIQ >"$T/known.json"
	vfwalk judge --baseline "$T/known.json" "$T/bad.jsonl"
	[ "$status" -eq 1 ]
}

@test "a stale entry is told" {
	baseline_for CAP-RSVD >"$T/known.json"
	vfwalk judge --baseline "$T/known.json" "$T/good.jsonl"
	[ "$status" -eq 0 ]
	[[ $output == *"$T/known.json: entry 1: CAP-RSVD passes on 1b36:0010"* ]]
}

@test "several baselines add up" {
	baseline_for CAP-UNIQ >"$T/1.json"
	baseline_for CAP-RSVD >"$T/2.json"
	vfwalk judge --baseline "$T/1.json" --baseline "$T/2.json" "$T/bad.jsonl"
	[ "$status" -eq 0 ]
}

@test "several baselines: each tells what is stale in it" {
	baseline_for CAP-UNIQ >"$T/1.json"
	baseline_for CAP-RSVD >"$T/2.json"
	vfwalk judge --baseline "$T/1.json" --baseline "$T/2.json" "$T/good.jsonl"
	[ "$status" -eq 0 ]
	[[ $output == *"$T/1.json: entry 1: CAP-UNIQ passes on 1b36:0010"* ]]
	[[ $output == *"$T/2.json: entry 1: CAP-RSVD passes on 1b36:0010"* ]]
	vfwalk judge -f json --baseline "$T/1.json" --baseline "$T/2.json" "$T/bad.jsonl"
	[ "$(grep -c 'take the entry out' <<<"$output")" -eq 1 ]
}

@test "a known failure tells where to find more" {
	baseline_for CAP-RSVD | sed 's|"finding": "F-99"|"link": "https://example.org/7", "reproduce": "make run"|' >"$T/known.json"
	vfwalk judge --baseline "$T/known.json" "$T/bad.jsonl"
	[ "$status" -eq 0 ]
	[[ $output == *"it always did (https://example.org/7; see it by: make run)"* ]]
}

@test "no baseline" {
	baseline_for CAP-RSVD >"$T/known.json"
	vfwalk judge --no-baseline --baseline "$T/known.json" "$T/bad.jsonl"
	[ "$status" -eq 1 ]
}

@test "bad baselines" {
	vfwalk judge --baseline "$T/none.json" "$T/good.jsonl"
	refused "$T/none.json: cannot be read: No such file or directory"
	baseline_for CAP-BOGUS >"$T/bogus.json"
	vfwalk judge --baseline "$T/bogus.json" "$T/good.jsonl"
	refused "$T/bogus.json: entry 1: no rule \"CAP-BOGUS\": \`vfwalk rules\` lists them"
	echo '{"baseline": 1, "entries": [}' >"$T/broken.json"
	vfwalk judge --baseline "$T/broken.json" "$T/good.jsonl"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: $T/broken.json: line 1, column "* ]]
	vfwalk run --target sim --baseline "$T/bogus.json"
	refused "$T/bogus.json: entry 1: no rule \"CAP-BOGUS\": \`vfwalk rules\` lists them"
}

@test "baselines that say too little or too much" {
	baseline_for CAP-RSVD >"$T/known.json"
	vfwalk judge --baseline "$T/known.json" --baseline "$T/known.json" "$T/good.jsonl"
	refused "$T/known.json: entry 1: CAP-RSVD on 1b36:0010 is excused by entry 1 of $T/known.json already"
	vfwalk judge --baseline "$T" "$T/good.jsonl"
	refused "$T: is a directory: name each file of it with --baseline"
	baseline_for CAP-RSVD | sed 's/, "finding": "F-99"//' >"$T/hearsay.json"
	vfwalk judge --baseline "$T/hearsay.json" "$T/good.jsonl"
	refused "$T/hearsay.json: entry 1: nothing to follow: give \"finding\" (in reports/FINDINGS.md), \"link\" or \"reproduce\""
	baseline_for CAP-RSVD | sed 's/"finding"/"found"/' >"$T/key.json"
	vfwalk judge --baseline "$T/key.json" "$T/good.jsonl"
	refused "$T/key.json: entry 1: unknown key \"found\": use rule, device, function, seen, qemu, kernel, reason, finding, link or reproduce"
	echo 'CAP-RSVD fails here' >"$T/prose.json"
	vfwalk judge --baseline "$T/prose.json" "$T/good.jsonl"
	[ "$status" -eq 2 ]
	[[ $stderr == "vfwalk: $T/prose.json: line 1, column "* ]]
}

@test "the lab's own baseline counts by itself" {
	mkdir -p "$T/build" "$T/fixtures/baselines"
	cp "$VFWALK" "$T/build/"
	baseline_for CAP-RSVD >"$T/fixtures/baselines/mine.json"
	sed 's/"lab":null/"lab":"mine"/' "$T/bad.jsonl" >"$T/mine.jsonl"
	run "$T/build/vfwalk" judge "$T/mine.jsonl"
	[ "$status" -eq 0 ]
	run "$T/build/vfwalk" judge --no-baseline "$T/mine.jsonl"
	[ "$status" -eq 1 ]
	run "$T/build/vfwalk" judge "$T/bad.jsonl"
	[ "$status" -eq 1 ]
}

@test "the baselines of this project can be read" {
	for file in fixtures/baselines/*.json; do
		vfwalk judge --baseline "$file" "$T/good.jsonl"
		[ "$status" -eq 0 ]
	done
}

@test "what a baseline of this project calls a finding is explained" {
	for finding in $(grep -ohE '"finding": "[^"]+' fixtures/baselines/*.json | cut -d'"' -f4 | sort -u); do
		echo "$finding"
		grep -q "^## $finding " reports/FINDINGS.md
	done
}

# --- the record is a stream ---

@test "constant memory in the length of the record" {
	seen='{"ev":"obs","t":2,"obs":"klog","lines":["x"]}'
	{
		head -n 3 "$T/good.jsonl"
		yes "$seen" | head -n 300000
		run_end
	} >"$T/long.jsonl"
	# As objects in memory these lines would be more than 100 MB.
	run bash -c 'ulimit -v 40000; "$1" judge "$2"' - "$VFWALK" "$T/long.jsonl"
	[ "$status" -eq 0 ]
}
