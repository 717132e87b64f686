# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # what the parts set for each other
#
# Out of a source package: headers, and the whole tree. Sourced by fetch.

HEADERS_SUITES=trixie,trixie-security
HEADERS_PACKAGE=linux-source-6.12

fetch_headers() {
	dir=$cache/headers
	if ! find_newest "$HEADERS_SUITES" "$HEADERS_PACKAGE" ""; then
		if [ -d "$dir/current/linux" ]; then
			say "keeping headers $(readlink "$dir/current") ($why)"
			return 0
		fi
		die "$why: $todo"
	fi
	if [ -z "$package" ] && ! fresh; then
		force=1
		fetch_headers
		return
	fi
	[ -n "$package" ] || die "no package $HEADERS_PACKAGE in $HEADERS_SUITES: Debian has dropped it; see HEADERS_PACKAGE in $here/lib-source.sh"
	if [ -d "$dir/$version/linux" ]; then
		set_current "$dir" "$version"
		return 0
	fi
	check_space $((size / 1024 + 32768))
	if ! download; then
		! fresh || die "$why: $todo"
		force=1
		fetch_headers
		return
	fi
	step "making room" mkdir -p "$tmp/src" "$tmp/h/linux" "$dir"
	# Streamed, as the source is a gigabyte and we want four files of it.
	step "unpacking $package" sh -c 'dpkg-deb --fsys-tarfile "$1" |
		tar -xO --wildcards "./usr/src/linux-source-*.tar.xz" |
		tar -xJ -C "$2" --strip-components=1 --wildcards \
			"*/tools/testing/selftests/kselftest.h" \
			"*/tools/testing/selftests/kselftest_harness.h" \
			"*/include/uapi/linux/userfaultfd.h" \
			"*/include/uapi/linux/fs.h"' - "$deb" "$tmp/src"
	rm -rf "$tmp/dl"
	for f in tools/testing/selftests/kselftest.h tools/testing/selftests/kselftest_harness.h; do
		step "keeping $f" cp "$tmp/src/$f" "$tmp/h/"
	done
	for f in userfaultfd.h fs.h; do
		# As the kernel's headers_install does it.
		sed -E -e 's/(^|[^A-Za-z0-9_])__user([^A-Za-z0-9_]|$)/\1\2/g' \
			-e '/^#include <linux\/compiler(_types)?\.h>/d' \
			-e 's,(#ifndef|#define|#endif[ \t]*/\*)[ \t]+_UAPI,\1 ,' \
			"$tmp/src/include/uapi/linux/$f" >"$tmp/h/linux/$f" ||
			step "keeping $f" false
	done
	[ ! -e "$dir/$version" ] || step "removing damaged headers" mv "$dir/$version" "$tmp/damaged"
	step "keeping headers" mv "$tmp/h" "$dir/$version"
	set_current "$dir" "$version"
}

# Whole, and as the package has it: what is built from it lies beside it, and a
# time stamp of another day would build everything anew.
fetch_source() {
	conf_line "$1" source
	source=$release
	dir=$cache/src/$source
	if [ -z "$force" ] && [ -s "$dir/current/cowpen-source" ]; then
		return 0
	fi
	if ! find_newest "$suites" "$source" ""; then
		if [ -s "$dir/current/cowpen-source" ]; then
			say "keeping $source $(readlink "$dir/current") ($why)"
			return 0
		fi
		die "$why: $todo"
	fi
	if [ -z "$package" ] && ! fresh; then
		force=1
		fetch_source "$1"
		return
	fi
	[ -n "$package" ] || die "no package $source in $suites: Debian has dropped it; change the line of \"$1\" in $conf"
	if [ -s "$dir/$version/cowpen-source" ]; then
		set_current "$dir" "$version"
		return 0
	fi
	# The tree, and the objects that are to come.
	check_space $((size / 1024 + 2000000))
	if ! download; then
		! fresh || die "$why: $todo"
		force=1
		fetch_source "$1"
		return
	fi
	say "unpacking $package (1.3 GB)"
	step "making room" mkdir -p "$tmp/source" "$dir"
	step "unpacking $package" sh -c 'dpkg-deb --fsys-tarfile "$1" |
		tar -xO --wildcards "./usr/src/linux-source-*.tar.xz" |
		tar -xJ -C "$2" --strip-components=1 --no-same-owner' - "$deb" "$tmp/source"
	rm -rf "$tmp/dl"
	[ -s "$tmp/source/Makefile" ] || {
		[ "$(avail_kb)" -gt 1024 ] || die_full
		die "$package holds no kernel source: Debian's packages are laid out anew"
	}
	printf '%s %s\n' "$package" "$version" >"$tmp/source/cowpen-source" || die_full
	[ ! -e "$dir/$version" ] || step "removing a damaged source" mv "$dir/$version" "$tmp/damaged"
	step "keeping $package" mv "$tmp/source" "$dir/$version"
	set_current "$dir" "$version"
}
