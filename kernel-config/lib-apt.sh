# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # what the parts set for each other
#
# Debian's archive through apt, in a root of our own. Sourced by fetch.

# From the machine's own setting: where Debian's main and security archives
# are. "update --print-uris" reads both formats and touches nothing.
find_mirror() {
	[ -z "${archive-}" ] || return 0
	uris=$(apt-get update --print-uris 2>/dev/null |
		sed -n "s|^'\([^']*\)/dists/\([^']*\)/main/binary-[^/]*/Packages[^/']*'.*|\1 \2|p")
	archive=$(printf '%s\n' "$uris" | awk '
		$1 !~ /^cdrom:/ && $2 ~ /^(bullseye|bookworm|trixie|forky|duke|sid|((old)?old)?stable|testing|unstable)(-updates|-backports|-proposed-updates)?$/ { print $1; exit }')
	security=$(printf '%s\n' "$uris" | awk '
		$1 !~ /^cdrom:/ && $2 ~ /^(bullseye|bookworm|trixie|forky|duke|((old)?old)?stable|testing)-security$/ { print $1; exit }')
	if [ -z "$archive" ] && [ -n "$security" ]; then
		archive=${security%-security}
	fi
	[ -n "$archive" ] ||
		die "this machine's apt has no Debian archive among its sources: name a file with Debian's sources in COWPEN_APT_SOURCES"
	# Mirrors keep the security archive beside the main one.
	[ -n "$security" ] || security=$archive-security
}

# The private apt root for SUITE: $root, with $root/apt.conf to be handed to
# apt as APT_CONFIG.
apt_root() {
	if [ -n "${COWPEN_APT_SOURCES-}" ]; then
		[ -r "$COWPEN_APT_SOURCES" ] ||
			die "cannot read $COWPEN_APT_SOURCES: COWPEN_APT_SOURCES must name a file with apt sources"
		root=$cache/apt/given
		sources=$(cat "$COWPEN_APT_SOURCES")
	else
		find_mirror
		root=$cache/apt/$1
		case $1 in
		*-security) sources="deb $security $1 main" ;;
		*) sources="deb $archive $1 main" ;;
		esac
	fi
	keyring=${COWPEN_APT_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
	[ -r "$keyring" ] ||
		die "no keyring $keyring: install the package debian-archive-keyring"

	# A root that was made from other sources or another keyring is stale.
	mark=$({ printf '%s\n' "$sources"; cat "$keyring"; } | sha256sum | cut -d' ' -f1)
	[ "$(cat "$root/mark" 2>/dev/null)" = "$mark" ] || make_root
	# Anew each time: the machine's proxy may be another one today.
	case " $configured " in
	*" $root "*) ;;
	*) write_apt_conf ;;
	esac
}

make_root() {
	step "making $root" rm -rf "$root"
	step "making $root" mkdir -p "$root/etc/apt.conf.d" "$root/etc/preferences.d" \
		"$root/etc/sources.list.d" "$root/etc/trusted.gpg.d" "$root/etc/auth.conf.d" \
		"$root/state/lists/partial" "$root/cache/archives/partial"
	if printf '%s\n' "$sources" | grep -qi '^Types:'; then
		list=$root/etc/sources.list.d/cowpen.sources
	else
		list=$root/etc/sources.list.d/cowpen.list
	fi
	case $(head -c 5 "$keyring") in
	-----) key=cowpen.asc ;;
	*) key=cowpen.gpg ;;
	esac
	step "making $root" cp "$keyring" "$root/etc/trusted.gpg.d/$key"
	printf '%s\n' "$sources" >"$tmp/list" || die_full
	printf '%s\n' "$mark" >"$tmp/mark" || die_full
	: >"$root/state/status" || die_full
	step "making $root" mv "$tmp/list" "$list"
	step "making $root" mv "$tmp/mark" "$root/mark"
}

write_apt_conf() {
	{
		# Before the machine's: its administrator may know better.
		echo 'Acquire::Retries "1";'
		# How this machine gets through to the mirror: proxies, time-outs.
		apt-config dump 2>/dev/null | grep '^Acquire::[A-Za-z]' |
			grep -v -E '^Acquire::(IndexTargets|Languages|GzipIndexes|CompressionTypes|cdrom|PDiffs)'
		[ ! -r /etc/apt/auth.conf ] || echo 'Dir::Etc::netrc "/etc/apt/auth.conf";'
		[ ! -r /etc/apt/auth.conf.d ] || echo 'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";'
		cat <<-EOF
		Dir::Etc "$root/etc";
		Dir::Etc::main "none";
		Dir::Etc::parts "$root/etc/apt.conf.d";
		Dir::Etc::sourcelist "/dev/null";
		Dir::Etc::sourceparts "$root/etc/sources.list.d";
		Dir::Etc::preferences "none";
		Dir::Etc::preferencesparts "$root/etc/preferences.d";
		Dir::Etc::trusted "/dev/null";
		Dir::Etc::trustedparts "$root/etc/trusted.gpg.d";
		Dir::State "$root/state";
		Dir::State::status "$root/state/status";
		Dir::State::extended_states "$root/state/extended_states";
		Dir::Cache "$root/cache";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Update::Error-Mode "any";
		APT::Sandbox::User "$(id -un)";
		Acquire::Languages "none";
		Acquire::GzipIndexes "true";
		Acquire::PDiffs "false";
		EOF
	} >"$tmp/apt.conf" || die_full
	step "making $root" mv "$tmp/apt.conf" "$root/apt.conf"
	configured="$configured $root"
}

# explain WHAT OUTPUT: what apt means, in one line: $why and $todo.
explain() {
	line=$(printf '%s\n' "$2" | grep -E '^[EW]: ' | grep -v -E 'Some index files failed|Unable to fetch some' |
		head -n 1 | cut -c4-300)
	case $2 in
	*"No space left"*)
		die_full ;;
	*"Hash Sum mismatch"* | *"unexpected size"* | *"failed to verify"*)
		why="$1: what came is not what the signed index promises (Hash Sum mismatch)"
		todo="run it again; if it stays so, the mirror or something on the way to it alters packages" ;;
	*NO_PUBKEY* | *BADSIG* | *EXPKEYSIG* | *"is not signed"* | *"no longer signed"* | *"GPG error"* | *"signature"*)
		why="$1: the signature does not hold (${line:-no details})"
		todo="update debian-archive-keyring, or look at what serves as a mirror" ;;
	*"is expired"* | *"not valid yet"* | *"invalid for another"*)
		why="$1: the lists are out of date (${line:-no details})"
		todo="check this machine's clock, or use a mirror that is kept up to date" ;;
	*"404 "* | *"File not found"* | *"does not have a Release file"*)
		why="$1: the mirror does not have it (${line:-no details})"
		todo="Debian may have dropped it: see the suites in $conf" ;;
	*resolv* | *onnect* | *timed\ out* | *imeout* | *unreachable* | *407* | *502* | *503*)
		why="$1: no mirror is reachable (${line:-no details})"
		todo="check the network, the proxy and this machine's apt sources" ;;
	*)
		why="$1: apt failed (${line:-$(printf '%s' "$2" | tail -n 1)})"
		todo="run it again; if that does not help, remove $cache/apt" ;;
	esac
}

# The lists in $root were read in this run.
fresh() {
	case " $updated " in
	*" $root "*) return 0 ;;
	esac
	return 1
}

# refresh SUITE: the lists in $root are at most a day old, or from this run.
refresh() {
	! fresh || return 0
	if [ -z "$force" ] && [ -n "$(find "$root/stamp" -mtime -1 2>/dev/null)" ]; then
		return 0
	fi
	# apt removes the old lists only when it has the new ones, so a failure
	# leaves things as they were.
	check_space 65536
	out=$(APT_CONFIG=$root/apt.conf apt-get -q update 2>&1 9>&-) || {
		explain "package lists of $1" "$out"
		return 1
	}
	updated="$updated $root"
	: >"$root/stamp" || die_full
}

# find_newest SUITES PACKAGE RELEASE: the newest PACKAGE-RELEASE there is:
# $package $version $size $installed $sha256 $root; $package is empty if there
# is none. Fails as refresh() does.
find_newest() {
	package=
	unknown=
	best=0~
	regex=^$(printf '%s' "$2${3:+-$3}" | sed 's/[.+]/[&]/g; s/%/[0-9.]*/g')\$
	for suite in $(printf '%s' "$1" | tr ',' ' '); do
		apt_root "$suite"
		refresh "$suite" || return 1
		indexes=$(APT_CONFIG=$root/apt.conf apt-get indextargets \
			--format '$(RELEASE) $(FILENAME)' 'Created-By: Packages' 2>/dev/null |
			awk -v s="$suite" '$1 == s { print $2 }')
		[ -n "$indexes" ] || unknown="$unknown $suite"
		found=$(for f in $indexes; do
				APT_CONFIG=$root/apt.conf /usr/lib/apt/apt-helper cat-file "$f"
			done | awk -v re="$regex" '
				# The fields come in any order, so a package is judged
				# at its end.
				function flush() { if (p ~ re) print p, v, s, i + 0, h; p = i = "" }
				/^$/ { flush() }
				$1 == "Package:" { p = $2 }
				$1 == "Version:" { v = $2 }
				$1 == "Size:" { s = $2 }
				$1 == "Installed-Size:" { i = $2 }
				$1 == "SHA256:" { h = $2 }
				END { flush() }')
		while read -r n_package n_version n_size n_installed n_sha256; do
			[ -n "$n_package" ] || continue
			if dpkg --compare-versions "$n_version" gt "$best"; then
				best=$n_version
				package=$n_package version=$n_version
				size=$n_size installed=$n_installed sha256=$n_sha256
				bestroot=$root
			fi
		done <<-EOF
		$found
		EOF
	done
	[ -z "$package" ] || root=$bestroot
}

# download: $package $version of $root to $tmp/deb, checked. Fails only if the
# mirror has it no longer, with $why and $todo.
download() {
	say "fetching $package ($(((size + 999999) / 1000000)) MB)"
	rm -rf "$tmp/dl"
	step "making room" mkdir "$tmp/dl"
	out=$(cd "$tmp/dl" && APT_CONFIG=$root/apt.conf apt-get -q download "$package=$version" 2>&1 9>&-) || {
		explain "$package" "$out"
		case $out in
		*"404 "* | *"File not found"*) return 1 ;;
		esac
		die "$why: $todo"
	}
	deb=
	for f in "$tmp"/dl/*.deb; do
		deb=$f
	done
	[ -s "$deb" ] || die "$package: apt downloaded nothing: run it again"
	# apt has checked it as it came; this is what has become of it on disk
	# (apt only links to a mirror that is a local folder).
	if [ "$(sha256sum <"$deb")" != "$sha256  -" ]; then
		[ "$(avail_kb)" -gt 1024 ] || die_full
		die "$package: the downloaded file is damaged (checksum differs from the signed index): run it again"
	fi
}
