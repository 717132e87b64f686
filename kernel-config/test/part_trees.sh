# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# Git trees of a user's: commits, ranges, what is not committed.

part_trees() {
	COWPEN_CACHE=$T/cache
	sum() { # of what is in the user's tree, by name, contents and time
		(cd "$K" && find . -type f ! -path './.git/*' -printf '%p %T@\n' -exec sha256sum {} +; git status --porcelain) | sort | sha256sum
	}
	tree_sum=$(sum)
	commit_id() {
		git rev-parse "$1"
	}
	short() {
		commit_id "$1" | cut -c1-12
	}
	build tree "$K@c1"
	works
	c1=$dir
	is name "tree-$(short c1)"
	is package "git $(commit_id c1)"
	is objects 9
	said "^unpacking commit $(short c1)"
	[ "$(hash)" = "$base_hash" ] || not "not the same kernel as from the same source without git"
	result "tree_at_a_commit"

	build tree "$K@c2"
	works
	is name "tree-$(short c2)"
	is package "git $(short c2)"
	is objects 2
	holds swap-2 -swap-1 ksm-1
	said "^tree-$(short c2): 2 of about 9"
	c2=$dir c2_hash=$(hash)
	(
		# shellcheck disable=SC2030 # for this subshell alone
		COWPEN_CACHE=$T/cache-c2
		build tree "$K@c2"
		[ "$(hash)" = "$c2_hash" ]
	) || not "another kernel than from scratch"
	no_make build tree "$K@c2"
	again_dir "$c2"
	build base "$K@c2"
	again_dir "$c2"
	result "tree_at_a_commit_near_by"

	build tree "$K@c1" base,debug
	works
	is fragments base,debug
	is objects 8
	# shellcheck disable=SC2031 # the one that all other steps have
	[ "$(find "$COWPEN_CACHE/src/git" -mindepth 1 -maxdepth 1 | wc -l)" -eq 1 ] || not "unpacked twice"
	no_make build tree "$K@c1"
	again_dir "$c1"
	[ "$(sum)" = "$tree_sum" ] || not "the tree was touched"
	result "tree_with_fragments"

	cd "$K" || exit 1
	build tree .
	works
	head=$dir
	is name "tree-$(short c3)"
	holds exec-2 swap-2
	cd /
	sed -i 's/memory-1/memory-dirty/' "$K/mm/memory.c"
	git mv kernel/spare.c kernel/kept.c
	sed -i s,kernel/spare.o,kernel/kept.o, "$K/kernel/Makefile"
	build tree "$K"
	works "^$K has changes that are not committed: they are built, too$|$everywhere"
	said "not committed"
	is name "tree-$(short c3)-dirty"
	is package "git $(short c3) \+ not committed [0-9a-f]{12}"
	is origin ".*not committed [0-9a-f]{12}, .*"
	holds memory-dirty -memory-1 exec-2 swap-2 spare-1
	dirty=$dir
	sed -i 's/memory-dirty/memory-dirtier/' "$K/mm/memory.c"
	build tree "$K"
	works "^$K has changes that are not committed: they are built, too$|$everywhere"
	holds memory-dirtier
	[ "$dir" != "$dirty" ] || not "other changes, the same folder"
	sed -i 's/memory-dirtier/memory-dirty/' "$K/mm/memory.c"
	dirty_sum=$(sum)
	build tree "$K@main"
	again_dir "$head"
	again
	mail '[PATCH]' 'mm: on top' mm/rmap.c 's/rmap-1/rmap-top/' | sed 's/above 17/over 17/' >"$S/top.patch"
	build series "$K" top "$S/top.patch"
	works "$everywhere"
	is base "tree-$(short c3)"
	is package "git $(short c3) \+ not committed [0-9a-f]{12} \+ top [0-9a-f]{12}"
	is origin ".*not committed [0-9a-f]{12}, top.patch \(1 patch\).*"
	holds memory-dirty rmap-top
	[ "$(sum)" = "$dirty_sum" ] || not "the tree was touched"
	echo 'const char new[] = "new";' >"$K/mm/new.c"
	build tree "$K"
	said "mm/new.c"
	rm "$K/mm/new.c"
	# On a commit whose objects are there.
	git reset -q --hard
	git checkout -q c1
	sed -i 's/memory-1/memory-third/' "$K/mm/memory.c"
	build tree "$K"
	works "^$K has changes that are not committed: they are built, too$"
	is name "tree-$(short c1)-dirty"
	is objects 1
	holds memory-third swap-1
	git reset -q --hard
	git checkout -q main
	result "tree_with_changes_not_committed"

	COWPEN_TREE=$K COWPEN_CACHE=$R/cache
	export COWPEN_TREE
	build series 9.9-src range c1..c2
	works
	is origin ".*c1..c2 \(1 patch\).*"
	[ "$(hash)" = "$c2_hash" ] || not "another kernel than that of the commit"
	build series 9.9-src range c2
	works
	[ "$(hash)" = "$c2_hash" ] || not "a commit is not taken for a range"
	build series 9.9-src range c1..m1
	works "^the range c1..m1 has merges \(1\): they are left out"
	said "merges"
	is origin ".*c1..m1 \(2 patches\).*"
	holds swap-2 exec-2
	unset COWPEN_TREE
	build series 9.9-src range c1..c2
	fails 1 "of which tree"
	COWPEN_CACHE=$T/cache
	build series "$K@c1" range c1..c2
	works
	[ "$(hash)" = "$c2_hash" ] || not "on a tree, another kernel than that of the commit"
	result "range"

	build series "$K@c1" range c2..c2
	fails 4 "c2..c2 .*has no commit"
	build series "$K@c1" range c2..c1
	fails 4 "c2..c1 .*has no commit"
	build series "$K@c1" range c1..nosuch
	fails 1 "no file, no folder and no git range of $K: \"c1..nosuch\""
	result "range_of_nothing"

	# Made on c1, where line 17 was another; only a three way merge knows.
	git checkout -q -b three c1
	sed -i 's/rmap-1/rmap-three/' "$K/mm/rmap.c"
	commit t1
	git checkout -q main
	command git -C "$K" format-patch -q --no-base --no-attach --src-prefix=a/ --dst-prefix=b/ -U8 --stdout -1 t1 >"$S/merge.patch"
	build series "$K@c3" merge "$S/merge.patch"
	works
	is objects 4
	holds rmap-three exec-2 swap-2
	result "three_way"

	build tree "$K@nosuch"
	fails 1 "has no commit \"nosuch\""
	build tree "$T/nosuch"
	fails 1 "no folder $T/nosuch"
	build tree "$S"
	fails 1 "is no kernel tree"
	build tree "$R/plain"
	fails 1 "is not a git tree"
	build tree linux
	fails 1 "\"linux\" is no path"
	build tree "$K@c1" base,nosuch
	fails 1 "no fragment \"nosuch\": there are base debug missing"
	result "no_such_tree"

	# Nobody knows its commits, so it must be unpacked.
	cp -a "$R/plain" "$T/other"
	command git -C "$T/other" init -q -b main
	command git -C "$T/other" add -A
	command git -C "$T/other" commit -q -m other
	for i in 1 2 3 4; do
		mkdir -p "$COWPEN_CACHE/src/git/$i"
		touch -d "2024-01-0$i" "$COWPEN_CACHE/src/git/$i"
	done
	exec 9>"$COWPEN_CACHE/src/git/1/.cowpen-use.lock"
	touch -d "2024-01-01" "$COWPEN_CACHE/src/git/1"
	flock -s 9
	build tree "$T/other"
	exec 9>&-
	works
	is name "tree-$(command git -C "$T/other" rev-parse HEAD | cut -c1-12)"
	[ "$(hash)" = "$base_hash" ] || not "another kernel than of the same source"
	# The newest three, and what is in use.
	(cd "$COWPEN_CACHE/src/git" && echo *) >"$T/got"
	for d in 1 4 "$(commit_id c1)" "$(command git -C "$T/other" rev-parse HEAD)"; do
		grep -q "\\b$d\\b" "$T/got" || not "$d has gone"
	done
	[ "$(wc -w <"$T/got")" -eq 4 ] || not "there are $(cat "$T/got")"
	result "old_trees_go"
}
