# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# Running build, and what is asked of it.

n=0
bad=0
why=

not() {
	why="$why
$*"
}

result() {
	n=$((n + 1))
	if [ -z "$why" ]; then
		echo "ok $n $1"
	else
		bad=1
		echo "not ok $n $1"
		printf '%s\n' "${why#?}" | sed 's/^/# /'
		sed 's/^/# stderr: /' "$T/err"
	fi
	why=
}

skip() {
	n=$((n + 1))
	echo "ok $n $1 # SKIP $2"
}

# build ARGUMENTS: $rc, $T/out, $T/err, and $dir that it named.
build() {
	"$B/build" "$@" 2>"$T/err" >"$T/out" </dev/null
	rc=$?
	dir=$(cat "$T/out")
}

# quiet [PATTERN]: nothing is said but what has happened, and PATTERN.
quiet() {
	grep -vE -e '^building .*: some minutes, once$' -e '^[^ ]+: [0-9]+ (of about [0-9]+ )?objects in [0-9]+ s$' \
		-e '^unpacking commit ' -e '^waiting for another build' -e '^cowpen: ' -e "${1:-^cowpen: }" "$T/err" >"$T/noise" &&
		not "noise: $(head -n 3 "$T/noise")"
	for d in "$COWPEN_CACHE"/tmp/*; do
		# Others are at work in this cache.
		! [ -e "$d" ] || kill -0 "${d##*.}" 2>/dev/null || ! [ -e "$d" ] || not "left behind: $d"
	done
}

# fails STATUS PATTERN: the last build failed with one line that says this.
fails() {
	[ "$rc" -eq "$1" ] || not "exit status $rc, not $1"
	[ "$(grep -c '^cowpen: ' "$T/err")" -eq 1 ] || not "not one line"
	grep -qE "^cowpen: .*($2)" "$T/err" || not "the line does not say \"$2\""
	grep -q "^cowpen: .*: ." "$T/err" || not "the line does not say what to do"
	[ -z "$dir" ] || not "something on standard output: $dir"
	quiet "${3-}"
}

# works [PATTERN]: the last build made a whole kernel, in $dir, and may have said this.
works() {
	[ "$rc" -eq 0 ] || not "exit status $rc"
	grep -q '^cowpen: ' "$T/err" && not "complaints"
	quiet "${1-}"
	if [ ! -s "$dir/kernel.json" ]; then
		not "no kernel in \"$dir\""
		dir=$R/nothing
	fi
	for f in vmlinux System.map config log; do
		[ -e "$dir/$f" ] || not "no $f in $dir"
	done
	[ "$(json sha256)" = "$(sha256sum <"$dir/vmlinux" | cut -d' ' -f1)" ] || not "kernel.json: sha256"
}

json() { # FIELD: of $dir's kernel.json
	grep -oE "\"$1\": (\"[^\"]*\"|[0-9]+)" "$dir/kernel.json" | sed 's/^[^:]*: //; s/"//g'
}

is() { # FIELD PATTERN
	json "$1" | grep -qE "^($2)\$" || not "kernel.json: $1 is \"$(json "$1")\", not \"$2\""
}

# holds STRING...: the kernel in $dir has all these in it; -STRING: has not.
holds() {
	for s; do
		case $s in
		-*) grep -qaF "${s#-}" "$dir/vmlinux" && not "vmlinux has still ${s#-}" ;;
		*) grep -qaF "$s" "$dir/vmlinux" || not "vmlinux has no $s" ;;
		esac
	done
}

said() {
	grep -qE "$1" "$T/err" || not "did not say \"$1\""
}

hash() {
	sha256sum <"$dir/vmlinux"
}

# no_make COMMAND...: where there is nothing to build.
mkdir "$R/no-make"
printf '#!/bin/sh\necho no make here >&2\nexit 99\n' >"$R/no-make/make"
chmod +x "$R/no-make/make"
no_make() {
	PATH=$R/no-make:$PATH "$@"
}

# again_dir DIR: the last build was silent, and brought this folder again.
again_dir() {
	[ "$rc" -eq 0 ] || not "exit status $rc"
	[ ! -s "$T/err" ] || not "something was said"
	[ "$dir" = "$1" ] || not "another folder: $dir, not $1"
}

everywhere='what it changes is included nearly everywhere: it may be all of about 9 objects that are built again$'

# The files of the base, contents and times.
src=$COWPEN_CACHE/src/linux-source-9.9/9.9.7-1
snapshot() {
	(
		cd "$src" || exit
		find . -type f ! -name '.cowpen-*' -printf '%p %T@ %s %m\n' | sort
		find . -type f ! -name '.cowpen-*' -exec sha256sum {} + | sort
	)
}
untouched() {
	snapshot | diff "$R/snapshot" - >"$T/got" ||
		not "the base was touched: $(head -n 5 "$T/got")"
}

# hook COMMANDS: run when an object is made, with its name as $1.
hook() {
	cat >"$T/hook"
	FAKE_HOOK=$T/hook
	export FAKE_HOOK
}
