# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# What goes wrong: kills, full disks, wrong names, hostile surroundings.

part_faults() {
	# A user who builds kernels, too, calls it from a hook of git's; the base and a
	# series on it at the same time.
	new_cache "$T/cache-env"
	strange() {
		env COWPEN_CACHE="$T/cache-env" CC=false LD=false O=/nowhere KBUILD_OUTPUT=/nowhere MAKEFLAGS=n KCFLAGS=-O2 \
			LOCALVERSION=-mine KBUILD_BUILD_USER=me KBUILD_BUILD_HOST=here KBUILD_BUILD_TIMESTAMP=now \
			KCONFIG_CONFIG=x GIT_DIR="$T/nowhere" GIT_INDEX_FILE="$T/nowhere/index" GIT_WORK_TREE="$T" \
			"$B/build" "$@" </dev/null
	}
	strange base 9.9-src 2>"$T/err1" >"$T/out1" &
	p1=$!
	strange series 9.9-src three "$S/plain.mbox" 2>"$T/err" >"$T/out2"
	rc=$?
	dir=$(cat "$T/out2")
	wait "$p1" || not "base: exit status $?"
	COWPEN_CACHE=$T/cache-env
	cat "$T/err1" >>"$T/err"
	works
	[ "$(hash)" = "$three_hash" ] || not "another series than in the other cache"
	dir=$(cat "$T/out1")
	works
	is release 9.9.7
	[ "$(hash)" = "$base_hash" ] || not "another kernel than in the other cache"
	[ "$(grep -c '^building ' "$T/err")" -eq 1 ] || not "the base was built $(grep -c '^building ' "$T/err") times"
	result "reproducible_in_another_environment"

	# until_there FILE: or until too much time has passed.
	until_there() {
		i=0
		while [ ! -e "$1" ] && [ "$i" -lt 300 ]; do
			sleep 0.05
			i=$((i + 1))
		done
		[ -e "$1" ] || not "$1 did not come"
	}
	# killed HOW ARGUMENTS...: a build, killed while it compiles the second object.
	killed() {
		how=$1
		shift
		rm -rf "$T/first" "$T/second" "$T/at-second"
		setsid "$B/build" "$@" 2>"$T/err1" >"$T/out" </dev/null &
		p=$!
		until_there "$T/at-second"
		case $how in
		all) kill -s KILL -- -"$p" ;;
		script) kill -s KILL "$p" ;;
		term) kill -s TERM -- -"$p" ;;
		esac
		wait "$p" 2>/dev/null
		rc=$?
		[ ! -s "$T/out" ] || not "it was through already"
	}
	hook <<-EOT
	! mkdir "$T/first" 2>/dev/null || exit 0
	! mkdir "$T/second" 2>/dev/null || { echo half of it >"\$1"; : >"$T/at-second"; exec sleep 0.5; }
	EOT
	COWPEN_CACHE=$T/cache-killed
	new_cache "$COWPEN_CACHE"
	killed all base 9.9-src
	[ -n "$(ls "$COWPEN_CACHE/tmp")" ] || not "nothing was left behind, so this shows nothing"
	[ ! -e "$COWPEN_CACHE/kernels/9.9-src" ] || not "half a kernel"
	build base 9.9-src
	works
	[ "$(hash)" = "$base_hash" ] || not "another kernel than without the kill"
	result "base_killed_and_built_again"

	killed all series 9.9-src three "$S/plain.mbox"
	build series 9.9-src three "$S/plain.mbox"
	works
	[ "$(hash)" = "$three_hash" ] || not "another kernel than without the kill"
	result "series_killed_and_built_again"

	killed term series 9.9-src three "$S/right.patch"
	[ "$rc" -eq 143 ] || not "exit status $rc"
	quiet
	build series 9.9-src three "$S/right.patch"
	works
	holds memory-r rmap-r
	result "series_interrupted"

	# What it has started is still at work.
	rm -r "$COWPEN_CACHE"
	new_cache "$COWPEN_CACHE"
	killed script base 9.9-src
	build base 9.9-src
	works
	said "waiting for another build of 9.9-src"
	[ "$(hash)" = "$base_hash" ] || not "another kernel than without the kill"
	result "base_whose_script_was_killed"

	# The kernel is kept, source and objects are not, and while they are made
	# again somebody kills it.
	build clean
	[ "$rc" -eq 0 ] && [ ! -e "$COWPEN_CACHE/src" ] || not "clean: exit status $rc"
	new_cache "$COWPEN_CACHE"
	no_make build base 9.9-src
	again_dir "$COWPEN_CACHE/kernels/9.9-src/${base##*/}"
	killed all series 9.9-src three "$S/plain.mbox"
	echo half of it >"$COWPEN_CACHE/src/linux-source-9.9/9.9.7-1/o-base-${base##*/}/vmlinux"
	build series 9.9-src three "$S/plain.mbox"
	works
	[ "$(hash)" = "$three_hash" ] || not "another kernel than without the kill"
	result "objects_lost_and_killed"
	unset FAKE_HOOK

	COWPEN_CACHE=$T/cache
	if [ "$(id -u)" -ne 0 ]; then
		mkdir -m 555 "$T/ro"
		COWPEN_CACHE=$T/ro/cache
	else
		# Permissions do not stop root, but nobody can write here.
		COWPEN_CACHE=/proc/cowpen-cache
	fi
	build base 9.9-src
	[ "$rc" -eq 1 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && [ -z "$dir" ] || not "not one line"
	said "^cowpen: cannot make the cache $COWPEN_CACHE .*: set COWPEN_CACHE to a folder that you can write to"
	echo file >"$T/file"
	COWPEN_CACHE=$T/file/cache
	build series 9.9-src x "$S/one.patch"
	[ "$rc" -eq 1 ] && [ "$(wc -l <"$T/err")" -eq 1 ] && [ -z "$dir" ] || not "not one line"
	said "^cowpen: cannot make the cache $COWPEN_CACHE .*: set COWPEN_CACHE to a folder that you can write to"
	COWPEN_CACHE=$T/cache
	result "cache_unwritable"

	mkdir "$T/bin"
	for t in sh dirname cat cut sed awk tr head grep mkdir rm git make gcc flex bc flock; do
		ln -s "$(unset -f git; command -v "$t")" "$T/bin/$t"
	done
	PATH=$T/bin "$B/build" base 9.9-src 2>"$T/err" >"$T/out"
	rc=$? dir=$(cat "$T/out")
	fails 1 "bison is missing: install the package bison"
	result "tool_missing"

	mkdir "$R/small"
	if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=8m none "$R/small" 2>/dev/null; then
		COWPEN_CACHE=$R/small/cache
		new_cache "$COWPEN_CACHE"
		build base 9.9-src
		fails 1 "not enough room"
		mount -o remount,size=2g "$R/small"
		# Room at first, and then none: while a base is compiled, a series, or
		# when it is copied.
		hook <<-EOT
		mount -o remount,size=\$((\$(df -Pk "$R/small" | awk 'NR == 2 { print \$3 }') + 8))k "$R/small"
		EOT
		build base 9.9-src
		fails 1 "is full"
		mount -o remount,size=2g "$R/small"
		FAKE_HOOK='' build base 9.9-src
		works
		[ "$(hash)" = "$base_hash" ] || not "another kernel after the disk was full"
		base_dir=$dir
		build series 9.9-src full "$S/plain.mbox"
		fails 1 "is full"
		for kb in 20 400; do
			mount -o remount,size=$(($(df -Pk "$R/small" | awk 'NR == 2 { print $3 }') + kb))k "$R/small"
			FAKE_HOOK='' build series 9.9-src full "$S/plain.mbox"
			fails 1 "is full|not enough room"
			FAKE_HOOK='' build base 9.9-src
			again_dir "$base_dir"
		done
		mount -o remount,size=2g "$R/small"
		FAKE_HOOK='' build series 9.9-src full "$S/plain.mbox"
		works
		[ "$(hash)" = "$three_hash" ] || not "another series after the disk was full"
		unset FAKE_HOOK
		COWPEN_CACHE=$T/cache
		umount "$R/small"
		result "disk_full"
	else
		skip "disk_full" "needs root and tmpfs"
	fi
}
