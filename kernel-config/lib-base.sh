# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # what the parts set for each other
#
# What is built upon: a kernel of kernels.conf, or a commit of a tree of the
# user's. Sourced by build.

# Raised when what build makes of the same input changes.
FORMAT=1
TREES_KEPT=3
# Files that may differ between a commit and the one whose objects are taken.
NEAR=3000

# field NAME N: of its line in kernels.conf.
field() {
	sed 's/#.*//' "$conf" | awk -v n="$1" -v f="$2" '$1 == n { print $f; exit }'
}

# base NAME|TREE[@COMMIT] [FRAGMENTS]: sets
#   $base      its name          $src       its source tree, to be built within
#   $identity  what it is        $source    what $src holds, the same but for a git tree
#   $version   5.10.262          $fragments $key $objects $kdir
#   $objects_of  the name of the kernel whose objects are in $src
#   $delta     a file with the diff from $source to $identity, or ""
#   $dirty     hash of what is not committed, or ""
base() {
	delta='' dirty='' unknown=''
	compiler=$(gcc --version | head -n 1)
	case $1 in
	*/* | .)
		fragments=${2:-base}
		check_fragments
		base_tree "$1" ;;
	*)
		base_conf "$1"
		check_fragments ;;
	esac
	set_key
	kdir=$cache/kernels/$objects_of/$key
}

check_fragments() {
	for f in $(printf '%s' "$fragments" | tr ',' ' '); do
		[ -r "$here/fragments/$f.config" ] ||
			die "no fragment \"$f\": there are $(cd "$here/fragments" && echo *.config | sed 's/\.config//g')"
	done
}

# Of $source, $fragments and $compiler.
set_key() {
	key=$({
		echo "$FORMAT $source $compiler"
		for f in $(printf '%s' "$fragments" | tr ',' ' '); do
			cat "$here/fragments/$f.config"
		done
	} | sha256sum | cut -c1-12)
	objects=o-$(printf '%s' "$fragments" | tr ',' '+')-$key
}

base_conf() {
	base=$1
	if [ "$(field "$1" 2)" = stock ] && [ "$(field "$1-src" 2)" = source ]; then
		base=$1-src
		say "$1 is Debian's own build; from its source it is $base"
	fi
	case $(field "$base" 2) in
	source) ;;
	patched) die "$base has a series on it already: name its base, $(field "$base" 3)" ;;
	*) die "no kernel \"$1\" that is built from source: there are $(sed 's/#.*//' "$conf" |
		awk '$2 == "source" { printf "%s ", $1 }')and TREE[@COMMIT]" ;;
	esac
	fragments=$(field "$base" 5)
	if ! src=$("$here/fetch" where source "$base" 2>/dev/null); then
		"$here/fetch" source "$base" || exit 1
		src=$("$here/fetch" where source "$base") || exit 1
	fi
	identity=$(cat "$src/cowpen-source")
	source=$identity objects_of=$base
	version=$(kernel_version "$src")
}

# Without any git: the version as the top Makefile has it.
kernel_version() {
	awk '$2 == "=" && /^(VERSION|PATCHLEVEL|SUBLEVEL)/ { v[$1] = $3 }
		END { print v["VERSION"] "." v["PATCHLEVEL"] "." v["SUBLEVEL"] }' "$1/Makefile"
}

# tree_git ARGS: git in the user's tree, whoever owns that.
tree_git() {
	git -c "safe.directory=$tree" -c gc.auto=0 -C "$tree" "$@"
}

# tree_diff ARGS: one that applies, whatever their settings are.
tree_diff() {
	tree_git diff --binary --no-renames --no-color --no-ext-diff --no-textconv -U3 \
		--src-prefix=a/ --dst-prefix=b/ "$@" || die "git diff in $tree failed: see what it says"
}

# A commit of the user's tree is unpacked, so that what is built lies beside it
# and no checkout of theirs disturbs it. One whose objects are here and that is
# near enough stands in for it: then only what differs is built.
base_tree() {
	check_space 50000
	tree=${1%@*}
	commit=HEAD
	case $1 in
	*@*) commit=${1##*@} ;;
	esac
	tree=$(cd "$tree" 2>/dev/null && pwd) || die "no folder ${1%@*}: name a kernel tree"
	[ -e "$tree/Kbuild" ] && [ -e "$tree/mm/Makefile" ] ||
		die "$tree is no kernel tree: it has no Kbuild and mm/Makefile"
	tree_git rev-parse --git-dir >/dev/null 2>&1 ||
		die "$tree is not a git tree: make it one (git init && git add -A && git commit), or build it yourself and name its build folder"
	# Else, as git checkout has it, the branch of the one remote that has it.
	id=$(tree_git rev-parse --verify --quiet "$commit^{commit}") ||
		id=$(tree_git for-each-ref --format='%(objectname)' "refs/remotes/*/$commit")
	[ "$(printf '%s\n' "$id" | grep -c .)" -eq 1 ] ||
		die "$tree has no commit \"$commit\": see git -C $tree log"
	short=$(printf '%s' "$id" | cut -c1-12)
	base=tree-$short
	identity="git $short"
	if [ "$1" = "${1%@*}" ]; then
		tree_diff HEAD >"$tmp/dirty"
		if [ -s "$tmp/dirty" ]; then
			dirty=$(sha256sum <"$tmp/dirty" | cut -c1-12)
			delta=$tmp/dirty
		fi
		unknown=$(tree_git ls-files -o --exclude-standard -- '*.[chS]' '*Makefile' '*Kconfig' |
			awk 'NR == 1 { first = $0 } END { if (NR) print first (NR > 1 ? " and " NR - 1 " more" : "") }')
	fi
	near=$(nearest "$id")
	src=$cache/src/git/$near
	source="git $near" objects_of=tree-$(printf '%s' "$near" | cut -c1-12)
	if [ "$near" != "$id" ]; then
		delta=$tmp/delta
		if [ -n "$dirty" ]; then
			tree_diff "$near" >"$delta"
		else
			tree_diff "$near" "$id" >"$delta"
		fi
		[ -s "$delta" ] || delta=
	elif [ ! -s "$src/cowpen-source" ]; then
		unpack_commit
	fi
	touch "$src"
	version=$(kernel_version "$src")
}

# nearest COMMIT: of the commits whose objects are here the one with the fewest
# files that differ; COMMIT itself if there is none near.
nearest() {
	least=$NEAR best=$1
	for d in "$cache"/src/git/*/cowpen-source; do
		[ -e "$d" ] || break
		other=${d%/*} other=${other##*/}
		source="git $other"
		set_key
		[ -s "$cache/src/git/$other/$objects/cowpen-objects" ] &&
			tree_git cat-file -e "$other^{commit}" 2>/dev/null || continue
		n=$(tree_git diff --name-only --no-renames "$other" "$1" -- | wc -l)
		if [ "$n" -lt "$least" ]; then
			least=$n best=$other
		fi
	done
	printf '%s' "$best"
}

unpack_commit() {
	check_space 3000000
	say "unpacking commit $short of $tree"
	step "unpacking $id" mkdir -p "$tmp/tree" "$cache/src/git"
	tree_git archive --format=tar "$id" >"$tmp/tree.tar" || die_full
	step "unpacking $id" tar -xf "$tmp/tree.tar" -C "$tmp/tree"
	rm -f "$tmp/tree.tar"
	printf 'git %s\n' "$id" >"$tmp/tree/cowpen-source" || die_full
	# Somebody else may have been quicker.
	mv -T "$tmp/tree" "$src" 2>/dev/null || rm -rf "$tmp/tree"
	[ -s "$src/cowpen-source" ] || die_full
	# Each is more than a gigabyte.
	for d in $(cd "$cache/src/git" && ls -dt ./*/ | tail -n +$((TREES_KEPT + 1))); do
		(exec 8>"$cache/src/git/$d/.cowpen-use.lock" && flock -n 8 && rm -rf "${cache:?}/src/git/$d")
	done
}
