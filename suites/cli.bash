	unset "${!VFWALK_@}" # what a shell may have set for suites
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the command line share: the program, and records written by hand.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

cli_setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	T=$BATS_TEST_TMPDIR
	export NO_COLOR=1
	unset "${!VFWALK_@}" || true
	VFWALK=$(realpath "${BUILD:-build}")/vfwalk
}

# The program with its words: status, and stdout and stderr apart.
vfwalk() {
	run --separate-stderr "$VFWALK" "$@"
}

# That was one line of complaint, this one, and nothing else.
refused() {
	local want=$1 code=${2:-2}

	# shellcheck disable=SC2154
	echo "status $status, stdout: $output, stderr: $stderr"
	[ "$status" -eq "$code" ]
	[ "$output" = "" ]
	[ "$stderr" = "vfwalk: $want" ]
}

# --- a record: a PF with one VF of 5 vectors, as it was found ---

header() {
	local version=${1:-1} lab=${2:-null} profile=${3:-quick} target=${4:-sim}
	cat <<-END
	{"ev":"header","t":0,"format":"vfwalk-evidence","version":$version,"vfwalk":"0.1.0",@
	"time":"2025-01-01T00:00:00Z","command":["build/vfwalk","run","--target","sim"],@
	"target":"$target","lab":$lab,"profile":"$profile","sim":"vfs=1","claim":true,@
	"machine":{"kernel":"6.1.0-28-amd64","arch":"x86_64","cpus":2,"page_size":4096,@
	"qemu":"7.2.15","accel":"tcg","cmdline":""},@
	"iommu":{"kind":"intel","remapping":true,"translation":true}}
	END
}

# Config space with MSI-X at 40h, Message Control as two bytes of hex, and PCI Express at 60h.
config_space() {
	local control=$1 space
	space=$(printf '%0512d' 0)
	space=361b100000001000${space:16}                        # IDs; Capabilities List
	space=${space:0:104}40${space:106}                       # Capabilities Pointer
	space=${space:0:128}1160${control}0020000000300000${space:152}
	space=${space:0:192}1000020000800010${space:208}         # PCI Express, with FLR
	echo "$space"
}

function_line() {
	local fn=$1 vf=$2 control=$3 none='{"type":"none","size":0}'
	cat <<-END
	{"ev":"function","t":1,"fn":"$fn","pf":"0000:01:00.0","vf":$vf,"vendor":"1b36",@
	"device":"0010","class":"010802","driver":null,"group":1,"engine":"nvme",@
	"bytes":"$(config_space "$control")",@
	"bars":[{"type":"mem64","size":16384},{"type":"upper","size":0},$none,$none,$none,$none]}
	END
}

run_end() {
	echo '{"ev":"run-end","t":9,"outcome":"completed"}'
}

# Puts the pieces of each line together.
lines() {
	sed -z 's/@\n//g'
}

# A good record; its VF's Message Control is $1.
record() {
	{
		header
		function_line 0000:01:00.0 -1 2000
		function_line 0000:01:00.1 0 "${1:-0400}"
		run_end
	} | lines
}

# One whose VF reads a reserved bit of Message Control as 1: CAP-RSVD fails.
bad_record() {
	record 0420
}

baseline_for() {
	cat <<-END
	{"baseline": 1, "entries": [{"rule": "$1", "device": "1b36:0010", "function": "vf",
	 "qemu": ">=7.2", "reason": "it always did", "finding": "F-99"}]}
	END
}
