#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's scripts as far as no guest is needed: one line for all that cannot be meant, and how a
# guest's clock is told to be wrong.

load cli

setup() {
	cli_setup
	unset LAB LAB_ARCH PROFILE BASELINE ACCEL QEMU QEMU_ARGS KERNEL KERNEL_DEB KERNEL_SUITE QEMU_SUITE MODULES SILENCE MODE
	export OUT=$T/out
}

# That a script of the lab with these variables says this one line, exits 2 and makes nothing.
refuses() {
	local script=$1 want=$2
	shift 2
	run --separate-stderr env "$@" "fixtures/lab/$script"
	echo "status $status, stdout: $output, stderr: $stderr"
	[ "$status" -eq 2 ]
	[ "$output" = "" ]
	[ "$stderr" = "$script: $want" ]
	[ ! -e "$OUT" ]
}

native() {
	. fixtures/lab/common.sh
	. fixtures/lab/arch.sh
	machine_arch
}

foreign() {
	case $(native) in
	amd64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

@test "what cannot be meant is refused before the boot" {
	mkdir "$T/labs" && touch "$T/labs/"{one,two}.lab
	refuses run "unknown lab 'nosuch': there is one, two" LAB=nosuch LAB_DIR="$T/labs"
	refuses run "unknown profile 'bogus': use quick, standard, cert or soak" PROFILE=bogus
	refuses run "SILENCE=soon: not a number of seconds" SILENCE=soon
	refuses run "ACCEL=xen: use kvm or tcg" ACCEL=xen
	refuses run "RACES=all: use 1, numvfs or unbind" RACES=all
	refuses run "BASELINE=$T/none: no such file" BASELINE="$T/none"
	refuses run "QEMU=$T/none: no such program" QEMU="$T/none"
}

@test "an architecture that there is not, or that KVM cannot run here" {
	mkdir "$T/labs"
	echo "arch sparc" >"$T/labs/sparc.lab"
	echo "arch $(foreign)" >"$T/labs/foreign.lab"
	refuses run "unknown architecture 'sparc': use amd64 or arm64" LAB=sparc LAB_DIR="$T/labs"
	refuses run "ACCEL=kvm: an $(foreign) guest on this machine is emulated: use tcg" LAB=foreign LAB_DIR="$T/labs" ACCEL=kvm
	refuses cross "unknown architecture 'sparc': use amd64 or arm64" LAB_ARCH=sparc BUILD="$T/build"
	refuses cross "LAB_ARCH=$(native): the machine's own architecture" LAB_ARCH="$(native)" BUILD="$T/build"
	[ ! -e "$T/build" ]
}

@test "a kernel and its modules go together" {
	printf '\177ELF' >"$T/vmlinux"
	refuses kernel "MODULES= needs KERNEL=" MODULES="$T"
	refuses kernel "KERNEL=$T/none: no such file, and no version like 6.12" KERNEL="$T/none" MODULES="$T"
	refuses kernel "KERNEL= needs MODULES=, the directory of its modules" KERNEL="$T/vmlinux"
	refuses kernel "MODULES=$T/none: no such directory" KERNEL="$T/vmlinux" MODULES="$T/none"
}

@test "modules need headers" {
	refuses kmod "$T/none: no headers of this kernel: install linux-headers-$(uname -r), or give HEADERS=" HEADERS="$T/none"
}

@test "a guest's clock is wrong beyond a fifth and 3 s" {
	. fixtures/lab/common.sh
	[ "$(hundredths 0.05)" -eq 5 ]
	[ "$(hundredths 812.08)" -eq 81208 ]
	for right in "4000 4050" "4800 4000" "3200 4000" "300 1" "100 400" "0 0"; do
		# shellcheck disable=SC2086
		run wrong_clock $right
		[ "$status" -eq 1 ]
		[ "$output" = "" ]
	done
	[ "$(wrong_clock 32000 4000)" = 8.0 ]
	[ "$(wrong_clock 4801 4000)" = 1.2 ]
	[ "$(wrong_clock 2000 4000)" = 0.5 ]
}
