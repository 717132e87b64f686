# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# What a series does to the objects, and that nothing else is touched.

part_series() {
	build series 9.9-src mine "$S/one.patch"
	works
	one=$dir
	is name mine
	is base 9.9-src
	is objects 1
	is package "linux-source-9.9 9.9.7-1 \+ mine [0-9a-f]{12}"
	is origin "linux-source-9.9 9.9.7-1, base config, one.patch \(1 patch\), 1 objects in [0-9]+ s"
	said "^mine: 1 of about 9 objects in"
	holds memory-2 -memory-1 rmap-1
	untouched
	result "series_rebuilds_what_it_touches"

	no_make build series 9.9-src mine "$S/one.patch"
	again_dir "$one"
	result "series_again_is_there"

	# Where nothing may be mounted.
	cp "$one/vmlinux" "$T/layered"
	rm -rf "$one"
	export COWPEN_LAYERS=no
	build series 9.9-src mine "$S/one.patch"
	unset COWPEN_LAYERS
	works
	is objects 1
	cmp -s "$dir/vmlinux" "$T/layered" || not "a copy makes another kernel than a layer"
	untouched
	result "series_in_a_copy_is_the_same"

	again
	mail '[PATCH]' 'mm: internal' mm/internal.h 's/INTERNAL 1/INTERNAL 2/' >"$S/internal.patch"
	build series 9.9-src mine "$S/internal.patch"
	works
	is objects 4
	said "^mine: 4 of about 9 objects in"
	untouched
	result "header_of_mm_rebuilds_mm"

	again
	mail '[PATCH]' 'mm: everybody' include/linux/mm.h 's/MM 1/MM 2/' >"$S/all.patch"
	build series 9.9-src mine "$S/all.patch"
	works "^mine: $everywhere"
	is objects 8
	said "^mine: $everywhere"
	said "^mine: 8 of about 9 objects in"
	untouched
	result "header_of_everything_says_so"

	# They meet while compiling.
	hook <<-'EOT'
	: >"$MEET.$ME"
	i=0
	while [ ! -e "$MEET.$OTHER" ] && [ $i -lt 300 ]; do
		sleep 0.05
		i=$((i + 1))
	done
	[ $i -lt 300 ] || echo "nobody else came" >&2
	EOT
	both() { # SERIES1 SERIES2: $dir1, $dir2
		rm -f "$T"/meet.*
		MEET=$T/meet ME=left OTHER=right "$B/build" series 9.9-src left "$1" 2>"$T/err1" >"$T/out1" </dev/null &
		p1=$!
		MEET=$T/meet ME=right OTHER=left "$B/build" series 9.9-src right "$2" 2>"$T/err2" >"$T/out2" </dev/null &
		p2=$!
		wait "$p1" || not "left: exit status $?"
		wait "$p2" || not "right: exit status $?"
		cat "$T/err1" "$T/err2" >"$T/err"
		dir1=$(cat "$T/out1") dir2=$(cat "$T/out2")
		grep -q "nobody else came" "$dir1/log" "$dir2/log" && not "they did not meet"
	}
	again
	mail '[PATCH]' left mm/memory.c 's/memory-1/memory-l/' >"$S/left.patch"
	both "$S/left.patch" "$S/right.patch"
	rc=0 dir=$dir1
	works
	is objects 1
	holds memory-l -memory-r rmap-1
	dir=$dir2
	works
	is objects 2
	holds memory-r -memory-l rmap-r
	untouched
	result "two_series_at_once_do_not_meet"

	again
	mail '[PATCH]' same mm/memory.c 's/memory-1/memory-s/' >"$S/same.patch"
	both "$S/same.patch" "$S/same.patch"
	rc=0 dir=$dir1
	[ "$dir1" = "$dir2" ] || not "two folders"
	works
	holds memory-s
	result "the_same_series_twice_at_once"
	unset FAKE_HOOK

	build series 9.9-src mine "$S/hunk.mbox"
	fails 2 "does not apply to 9.9-src: patch 2 of 3, \"mm: second\": mm/rmap.c, hunk 2 \(line 19\)"
	untouched
	result "does_not_apply_names_patch_and_hunk"

	again
	mail '[PATCH]' 'mm: nowhere' mm/swap.c 's/swap-1/swap-4/' | sed 's,mm/swap,mm/nosuch,g' >"$S/nofile.patch"
	build series 9.9-src mine "$S/nofile.patch"
	fails 2 "patch 1 of 1, \"mm: nowhere\": mm/nosuch.c: "
	result "patch_to_no_file"

	again
	mail '[PATCH]' 'mm: cut short' mm/swap.c 's/swap-1/swap-5/' | sed '/below 2 /,$d' >"$S/cut.patch"
	build series 9.9-src mine "$S/cut.patch"
	fails 2 "patch 1 of 1, \"mm: cut short\": corrupt patch"
	result "patch_cut_short"

	again
	mail '[PATCH]' 'mm: away' mm/swap.c 's/swap-1/swap-6/' | sed 's,[ab]/mm/swap.c,a/../../escaped/swap.c,g' >"$S/dots.patch"
	build series 9.9-src mine "$S/dots.patch"
	fails 2 "outside the tree"
	mkdir "$R/escaped"
	{
		mail '[PATCH 1/2]' 'mm: a way out'
		printf 'diff --git a/mm/out b/mm/out\nnew file mode 120000\n--- /dev/null\n+++ b/mm/out\n@@ -0,0 +1 @@\n+%s\n\\ No newline at end of file\n' "$R/escaped"
		mail '[PATCH 2/2]' 'mm: used'
		printf 'diff --git a/mm/out/x b/mm/out/x\nnew file mode 100644\n--- /dev/null\n+++ b/mm/out/x\n@@ -0,0 +1 @@\n+x\n'
	} >"$S/symlink.mbox"
	build series 9.9-src mine "$S/symlink.mbox"
	fails 2 "patch 2 of 2.*mm/out"
	[ -z "$(find "$R" -path '*escaped/?*' 2>/dev/null)" ] || not "written outside"
	result "patch_to_the_outside"

	again
	mail '[PATCH]' 'mm: nothing left' mm/memory.c d >"$S/empty-memory.patch"
	build series 9.9-src empty "$S/empty-memory.patch"
	fails 3 "empty does not build: .*undefined reference to .memory.*log/empty.log"
	mail '[PATCH]' 'kernel: nothing left' kernel/spare.c d >"$S/empty-spare.patch"
	build series 9.9-src empty "$S/empty-spare.patch"
	works
	is objects 1
	holds memory-1 -spare-1
	result "file_emptied"

	again
	remove() { # SUBJECT FILE
		mail '[PATCH]' "$1" "$2" d | sed "s,^diff --git.*,&\ndeleted file mode 100644,; s,^+++ .*,+++ /dev/null,"
	}
	remove 'mm: no rmap' mm/rmap.c >"$S/del.patch"
	build series 9.9-src del "$S/del.patch"
	fails 3 "del does not build: .*No rule to make target .mm/rmap.o"
	{
		remove 'kernel: no spare' kernel/spare.c
		mail '[PATCH]' 'kernel: nor its line' kernel/Makefile /spare/d
	} >"$S/del2.patch"
	build series 9.9-src del "$S/del2.patch"
	works
	holds memory-1 -spare-1
	untouched
	result "file_deleted"

	again
	remove 'mm: no internal.h' mm/internal.h >"$S/delh.patch"
	build series 9.9-src delh "$S/delh.patch"
	fails 3 "delh does not build: .*mm/[a-z]*.c:1:10: fatal error: internal.h"
	result "header_deleted"

	again
	{
		mail '[PATCH]' 'kernel: fresh' kernel/Makefile '$s,$,\nobj-y += kernel/fresh/fresh.o,' | sed '/^-- $/,$d'
		printf 'diff --git a/kernel/fresh/fresh.c b/kernel/fresh/fresh.c\nnew file mode 100644\n--- /dev/null\n+++ b/kernel/fresh/fresh.c\n@@ -0,0 +1 @@\n+const char fresh[] = "fresh-1";\n'
	} >"$S/add.patch"
	build series 9.9-src add "$S/add.patch"
	works
	is objects 1
	holds fresh-1 memory-1
	result "file_added"

	again
	{
		mail '[PATCH]' 'mm: other name' mm/Makefile 's,mm/rmap.o,mm/other.o,' | sed '/^-- $/,$d'
		printf 'diff --git a/mm/rmap.c b/mm/other.c\nsimilarity index 100%%\nrename from mm/rmap.c\nrename to mm/other.c\n'
	} >"$S/rename.patch"
	build series 9.9-src ren "$S/rename.patch"
	works
	is objects 1
	holds rmap-1
	untouched
	result "file_renamed"

	again
	mail '[PATCH]' 'mm: no swap' mm/Kconfig /SWAP/d >"$S/kconfig.patch"
	build series 9.9-src conf "$S/kconfig.patch"
	fails 3 "conf: 1 of .*CONFIG_SWAP=y"
	again
	{
		mail '[PATCH]' 'mm: a choice' mm/Kconfig 's/config PM/&\nconfig FRESH/' mm/swap.c '$s/$/\n#ifdef CONFIG_FRESH\nconst char f[] = "fresh-2";\n#endif/'
	} >"$S/kconfig2.patch"
	build series 9.9-src conf "$S/kconfig2.patch"
	works
	is objects 1
	grep -q '^# CONFIG_FRESH is not set' "$dir/config" || not "no new symbol in config"
	holds -fresh-2
	untouched
	result "series_that_changes_the_config"

	again
	{
		mail '[PATCH 1/2]' 'mm: broken' mm/memory.c 's/memory-1"/memory-7/'
		mail '[PATCH 2/2]' 'mm: warns' mm/internal.h '$s/$/\n#warning hm/'
	} >"$S/broken.mbox"
	build series 9.9-src broken "$S/broken.mbox"
	fails 3 "broken does not build: mm/memory.c:22:[0-9]+: error: .*all of it: $COWPEN_CACHE/log/broken.log"
	grep -q '  CC      mm/memory.o' "$COWPEN_CACHE/log/broken.log" || not "no log"
	untouched
	result "does_not_compile"
}
