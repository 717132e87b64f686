# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# Patched kernels of kernels.conf.

part_patched() {
	COWPEN_CACHE=$T/cache
	new_cache "$COWPEN_CACHE"
	# current_of NAME: $dir
	current_of() {
		dir=$COWPEN_CACHE/kernels/$1/$(readlink "$COWPEN_CACHE/kernels/$1/current")
	}
	part="^$R/patches/9.9/one holds 2 of the 3 patches of its series: those are applied"
	cp "$S/1" "$R/patches/9.9/one/0001-first.patch"
	cp "$S/2" "$R/patches/9.9/one/0002-second.patch"
	build kernel 9.9-one
	current_of 9.9-one
	[ ! -s "$T/out" ] || not "something on standard output"
	works "$part"
	is name 9.9-one
	is base 9.9-src
	is origin ".*patches/9.9/one \(2 patches\), 2 objects.*"
	holds memory-9 swap-1
	first=$dir
	no_make build kernel 9.9-one 9.9-src
	again_dir ""
	cp "$S/3" "$R/patches/9.9/one/0003-third.patch"
	build kernel 9.9-one
	current_of 9.9-one
	works
	is origin ".*\(3 patches\), 3 objects.*"
	holds memory-9 swap-9
	second=$dir
	rm "$R/patches/9.9/one/0003-third.patch"
	no_make build kernel 9.9-one
	current_of 9.9-one
	works "$part"
	[ "$dir" = "$first" ] || not "does not go back"
	cp "$S/3" "$R/patches/9.9/one/0003-third.patch"
	no_make build kernel 9.9-one
	current_of 9.9-one
	works
	[ "$dir" = "$second" ] || not "does not go forth"
	build kernel 9.9-none
	fails 4 "9.9/none holds no series"
	build kernel 9.9-gone
	fails 1 "9.9-gone has no patches"
	result "patched_kernel_follows_its_patches"

	# Two series, each with numbers of its own, in the order of their folders' names.
	mkdir "$R/patches/9.9/mend-b" "$R/patches/9.9/mend-a"
	cp "$S/1" "$R/patches/9.9/mend-b/0001-first.patch"
	cp "$S/2" "$R/patches/9.9/mend-b/0002-second.patch"
	cp "$S/3" "$R/patches/9.9/mend-b/0003-third.patch"
	again
	mail '[PATCH]' 'mm: swap first' mm/swap.c 's/swap-1/swap-0/' >"$R/patches/9.9/mend-a/0001-first.patch"
	build kernel 9.9-all
	fails 2 "patch 4 of 4, .*: mm/swap.c"
	again
	mail '[PATCH]' 'mm: ksm first' mm/ksm.c 's/ksm-1/ksm-9/' >"$R/patches/9.9/mend-a/0001-first.patch"
	build kernel 9.9-all
	current_of 9.9-all
	works
	is origin ".*patches/9.9/mend-\* \(4 patches\), 4 objects.*"
	holds memory-9 swap-9 ksm-9
	no_make build kernel 9.9-all
	current_of 9.9-all
	works
	again
	mail '[PATCH]' 'mm: ksm first' mm/ksm.c 's/ksm-1/ksm-8/' >"$R/patches/9.9/mend-a/0001-first.patch"
	build kernel 9.9-all
	current_of 9.9-all
	works
	holds memory-9 swap-9 ksm-8
	build kernel 9.9-nobody
	fails 1 "9.9-nobody has no patches: .*nobody-\* is not there"
	result "several_series_on_one_base"

	# old_ones FOLDER: more than are kept.
	old_ones() {
		for i in $(seq 10 39); do
			mkdir "$1/old$i"
			touch -d "2024-01-01 12:$i" "$1/old$i"
		done
	}
	build series 9.9-src three "$S/plain.mbox"
	works
	series=$dir
	old_ones "$COWPEN_CACHE/kernels/series"
	again
	mail '[PATCH]' 'mm: the last' mm/memory.c 's/memory-1/memory-last/' >"$S/last.patch"
	build series 9.9-src last "$S/last.patch"
	works
	holds memory-last
	ls -d "$COWPEN_CACHE"/kernels/series/*/ >"$T/got"
	[ "$(wc -l <"$T/got")" -eq 20 ] || not "there are $(cat "$T/got")"
	grep -q old10 "$T/got" && not "the oldest is there still"
	[ -e "$series" ] || not "one of the newest has gone"
	# What current and by-patch-... point to is one of the old, too.
	old_ones "$COWPEN_CACHE/kernels/9.9-one"
	touch -d 2023-01-01 "$second" "$first"
	cp "$S/one.patch" "$R/patches/9.9/one/0001-first.patch"
	rm "$R/patches/9.9/one/0002-second.patch" "$R/patches/9.9/one/0003-third.patch"
	build kernel 9.9-one
	current_of 9.9-one
	works
	holds memory-2
	[ ! -e "$second" ] || not "an old one is there still"
	result "old_series_go"

	# Not the one whose line has moved, nor the one that gets a string more.
	mkdir -p "$T/was/mm" "$T/is/mm"
	echo 'int f(int a) { return a + 1; } int g(int a) { return a * 3; }' >"$T/x.c"
	gcc -O2 -c -o "$T/was/mm/x.o" "$T/x.c"
	printf '\n\nint f(int a) { return a + 1; } int g(int a) { return a * 5; } int h(void) { return 7; }\n' >"$T/x.c"
	gcc -O2 -c -o "$T/is/mm/x.o" "$T/x.c"
	echo '  CC      mm/x.o' >"$T/log"
	"$here/changed-functions" "$T/was" "$T/is" "$T/log" >"$T/got"
	[ "$(tr '\n' ' ' <"$T/got")" = "mm/x.c g mm/x.c h " ] || not "$(cat "$T/got")"
	result "changed_functions_are_told"

	# Who is pointed to, and what runs at boot only: not the place where a function lies, nor a string.
	cat >"$T/x.c" <<-'E'
		static int f(int a) { return a + 1; }
		static int g(int a) { return a * 3; }
		int (*const ops[])(int) = { g, f };
		__attribute__((section(".init.text"))) int boot(void) { return 5; }
	E
	beside() {
		gcc -O2 -c -o "$T/is/mm/x.o" "$T/y.c" || not "no object"
		"$here/changed-functions" "$T/was" "$T/is" "$T/log" "$T/beside" >"$T/got"
		[ "$(cat "$T/got" "$T/beside")" = "$1" ] || not "$(cat "$T/got" "$T/beside"), not $1"
	}
	gcc -O2 -c -o "$T/was/mm/x.o" "$T/x.c" || not "no object"
	sed 's/return a + 1/return a * 77 - a % 13/' "$T/x.c" >"$T/y.c"
	beside "mm/x.c f"
	sed 's/{ g, f }/{ f, g }/' "$T/x.c" >"$T/y.c"
	beside "mm/x.c data"
	sed 's/return 5/return 6/' "$T/x.c" >"$T/y.c"
	beside "mm/x.c boot"
	{ cat "$T/x.c"; echo 'const char *s(void) { return "a string"; }'; } >"$T/y.c"
	beside "mm/x.c s"
	result "what_else_changed_is_told"
}
