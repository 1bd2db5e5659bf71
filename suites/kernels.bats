#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's kernels by name: what apt does not have or does not bring whole, a disk without space, and
# several kernels one after the other. No guest is booted, and no archive is asked: apt-get and
# apt-cache are scripts of the test's own.

load cli

setup() {
	cli_setup
	unset LAB PROFILE BASELINE KERNEL KERNEL_DEB KERNEL_SUITE MODULES KERNELS KERNEL_SUITES LABS DEADLINE
	export OUT=$T/out REAL_BUILD=${BUILD:-build}
	export BUILD=$T/build APT=$T/apt
	mkdir -p "$BUILD" "$APT/bin"
	fake apt-cache '
		case "$*" in
		*search*) [ ! -e "$APT/package" ] || echo "$(cat "$APT/package") - Linux" ;;
		*depends*linux-image-amd64*) [ ! -e "$APT/package" ] || echo "  Depends: $(cat "$APT/package")" ;;
		esac'
	fake apt-get '
		case "$*" in
		*indextargets*) echo "http://mirror.invalid/debian Debian Debian" ;;
		*update*) cat "$APT/update" 2>/dev/null; exit "$(cat "$APT/update-status" 2>/dev/null || echo 0)" ;;
		*download*) [ ! -e "$APT/deb" ] || cp "$APT/deb" ./linux.deb
			[ ! -e "$APT/refuses" ] || { cat "$APT/refuses" >&2; exit 100; } ;;
		esac'
	PATH=$APT/bin:$PATH
}

fake() {
	printf '#!/bin/bash\n%s\n' "$2" >"$APT/bin/$1"
	chmod +x "$APT/bin/$1"
}

# A package of a kernel that is none: enough for what takes it apart.
package() {
	local tree=$T/tree
	mkdir -p "$tree/DEBIAN" "$tree/boot" "$tree/lib/modules/6.12.1-test/kernel/fs"
	printf 'Package: linux-image-6.12.1-test-amd64\nVersion: 1\nArchitecture: amd64\nMaintainer: none\nDescription: none\n' \
		>"$tree/DEBIAN/control"
	head -c 100000 /dev/urandom | tee "$tree/lib/modules/6.12.1-test/kernel/fs/noise" >"$tree/boot/vmlinuz-6.12.1-test"
	: >"$tree/lib/modules/6.12.1-test/modules.order"
	: >"$tree/lib/modules/6.12.1-test/modules.builtin"
	dpkg-deb -b "$tree" "$APT/deb" >/dev/null
	echo linux-image-6.12.1-test-amd64 >"$APT/package"
}

# That a script says this in one line of its own, beside progress, and leaves nothing to be used later.
fails() {
	local script=$1 want=$2
	shift 2
	run --separate-stderr env "$@" "fixtures/lab/$script"
	echo "status $status, stdout: $output, stderr: $stderr"
	[ "$status" -eq 2 ]
	[ "$output" = "" ]
	[[ ${stderr_lines[-1]} == "$script: "$want ]]
	[ "$(grep -c "^$script: " <<<"$stderr")" -eq 1 ]
	[ -z "$(find "$BUILD" -path '*/kernel/*' 2>/dev/null)" ]
}

@test "what is no version and no suite" {
	fails kernel "KERNEL=6.1\\*: no such file, and no version like 6.12" KERNEL='6.1*'
	fails kernel "KERNEL=six: no such file, and no version like 6.12" KERNEL=six
	fails kernel "KERNEL_SUITE=../x: no name of a Debian suite, such as sid" KERNEL_SUITE=../x
	fails kernel "KERNEL=6.12 and KERNEL_DEB= are two kernels: give one" KERNEL=6.12 KERNEL_DEB=x.deb
	[ ! -e "$BUILD/lab/apt" ]
}

@test "a version that Debian does not have" {
	fails kernel "apt knows no linux-image-5.99-amd64: give another KERNEL=, KERNEL_SUITE= or KERNEL_DEB=FILE" KERNEL=5.99
	fails kernel "apt knows no linux-image-amd64: give another *"
}

@test "a suite that Debian does not have, and one whose lists do not come" {
	echo "E: The repository does not have a Release file." >"$APT/update"
	echo 100 >"$APT/update-status"
	fails kernel "nosuch: no such suite of Debian here: E: The repository does not have a Release file." KERNEL_SUITE=nosuch
	echo "W: Failed to fetch: Temporary failure resolving" >"$APT/update"
	echo 0 >"$APT/update-status"
	fails kernel "sid: its list of packages did not come: W: Failed to fetch: *" KERNEL_SUITE=sid
	# Not taken for one that is there, the next time.
	fails kernel "sid: its list of packages did not come: W: Failed to fetch: *" KERNEL_SUITE=sid
}

@test "a kernel that comes is kept, and not asked for again" {
	package
	run --separate-stderr env KERNEL=6.12 fixtures/lab/kernel
	echo "$stderr"
	[ "$status" -eq 0 ]
	[ "$output" = "$BUILD/lab/kernel/debian-6.12" ]
	[ "$(cat "$output/version")" = 6.12.1-test ]
	[ -d "$output/lib/modules/6.12.1-test/kernel/fs" ]
	rm "$APT/deb" "$APT/package"
	run --separate-stderr env KERNEL=6.12 fixtures/lab/kernel
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
}

@test "a download that fails, and one that is only a half, are not there the next time" {
	package
	echo "E: Failed to fetch linux.deb" >"$APT/refuses"
	fails kernel "linux-image-6.12.1-test-amd64: apt-get download failed: E: Failed to fetch linux.deb" KERNEL=6.12
	rm "$APT/refuses"
	cp "$APT/deb" "$T/whole.deb"
	for bytes in 0 60 2000 100000; do
		head -c $bytes "$T/whole.deb" >"$APT/deb"
		fails kernel "*/linux.deb: does not unpack whole: *" KERNEL=6.12
		fails kernel "$APT/deb: does not unpack whole: *" KERNEL_DEB="$APT/deb"
	done
	cp "$T/whole.deb" "$APT/deb"
	run env KERNEL=6.12 fixtures/lab/kernel
	[ "$status" -eq 0 ]
}

@test "an image that is cut off" {
	mkdir -p "$T/modules/kernel"
	cp "$VFWALK" "$T/whole"
	head -c 4096 "$VFWALK" >"$T/cut"
	fails kernel "MODULES=$T/modules: no kernel module below it" KERNEL="$T/cut" MODULES="$T/modules"
	. <(sed -n '/^number_at()/,/^}/p; /^is_whole()/,/^}/p' fixtures/lab/kernel)
	is_whole "$T/whole"
	run is_whole "$T/cut"
	[ "$status" -ne 0 ]
}

@test "no space on the disk" {
	unshare --map-root-user --mount true 2>/dev/null || skip "no namespace to mount a small disk in"
	package
	# Some of these end in the download, some in the unpacking, some beyond it.
	for size in 8k 100k 200k 280k; do
		run --separate-stderr unshare --map-root-user --mount sh -c '
			mount -t tmpfs -o size=$1 none "$BUILD" || exit 99
			KERNEL=6.12 fixtures/lab/kernel
			echo $?
			find "$BUILD/lab/kernel" -mindepth 1 -maxdepth 1 | wc -l' sh $size
		echo "$size: $output $stderr"
		[ "${lines[0]}" = 2 ]
		[ "${lines[1]}" = 0 ]
		[[ ${stderr_lines[-1]} == "kernel: "* ]]
		[ "$(grep -c "^kernel: " <<<"$stderr")" -eq 1 ]
	done
}

# --- several kernels ---

# The lab with a `run` of our own, whose records are made by hand: of two kernels, one that cannot be had,
# and one that hangs.
make_lab() {
	mkdir -p "$T/lab/fixtures/lab"
	cp fixtures/lab/{kernels,several.sh,definition.sh,common.sh,boot.sh,*.lab} "$T/lab/fixtures/lab/"
	record >"$T/good.jsonl"
	bad_record >"$T/bad.jsonl"
	cat >"$T/lab/fixtures/lab/run" <<-'END'
		#!/bin/bash
		if [ "${1-}" = --set-up ]; then
			[ "${KERNEL:-}" != 6.99 ] || { echo "run: apt knows no such kernel" >&2; exit 2; }
			exec echo "$LAB ${KERNEL:-}$KERNEL_SUITE"
		fi
		echo "$LAB ${KERNEL:-}${KERNEL_SUITE:+ from $KERNEL_SUITE}" >>"$T/ran"
		case ${KERNEL:-$KERNEL_SUITE} in
		6.1) cp "$T/good.jsonl" "$OUT/evidence.jsonl"; echo "1 pass" ;;
		6.12) cp "$T/bad.jsonl" "$OUT/evidence.jsonl"; echo "1 fail, 1 pass"; exit 1 ;;
		sid) sleep 60 & wait ;;
		esac
	END
	chmod +x "$T/lab/fixtures/lab/run"
	BUILD=$(realpath "$REAL_BUILD")
	export T BUILD OUT
}

@test "one line a kernel, one table of all, the worst status" {
	make_lab
	run --separate-stderr env LABS=nvme-sysfs JOBS=1 "$T/lab/fixtures/lab/kernels"
	echo "$output $stderr"
	[ "$status" -eq 1 ]
	[ "$(cat "$T/ran")" = $'nvme-sysfs 6.1\nnvme-sysfs 6.12' ]
	[[ ${lines[0]} =~ ^nvme-sysfs-6.1\ +passed,\ .*:\ 1\ pass$ && ${lines[1]} =~ ^nvme-sysfs-6.12\ +FAILED,\ .*:\ 1\ fail ]]
	[ "${#lines[@]}" -eq 2 ]
	[[ $(cat "$OUT/kernels.txt") == "$output"*"* CAP-RSVD "*pass*"fail pass"* ]]
	grep -q CAP-RSVD "$OUT/kernels.html"
	[ -e "$OUT/kernels/nvme-sysfs-6.12/evidence.jsonl" ]
}

@test "a kernel that cannot be had, and one that hangs, keep no other from its run" {
	make_lab
	mkdir -p "$OUT/kernels/nvme-sysfs-6.99"
	cp "$T/good.jsonl" "$OUT/kernels/nvme-sysfs-6.99/evidence.jsonl" # an earlier run's is not taken for this one's
	run --separate-stderr env LABS=nvme-sysfs KERNELS="6.99 6.1" KERNEL_SUITES=sid DEADLINE=1 JOBS=1 "$T/lab/fixtures/lab/kernels"
	echo "$output $stderr"
	[ "$status" -eq 2 ]
	[ "$(cat "$T/ran")" = $'nvme-sysfs 6.1\nnvme-sysfs  from sid' ]
	[[ $output == *"nvme-sysfs-6.99"*"BROKEN: apt knows no such kernel"*"nvme-sysfs-sid"*"BROKEN: not done after 1 s: "* ]]
	[[ $(cat "$OUT/kernels.txt") == *"[1]  "* && $(cat "$OUT/kernels.txt") != *"[2]  "* ]]
}

@test "no kernel left a record" {
	make_lab
	run --separate-stderr env KERNELS=6.99 "$T/lab/fixtures/lab/kernels"
	[ "$status" -eq 2 ]
	[[ $output == *"nvme-sysfs-6.99"*"BROKEN: apt knows no such kernel"* ]]
	[ ! -e "$OUT/kernels.txt" ]
}

@test "several kernels: bad input" {
	fails kernels "LABS=: unknown lab 'nosuch'" LABS=nosuch
	fails kernels "KERNELS=: 'six' is no version like 6.12" KERNELS=six
	fails kernels "KERNEL_SUITES=: '../x' is no name of a Debian suite, such as sid" KERNEL_SUITES=../x
	fails kernels "no kernel: give KERNELS='6.1 6.12' or KERNEL_SUITES=sid" KERNELS=
	fails kernels "DEADLINE=soon: not a number of seconds" DEADLINE=soon
	[ ! -e "$OUT" ]
}

