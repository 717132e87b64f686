# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What the scripts of this folder have in common; they source it.
#
# A failure is one line "cowpen: what: what to do" and a non-zero exit. When
# COWPEN_FETCH_STDOUT is set, that line goes to standard output without the
# prefix, for a caller that passes it on.

tmp=

die() {
	if [ -n "${COWPEN_FETCH_STDOUT-}" ]; then
		printf '%s\n' "$*"
	else
		printf 'cowpen: %s\n' "$*" >&2
	fi
	exit 1
}

say() {
	printf '%s\n' "$*" >&2
}

cleanup() {
	if [ -n "$tmp" ]; then
		cd /
		rm -rf "$tmp"
	fi
}

need() {
	for t; do
		command -v "${t%%=*}" >/dev/null 2>&1 ||
			die "${t%%=*} is missing: install the package ${t#*=}"
	done
}

find_cache() {
	if [ -n "${COWPEN_CACHE-}" ]; then
		cache=$COWPEN_CACHE
	elif [ -n "${XDG_CACHE_HOME-}" ]; then
		cache=$XDG_CACHE_HOME/cowpen
	else
		[ -n "${HOME-}" ] || die "neither COWPEN_CACHE nor HOME is set: set COWPEN_CACHE to a folder for downloads"
		cache=$HOME/.cache/cowpen
	fi
}

# make_cache FOLDER...: $cache, with these folders in it.
make_cache() {
	find_cache
	for d; do
		why=$(mkdir -p "$cache/$d" 2>&1) ||
			die_write "cannot make the cache $cache" "$why"
	done
	cache=$(cd "$cache" && pwd) || exit 1
	case $cache in
	*[!A-Za-z0-9/._+@:,~-]*)
		die "the cache's path has a character that apt's and make's files cannot hold ($cache): set COWPEN_CACHE to a plain path" ;;
	esac
	why=$({ : >"$cache/tmp/w.$$"; } 2>&1) ||
		die_write "cannot write to the cache $cache" "$why"
	rm -f "$cache/tmp/w.$$"
}

# make_tmp WORD: $tmp, which goes when we do.
make_tmp() {
	tmp=$cache/tmp/$1.$$
	trap cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	mkdir "$tmp" || die "cannot write to the cache $cache: set COWPEN_CACHE to a folder of yours"
}

# die_write WHAT MESSAGE
die_write() {
	case $2 in
	*"No space left"*) die_full ;;
	*) die "$1 (${2##*: }): set COWPEN_CACHE to a folder that you can write to" ;;
	esac
}

die_full() {
	die "the disk that holds $cache is full: make room or set COWPEN_CACHE to another place, then run it again"
}

# step WHAT COMMAND...: run it, its words kept; die with one line if it fails.
# What it says goes through a pipe, as on a full disk a file could not hold it.
step() {
	what=$1
	shift
	why=$("$@" 2>&1) && return 0
	case $why in
	*"No space left"* | *"rite error"*) die_full ;;
	esac
	# Not everybody says ENOSPC in the same words.
	[ "$(avail_kb)" -gt 1024 ] || die_full
	die "$what failed ($(printf '%s' "$why" | tr '\n' ' ' | cut -c1-300)): run it again; if that does not help, remove ${retry:-$cache/apt}"
}

avail_kb() {
	df -Pk "$cache" | awk 'NR == 2 { print $4 }'
}

# check_space KB
check_space() {
	have=$(avail_kb)
	[ "$have" -ge "$1" ] ||
		die "not enough room in $cache ($((have / 1024)) MB free, $(($1 / 1024)) MB needed): make room or set COWPEN_CACHE to another place"
}

# set_current DIR TARGET
set_current() {
	[ "$(readlink "$1/current" 2>/dev/null)" != "$2" ] || return 0
	step "switching to $2" ln -s "$2" "$tmp/current"
	step "switching to $2" mv -T "$tmp/current" "$1/current"
}

hash_of() {
	sha256sum <"$1" | cut -d' ' -f1
}
