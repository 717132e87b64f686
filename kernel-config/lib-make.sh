# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # what the parts set for each other
#
# How it is configured and built: kbuild, and what it says when it fails. Sourced
# by build.

# What is in the environment is meant for cowpen, or for a build of the user's.
kmake() { # SOURCE OBJECTS ARGUMENTS
	(
		cd "$1" || exit 1
		unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES O V W C M CC LD LLVM CROSS_COMPILE \
			KCFLAGS KBUILD_OUTPUT KBUILD_EXTMOD INSTALL_PATH KCONFIG_CONFIG
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970'
		KBUILD_BUILD_USER=cowpen KBUILD_BUILD_HOST=cowpen KBUILD_BUILD_VERSION=1
		export KBUILD_BUILD_TIMESTAMP KBUILD_BUILD_USER KBUILD_BUILD_HOST KBUILD_BUILD_VERSION
		CCACHE_DIR=${CCACHE_DIR:-$cache/ccache}
		export CCACHE_DIR
		o=$2
		shift 2
		exec make --no-print-directory ARCH=x86_64 LOCALVERSION= "O=$o" "CC=$cc" "$@" </dev/null
	)
}

# choose_cc FOLDER: $cc. Another string would be another command line, and build
# all anew, so a base keeps to its own.
choose_cc() {
	cc=gcc
	if [ -r "$1/cowpen-cc" ]; then
		cc=$(cat "$1/cowpen-cc")
		case $cc in
		ccache*) command -v ccache >/dev/null || cc=gcc ;;
		esac
	elif command -v ccache >/dev/null; then
		cc='ccache gcc'
	fi
}

# watch LABEL LOG: make's output to LOG, and what it is at to the user.
# Leaves the number of objects in $tmp/built.
watch() {
	n=0 last=0 start=$(date +%s) often=200
	[ ! -t 2 ] || often=5
	while IFS= read -r line; do
		printf '%s\n' "$line" >&7 2>/dev/null
		case $line in
		'  CC  '* | '  AS  '*) n=$((n + 1)) ;;
		*) continue ;;
		esac
		if [ $((n - last)) -ge "$often" ]; then
			last=$n
			if [ -t 2 ]; then
				printf '\r%s: %d objects%s, %d s\033[K' "$1" "$n" "${of:+$of}" $(($(date +%s) - start)) >&2
			else
				say "$1: $n objects$of, $(($(date +%s) - start)) s"
			fi
		fi
		if [ "$n" -gt "$many" ]; then
			[ ! -t 2 ] || printf '\r\033[K' >&2
			say "$1: what it changes is included nearly everywhere: it may be all$of objects that are built again"
			many=999999
		fi
	done 7>"$2"
	[ ! -t 2 ] || printf '\r\033[K' >&2
	echo "$n" 2>/dev/null >"$tmp/built"
}

# make_kernel LABEL SOURCE OBJECTS LOG [ALL]: vmlinux. ALL is how many objects the
# base has. On failure one line with the first error, status 3.
make_kernel() {
	of='' many=999999
	[ -z "${5-}" ] || of=" of about $5" many=$(($5 / 2))
	choose_cc "$2/$3"
	printf '%s\n' "$cc" >"$2/$3/cowpen-cc" || die_full
	began=$(date +%s)
	{
		kmake "$2" "$3" -j"${COWPEN_JOBS:-$(nproc)}" vmlinux 2>&1
		echo $? 2>/dev/null >"$tmp/status"
	} | watch "$1" "$4"
	seconds=$(($(date +%s) - began))
	built=$(cat "$tmp/built") status=$(cat "$tmp/status")
	[ -n "$built" ] && [ -n "$status" ] || die_full
	[ "$status" != 0 ] || return 0
	keep_log "$1" "$4"
	build_failed "$1" "$log"
}

# keep_log LABEL FILE: $log, where it outlives us.
keep_log() {
	log=$cache/log/$1.log
	{ mkdir -p "$cache/log" && cp "$2" "$log"; } 2>/dev/null || die_full
}

build_failed() { # LABEL LOG
	if grep -q 'No space left on device' "$2" || [ "$(avail_kb)" -lt 1024 ]; then
		die_full
	fi
	first=$(grep -m1 -E '(:[0-9]+: |fatal )?error: |undefined reference|recursive dependency|syntax error|multiple definition' "$2" ||
		grep -m1 -F '***' "$2" || tail -n 1 "$2")
	quit 3 "$1 does not build: $(printf '%s' "$first" | sed 's,^\.\./,,' | cut -c1-300) (all of it: $2)"
}

# wanted: the fragments' lines that hold for $version, a later one for an earlier.
wanted() {
	for f in $(printf '%s' "$fragments" | tr ',' ' '); do
		cat "$here/fragments/$f.config"
	done | awk -v version="$version" -v all="$1" '
		function num(s, a) { split(s, a, "."); return a[1] * 1000 + a[2] }
		/^(CONFIG_[A-Za-z0-9_]+=|# CONFIG_[A-Za-z0-9_]+ is not set)/ {
			hold = 1
			line = $0
			if (match($0, /[ \t]+# (from|until|optional)/)) {
				line = substr($0, 1, RSTART - 1)
				split(substr($0, RSTART), word)
				# What is not for this version takes nothing back.
				if (word[2] == "from" && num(version) < num(word[3])) next
				if (word[2] == "until" && num(version) > num(word[3])) next
				if (word[2] ~ /^optional/) hold = all
			}
			symbol = line
			sub(/^# /, "", symbol)
			sub(/[ =].*/, "", symbol)
			if (!(symbol in line_of)) order[++n] = symbol
			line_of[symbol] = hold ? line : ""
		}
		END { for (i = 1; i <= n; i++) if (line_of[order[i]] != "") print line_of[order[i]] }'
}

# check_config LABEL CONFIG: what the fragments want is what came out.
check_config() {
	wanted 0 >"$tmp/wanted" || die_full
	missing=$(awk '
		NR == FNR { have[$0] = 1; if (/^CONFIG/) { s = $0; sub(/=.*/, "", s); set[s] = $0 } next }
		/^#/ { if ($2 in set) print set[$2] " (to be off)"; next }
		!($0 in have) { s = $0; sub(/=.*/, "", s); print $0 (s in set ? " (is " substr(set[s], length(s) + 2) ")" : "") }' \
		"$2" "$tmp/wanted")
	[ -n "$missing" ] || return 0
	quit 3 "$1: $(printf '%s\n' "$missing" | wc -l) of the fragments' ($fragments) symbols did not come out: $(printf '%s\n' "$missing" |
		head -n 5 | tr '\n' ' ')- this kernel has no such symbol, or something that it depends on is off; a line may say \"# from VERSION\", \"# until VERSION\" or \"# optional: why\""
}

# configure LABEL SOURCE OBJECTS
configure() {
	choose_cc "$2/$3"
	wanted 1 >"$2/$3/cowpen-fragments" || die_full
	if ! KCONFIG_ALLCONFIG=$2/$3/cowpen-fragments kmake "$2" "$3" -s allnoconfig >"$tmp/config.log" 2>&1 </dev/null; then
		keep_log "$1" "$tmp/config.log"
		build_failed "$1" "$log"
	fi
	check_config "$1" "$2/$3/.config"
}
