#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The inner guest's firmware in a QEMU of this machine, with devices whose MSI-X is as they are told to
# have it: what it says is held against the device's properties, pciutils and QEMU's monitor.

load cli

setup() {
	cli_setup
	command -v qemu-system-x86_64 >/dev/null || skip "no qemu-system-x86_64"
	IMAGE=$(realpath "${BUILD:-build}")/inner/inner.bin
	[ -e "$IMAGE" ] || skip "the inner guest is built by a compiler for x86-64 only"
	truncate -s $((65536 - $(stat -c %s "$IMAGE"))) "$T/firmware"
	cat "$IMAGE" >>"$T/firmware"
	SLOT=0x$(sed -n 's/^#define INNER_SLOT 0x//p' include/vfwalk/inner.h)
}

# Starts QEMU with these words; its standard input and output are descriptors 9 and 8.
boot() {
	coproc QEMU { exec timeout 60 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
		-accel tcg -m 16 -bios "$T/firmware" "$@" 2>"$T/qemu.log"; }
	qemu=$QEMU_PID
	exec 8<&"${QEMU[0]}" 9>&"${QEMU[1]}"
}

# Waits until the guest has told all of $1 looks.
wait_for_looks() {
	local i
	for ((i = 0; i < 300; i++)); do
		[ "$(grep -c '^end$' "$T/lines")" -lt "$1" ] || return 0
		kill -0 "$qemu" || break
		sleep 0.1
	done
	cat "$T/qemu.log" "$T/lines"
	return 1
}

# One look at a device, with the machine $1; what the monitor says of PCI goes to pci.
look() {
	local machine=$1
	shift
	: >"$T/lines"
	boot -machine "$machine" -monitor stdio -serial "file:$T/lines" "$@"
	wait_for_looks 1
	echo "info pci" >&9
	echo quit >&9
	tr -d '\r' <&8 >"$T/pci" || true
	wait "$qemu" || true
	cat "$T/lines"
}

line() {
	sed -n "s/^$1 //p" "$T/lines"
}

# The config space that the guest has told, as pciutils reads it.
lspci_says() {
	local hex i
	hex=$(line config | tail -n1)
	[ ${#hex} -eq 512 ]
	{
		echo "00:$(printf %02x "$SLOT").0 Class: Device"
		for ((i = 0; i < 512; i += 32)); do
			printf "%02x:%s\n" $((i / 2)) "$(fold -w2 <<<"${hex:i:32}" | sed "s/^/ /" | tr -d "\n")"
		done
	} >"$T/dump"
	PATH=$PATH:/usr/sbin lspci -vvv -F "$T/dump" >"$T/lspci"
	cat "$T/lspci"
}

nvme() {
	local machine=$1 size=$2
	look "$machine" -drive if=none,id=d,file=null-co://,format=raw \
		-device "nvme,serial=x,drive=d,addr=$SLOT,max_ioqpairs=$((size > 1 ? size - 1 : 1)),msix_qsize=$size"
}

# $1 entries as a guest finds them: masked, and nothing in them.
masked() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf '00000000000000000000000001000000'
	done
}

@test "the image is 4 KiB and ends in the processor's first step" {
	[ "$(stat -c %s "$IMAGE")" -eq 4096 ]
	# A near jump, 16 bytes below the end.
	[ "$(tail -c 16 "$IMAGE" | head -c 1 | od -An -tx1)" = " e9" ]
}

@test "Table Size is the device's, on both machines" {
	for machine in q35 pc; do
		for size in 1 5; do
			nvme $machine $size
			[ "$(head -n1 "$T/lines")" = "inner 1" ]
			[ "$(tail -n1 "$T/lines")" = end ]
			lspci_says
			grep -q "MSI-X: Enable- Count=$size Masked-" "$T/lspci"
			grep -q "Vector table: BAR=0 offset=00002000" "$T/lspci"
			[ "$(line table)" = "$(masked $size)" ]
			[ "$(line pba)" = 0000000000000000 ]
		done
	done
}

@test "of a large table the first 64 entries are told, and every pending bit" {
	nvme q35 2048
	lspci_says
	grep -q "Count=2048" "$T/lspci"
	[ "$(line table)" = "$(masked 64)" ]
	[ "$(line pba)" = "$(printf '%0512d' 0)" ]
	nvme q35 65
	[ "$(line pba)" = "$(printf '%032d' 0)" ]
}

@test "BARs have the sizes and places that QEMU gives them" {
	nvme q35 5
	# "BAR0: 64 bit memory at 0xe0000000 [0xe0003fff]."
	read -r from to < <(sed -n 's/.*BAR0: 64 bit memory at \(0x[0-9a-f]*\) \[\(0x[0-9a-f]*\)\].*/\1 \2/p' "$T/pci")
	[ -n "$to" ]
	[ "$((16#$(line "bar 0")))" -eq $((to - from + 1)) ]
	[ "$(grep -c '^bar' "$T/lines")" -eq 1 ]
}

@test "32-bit BARs, and a table that is not in the first" {
	look q35 -device "virtio-rng-pci,addr=$SLOT,vectors=3"
	lspci_says
	grep -q "MSI-X: Enable- Count=3 Masked-" "$T/lspci"
	grep -q "Vector table: BAR=1 offset=00000000" "$T/lspci"
	[ "$(line table)" = "$(masked 3)" ]
	read -r from to < <(sed -n 's/.*BAR1: 32 bit memory at \(0x[0-9a-f]*\) \[\(0x[0-9a-f]*\)\].*/\1 \2/p' "$T/pci")
	[ "$((16#$(line "bar 1")))" -eq $((to - from + 1)) ]
}

@test "MSI-X that is not the first capability" {
	look q35 -device "e1000e,addr=$SLOT,romfile="
	lspci_says
	grep -q "Capabilities: \[a0\] MSI-X: Enable- Count=5 Masked-" "$T/lspci"
	grep -q "Vector table: BAR=3 offset=00000000" "$T/lspci"
	grep -q "PBA: BAR=3 offset=00002000" "$T/lspci"
	[ "$(line table)" = "$(masked 5)" ]
	[ "$(line pba)" = 0000000000000000 ]
	# BARs of I/O ports are not told.
	[ "$(sed -n "s/^bar \([0-9]\).*/\1/p" "$T/lines" | paste -sd" ")" = "0 1 3" ]
}

@test "a function without MSI-X has neither table nor PBA" {
	for device in e1000,romfile= ich9-ahci; do
		look q35 -device "$device,addr=$SLOT"
		lspci_says
		run ! grep -q MSI-X "$T/lspci"
		run ! grep -qE "^(table|pba)" "$T/lines"
		[ "$(tail -n1 "$T/lines")" = end ]
	done
}

@test "an empty slot is said to be empty" {
	look q35
	[ "$(cat "$T/lines")" = $'inner 1\nnone\nend' ]
}

@test "it looks again when asked, and ends when told" {
	boot -machine q35 -serial stdio -device "isa-debug-exit,iobase=$(sed -n 's/^#define INNER_EXIT_PORT //p' include/vfwalk/inner.h),iosize=1" \
		-device "virtio-rng-pci,addr=$SLOT,vectors=3"
	cat <&8 >"$T/lines" &
	wait_for_looks 1
	# What it does not know it does not mind.
	printf 'xl' >&9
	wait_for_looks 2
	printf 'l' >&9
	wait_for_looks 3
	# It says when its vectors are enabled, and keeps them: Enable is set, and no entry is masked.
	printf 'v' >&9
	wait_for_looks 4
	[ "$(tail -n2 "$T/lines" | head -n1)" = vectors ]
	printf 'l' >&9
	wait_for_looks 5
	lspci_says
	grep -q "MSI-X: Enable+ Count=3 Masked-" "$T/lspci"
	[ "$(line table | tail -n1)" = "$(for _ in 1 2 3; do printf 00f0e0fe000000004000000000000000; done)" ]
	printf 'q' >&9
	status=0
	wait "$qemu" || status=$?
	[ "$status" -eq 1 ]
	[ "$(grep -c '^inner 1$' "$T/lines")" -eq 1 ]
	[ "$(grep '^config' "$T/lines" | head -n3 | sort -u | wc -l)" -eq 1 ]
}

@test "it sleeps while it waits" {
	: >"$T/lines"
	boot -machine q35 -serial "file:$T/lines" -monitor none
	wait_for_looks 1
	# Ticks of the processor over a second: an idle QEMU has a few.
	before=$(awk '{ print $14 + $15 }' "/proc/$(pgrep -P "$qemu" || echo "$qemu")/stat")
	sleep 1
	after=$(awk '{ print $14 + $15 }' "/proc/$(pgrep -P "$qemu" || echo "$qemu")/stat")
	kill "$qemu"
	echo "$before $after"
	[ $((after - before)) -lt 30 ]
}
