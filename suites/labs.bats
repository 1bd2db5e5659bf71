#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Definitions of labs, and all labs in one go: with a QEMU that only pretends, one lab for each way in
# which a run can end.

load cli

setup() {
	cli_setup
	unset LAB PROFILE BASELINE ACCEL QEMU_SUITE QEMU_ARGS KERNEL KERNEL_SUITE KERNEL_DEB MODULES SILENCE MODE FRESH JOBS DEADLINE LABS
	export OUT=$T/out LAB_DIR=$T/labs
	mkdir "$LAB_DIR"
}

lab() {
	cat >"$LAB_DIR/$1.lab"
}

# --- definitions ---

define() {
	. fixtures/lab/common.sh
	. fixtures/lab/definition.sh
	read_lab "$1"
}

# That reading a lab says this one line.
ill_defined() {
	run --separate-stderr define "$1"
	echo "status $status, stdout: $output, stderr: $stderr"
	[ "$status" -eq 2 ]
	[ "$output" = "" ]
	[[ $stderr == *": $2" ]]
}

@test "a definition adds to what it includes, or takes its place" {
	lab base <<-END
	cpus      2
	shape     vfs=4
	shape     size=9
	modules   nvme vfio-pci
	wait      /dev/nvme0
	END
	lab other <<-END
	# A comment.
	include   base
	cpus      8
	shape     = vfs=1
	shape     size=3
	modules   igb
	wait      =
	qemu-suite sid
	END
	lab third <<-END
	include   other
	qemu-suite =
	modules   = virtio_iommu
	END
	define other
	[ "${one[cpus]}" = 8 ]
	[ "${one[qemu-suite]}" = sid ]
	[ "${shape[*]}" = "vfs=1 size=3" ]
	[ "${#modules[@]} ${modules[*]}" = "3 nvme vfio-pci igb" ]
	[ "${#wait[@]}" -eq 0 ]
}

@test "a definition may go without what it includes" {
	lab base <<<"qemu-suite sid"
	lab other <<-END
	include base
	qemu-suite =
	END
	define other
	[ "${one[qemu-suite]}" = "" ]
}

@test "definitions that cannot be meant" {
	lab good </dev/null
	lab word <<<"colour blue"
	lab lost <<<"include nosuch"
	lab self <<<"include self"
	ill_defined nosuch "unknown lab 'nosuch': there is good, lost, self, word"
	ill_defined word "$LAB_DIR/word.lab: unknown key 'colour'"
	ill_defined lost "$LAB_DIR/lost.lab: include nosuch: no such lab"
	ill_defined self "$LAB_DIR/self.lab: includes itself"
}

@test "every lab of this project can be read, and has a baseline" {
	unset LAB_DIR
	. fixtures/lab/common.sh
	. fixtures/lab/definition.sh
	[ "$(lab_names | wc -l)" -ge 16 ]
	for lab in $(lab_names); do
		(read_lab "$lab")
		echo "$lab"
		[ -e "fixtures/baselines/$lab.json" ]
	done
}

# --- all labs in one go ---

# Pretends to be QEMU: what it does is told by the lab's name. A good guest leaves the record good.jsonl.
pretend() {
	export QEMU=$T/qemu KEPT=$T ACCEL=tcg
	cat >"$QEMU" <<-'END'
	#!/bin/bash
	[ "$1" != --version ] || { echo "QEMU emulator version 7.2.99"; exit; }
	[ "$1" != -trace ] || exit 0
	[[ $* =~ vfwalk.lab=([a-z]+) ]] || { echo "Kernel panic" >"${*##*file:}"; exit; }
	lab=${BASH_REMATCH[1]}
	echo "$lab" >>"$KEPT/booted"
	[[ $* =~ path=([^ ]*)/evidence.jsonl ]] && out=${BASH_REMATCH[1]}
	exit_with() {
		sed "s/\"lab\":null/\"lab\":\"$lab\"/" "$KEPT/$1.jsonl" >"$out/evidence.jsonl"
		echo "guest: exit $2" >>"$out/guest.log"
		exit 0
	}
	case $lab in
	good*) exit_with good 0 ;;
	bad) exit_with bad 1 ;;
	property) echo "qemu: -device nvme,colour=blue: Property 'nvme.colour' not found" >&2; exit 1 ;;
	panics) echo "Kernel panic - not syncing: no root" >"$out/console.log"; exit 0 ;;
	hangs) exec sleep 60 ;;
	crashes) [ "$(grep -c crashes "$KEPT/booted")" -gt 1 ] || kill -ABRT $$; exit_with good 0 ;;
	talks) while echo . >>"$out/console.log"; do sleep 0.1; done ;;
	esac
	END
	chmod +x "$QEMU"
	record >"$T/good.jsonl"
	bad_record >"$T/bad.jsonl"
	: >"$T/booted"
	for name in "$@"; do
		lab "$name" <<<"modules nvme"
	done
}

labs() {
	run --separate-stderr fixtures/lab/labs "$@"
	echo "status $status, stdout: $output, stderr: $stderr"
}

@test "labs: words that cannot be meant" {
	pretend good
	labs nosuch
	[ "$status" -eq 2 ]
	[ "$stderr" = "labs: unknown lab 'nosuch': there is good" ]
	JOBS=many labs
	[ "$stderr" = "labs: JOBS=many: not a number of runs at a time" ]
	DEADLINE=0 labs
	[ "$stderr" = "labs: DEADLINE=0: not a number of seconds" ]
	[ ! -e "$OUT" ]
}

@test "labs: a broken lab is told in one line, and the others go on" {
	pretend good property panics hangs space firmware
	echo "disk ns0 999999999" >>"$LAB_DIR/space.lab"
	echo "firmware nosuch/FW.fd" >>"$LAB_DIR/firmware.lab"
	SILENCE=2 labs
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 6 ]
	[[ $output =~ good\ +passed ]]
	[[ $output =~ property\ +BROKEN:\ .*Property\ \'nvme.colour\'\ not\ found ]]
	[[ $output =~ panics\ +BROKEN:\ .*no\ root ]]
	[[ $output =~ hangs\ +BROKEN:\ .*not\ a\ word\ for\ 2\ s ]]
	[[ $output =~ space\ +BROKEN:\ no\ space\ for\ a\ scratch\ medium ]]
	[[ $output =~ firmware\ +BROKEN:\ /usr/share/nosuch/FW.fd:\ no\ such\ file ]]
	grep -q 'property .*BROKEN' "$OUT/labs.txt"
	grep -q 'property .*BROKEN' "$OUT/labs.html"
	grep -q 'labs/good' "$OUT/labs.html"
}

@test "labs: a QEMU that crashes gets a second attempt, and it is said" {
	pretend crashes
	labs
	[ "$status" -eq 0 ]
	[[ $output =~ crashes\ +passed,\ .*,\ at\ the\ second\ attempt: ]]
	[ "$(wc -l <"$T/booted")" -eq 2 ]
}

@test "labs: a run that goes on and on is ended" {
	pretend talks
	DEADLINE=3 labs
	[ "$status" -eq 2 ]
	[[ $output =~ talks\ +BROKEN:\ not\ done\ after\ 3\ s ]]
	lab talks <<<"deadline 2"
	labs
	[[ $output =~ talks\ +BROKEN:\ not\ done\ after\ 2\ s ]]
}

@test "labs: a failure turns it red, and so does one less that is known" {
	pretend good bad
	labs
	[ "$status" -eq 1 ]
	[[ $output =~ bad\ +FAILED ]]

	mkdir "$T/baselines"
	baseline_for CAP-RSVD >"$T/baselines/bad.json"
	labs
	[ "$status" -eq 0 ]
	[[ $output =~ bad\ +passed.*\ 1\ known ]]

	# Known is this rule, and no other.
	baseline_for CAP-UNIQ >"$T/baselines/bad.json"
	labs
	[ "$status" -eq 1 ]
	rm "$T/baselines/bad.json"
	labs
	[ "$status" -eq 1 ]
	[[ $output =~ bad\ +FAILED,\ from\ before ]]
}

@test "labs: what is complete is not run again" {
	pretend gooda goodb
	labs
	[ "$status" -eq 0 ]
	[ "$(wc -l <"$T/booted")" -eq 2 ]
	labs
	[ "$status" -eq 0 ]
	[[ $output =~ gooda\ +passed,\ from\ before ]]
	[ "$(wc -l <"$T/booted")" -eq 2 ]
	echo "cpus 2" >>"$LAB_DIR/gooda.lab"
	labs
	[ "$(tail -n1 "$T/booted") $(wc -l <"$T/booted")" = "gooda 3" ]
	PROFILE=standard labs goodb
	[ "$(tail -n1 "$T/booted") $(wc -l <"$T/booted")" = "goodb 4" ]
	FRESH=1 PROFILE=standard labs goodb
	[ "$(wc -l <"$T/booted")" -eq 5 ]
}

@test "labs: an interruption ends the runs, and the next call goes on" {
	pretend gooda hangs
	JOBS=1 labs gooda
	JOBS=2 fixtures/lab/labs gooda hangs >"$T/said" 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		! grep -q hangs "$T/booted" || break
		sleep 0.1
	done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 2 ]
	grep -q "interrupted: call it again to go on" "$T/said"
	[ ! -e "$OUT/labs/hangs/complete" ]
	[ -e "$OUT/labs/gooda/complete" ]
}

# --- what cannot be fetched ---

# apt as it is on a machine whose network goes away in the middle of a package.
break_off_downloads() {
	mkdir "$T/bin"
	cat >"$T/bin/apt-get" <<-'END'
	#!/bin/bash
	case " $* " in
	*" indextargets "*) echo "http://deb.example.org/debian Debian Debian" ;;
	*" update "*) [[ $* =~ Dir::State=([^ ]+) ]] && echo "Package: it" >"${BASH_REMATCH[1]}/lists/main_Packages" ;;
	*" download "*) echo half >qemu.deb.partial; echo "E: Failed to fetch qemu.deb: Connection reset" >&2; exit 100 ;;
	esac
	END
	printf '#!/bin/sh\necho "Package: it"\n' >"$T/bin/apt-cache"
	chmod +x "$T"/bin/apt-*
	export PATH=$T/bin:$PATH
}

@test "a QEMU of which a half was downloaded is none" {
	break_off_downloads
	export BUILD=$T/build
	mkdir "$BUILD"
	for again in 1 2; do
		run --separate-stderr fixtures/lab/qemu bookworm-backports
		echo "time $again: status $status, stdout: $output, stderr: $stderr"
		[ "$status" -eq 2 ]
		[ "$output" = "" ]
		[[ $stderr == *"qemu: qemu-system-x86: apt-get download failed: E: Failed to fetch"* ]]
		[ -z "$(ls "$BUILD/lab/qemu")" ]
	done
}

@test "a compiler for another architecture of which a half was downloaded is none" {
	break_off_downloads
	export BUILD=$T/build LAB_ARCH=arm64
	[ "$(uname -m)" != aarch64 ] || skip "this machine is an arm64"
	mkdir "$BUILD"
	for again in 1 2; do
		run --separate-stderr fixtures/lab/cross
		echo "time $again: status $status, stdout: $output, stderr: $stderr"
		[ "$status" -eq 2 ]
		[ "$output" = "" ]
		[[ $stderr == *"cross: gcc-12-aarch64-linux-gnu: apt-get download failed: E: Failed to fetch"* ]]
		[ -z "$(ls "$BUILD/arm64/lab")" ]
	done
}
