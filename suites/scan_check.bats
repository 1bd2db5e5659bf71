#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# build/scan-check, which measures `vfwalk scan`: that it notices a scanner that is wrong. The scanner
# is a script here that says what it was told to.

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	check=${BUILD:-build}/scan-check
	dir=$BATS_TEST_TMPDIR
	export VFWALK=$dir/vfwalk SAYS=$dir/says.json
	printf '#!/bin/sh\ncat "$SAYS"\n' >"$VFWALK"
	chmod +x "$VFWALK"
	mkdir "$dir/drivers"
	echo 'int f(void);' >"$dir/drivers/a-bad.c"
	cp "$dir/drivers/a-bad.c" "$dir/drivers/a-good.c"
}

# says RULE SEVERITY FILE LINE ...: the findings of the scanner.
says() {
	local list=
	while [ $# -gt 0 ]; do
		list+="${list:+,}{\"rule\":\"$1\",\"level\":\"$2\",\"function\":\"probe\",\"path\":\"$3\",\"line\":$4,\"steps\":[]}"
		shift 4
	done
	echo "{\"findings\":[$list]}" >"$SAYS"
}

@test "a finding that is expected passes, at any of its lines" {
	echo '7,9 SRC-X' >"$dir/drivers/a-bad.expected"
	says SRC-X error a-bad.c 9
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 0 ]
	[ "${lines[2]}" = 'ok 1 a-bad' ]
}

@test "a finding that is missing, elsewhere, of another rule or there twice fails" {
	echo '7 SRC-X' >"$dir/drivers/a-bad.expected"
	says
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
	[[ $output == *'# missing: 7 SRC-X'* ]]
	says SRC-X error a-bad.c 8
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
	says SRC-Y error a-bad.c 7
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
	says SRC-X error a-bad.c 7 SRC-X error a-bad.c 7
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
	[[ $output == *'# unexpected: a-bad.c:7 SRC-X (error)'* ]]
}

@test "a good driver must be silent, and never has an error, expected or not" {
	: >"$dir/drivers/a-good.expected"
	says SRC-X note a-good.c 1
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
	echo '1 SRC-X' >"$dir/drivers/a-good.expected"
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 0 ]
	says SRC-X error a-good.c 1
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
}

@test "a scanner that breaks off is no pass" {
	: >"$dir/drivers/a-good.expected"
	printf '#!/bin/sh\nexit 2\n' >"$VFWALK"
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
	echo 'not JSON' >"$SAYS"
	printf '#!/bin/sh\ncat "$SAYS"\n' >"$VFWALK"
	run "$check" fixtures "$dir/drivers"
	[ "$status" -eq 1 ]
}

@test "score: found, false and missed, apart for what is held out" {
	says
	run "$check" score "$dir"
	[ "$status" -eq 1 ]
	[[ $output == *'missed LEAK   drivers/net/ethernet/cavium/thunder/nicvf_main.c'* ]]
	says SRC-FREE-MISSING error drivers/net/ethernet/cavium/thunder/nicvf_main.c 1235 \
		SRC-FREE-MISSING error drivers/fpga/dfl-pci.c 1
	run "$check" score "$dir"
	[ "$status" -eq 1 ]
	[[ $output != *'missed LEAK   drivers/net/ethernet/cavium/thunder/nicvf_main.c'* ]]
	[[ $output == *'false  LEAK   drivers/fpga/dfl-pci.c:1'* ]]
	# cksum decides: the split that the tool makes is the one that a shell makes.
	while IFS=$'\t' read -r file rule verdict _; do
		[ "$rule" = LEAK ] && [ "$verdict" = BUG ] || continue
		if [ $(($(printf %s "$file" | cksum | cut -d' ' -f1) % 3)) -eq 0 ]; then
			[[ $output == *"missed LEAK   $file"* ]]
		else
			[[ $output != *"missed LEAK   $file"* ]]
		fi
	done <fixtures/drivers/labels.tsv
	run "$check" score --held-out "$dir"
	[[ $output == *"missed LEAK"* ]]
}

@test "score: labels that were read last are named on request only, those of newer drivers with their tree" {
	says
	run "$check" score "$dir"
	[[ $output != *"drivers/scsi/bfa/bfad.c"* ]]
	run "$check" score --held-out "$dir"
	[[ $output == *"missed LEAK   drivers/scsi/bfa/bfad.c"* ]]
	[[ $output != *"drivers/media/pci/mgb4/mgb4_core.c"* ]]
	run "$check" score --held-out "$dir" "$dir/newer"
	[[ $output == *"missed LEAK   drivers/media/pci/mgb4/mgb4_core.c"* ]]
	grep -q "^LEAK.* short$" <<<"$output"
	# all that was wanted of what was read last is found, and nothing else: that is not short
	local found=()
	while IFS=$'\t' read -r file rule verdict _; do
		[ "$rule" = LEAK ] && [ "$verdict" = BUG ] && found+=(SRC-FREE-MISSING error "$file" 1)
	done < <(cat fixtures/drivers/labels-fresh.tsv fixtures/drivers/labels-newer.tsv)
	says "${found[@]}"
	run "$check" score "$dir" "$dir/newer"
	! grep -q "^LEAK.* short$" <<<"$output"
}

@test "mutants: an edit is found when its rule has more to say than before" {
	local linux=$dir/linux
	while IFS=$'\t' read -r file _ from _; do
		[ "$file" != file ] || continue
		mkdir -p "$linux/$(dirname "$file")"
		printf '%b' "$from" >>"$linux/$file"
	done <fixtures/drivers/mutants.tsv
	says
	run "$check" mutants "$linux" "$dir/work"
	[[ $output == *'mutants: 0 of '* ]]
	# One that says the same of everything has found nothing.
	says SRC-FREE-MISSING error x.c 1
	run "$check" mutants "$linux" "$dir/work"
	[[ $output == *'mutants: 0 of '* ]]
	# One that sees a ladder without its free: of this file alone, and once.
	cat >"$VFWALK" <<-'X'
		#!/bin/sh
		if grep -q 'free_vectors:' "$4/ism_drv.c" 2>/dev/null && ! grep -A1 'free_vectors:' "$4/ism_drv.c" | grep -q pci_free; then
			echo '{"findings":[{"rule":"SRC-FREE-MISSING","level":"error","function":"f","path":"ism_drv.c","line":1}]}'
		else
			echo '{"findings":[]}'
		fi
	X
	run "$check" mutants --all "$linux" "$dir/work"
	[[ $output == *'found  SRC-FREE-MISSING     drivers/s390/net/ism_drv.c'* ]]
	[[ $output == *'mutants: 1 of '* ]]
}

@test "wrong use gets one line or the usage, and exit 2" {
	run "$check"
	[ "$status" -eq 2 ]
	run "$check" fixtures "$dir/nowhere"
	[ "$status" -eq 2 ]
}
