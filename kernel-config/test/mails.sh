# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# Series, as people send them.

# mail TAG SUBJECT [FILE SED]...: a mail, with a diff of what SED does to FILE of
# $T/w, cumulatively.
mail() {
	cat <<-EOT
	From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
	From: A U Thor <author@example.com>
	Date: Mon, 1 Jan 2024 00:00:00 +0000
	Subject: $1 $2

	Words about it.

	Signed-off-by: A U Thor <author@example.com>
	---

	EOT
	shift 2
	diffs "$@"
	printf '%s\n' '-- ' 2.39.5 ''
}

# diffs [FILE SED]...
diffs() {
	while [ $# -ge 2 ]; do
		cp "$T/w/$1" "$T/before"
		sed -i "$2" "$T/w/$1"
		printf 'diff --git a/%s b/%s\n' "$1" "$1"
		diff -u --label "a/$1" --label "b/$1" "$T/before" "$T/w/$1"
		shift 2
	done
}

# Anew from the base.
again() {
	rm -rf "$T/w"
	cp -a "$R/plain" "$T/w"
}

# For all parts: one patch, three patches of which the second needs the first, what
# goes with them in a thread.
S=$R/mails
T=$R/main
mkdir "$S" "$T"
again
mail '[PATCH]' 'mm: memory two' mm/memory.c 's/memory-1/memory-2/' >"$S/one.patch"
again
mail '[PATCH]' right mm/memory.c 's/memory-1/memory-r/' mm/rmap.c 's/rmap-1/rmap-r/' >"$S/right.patch"
again
mail '[PATCH 0/3]' 'mm: all of it' | sed 's,^Words.*,Interdiff against v0:\ndiff --git a/mm/swap.c b/mm/swap.c\n--- a/mm/swap.c\n+++ b/mm/swap.c\n@@ -1 +1 @@\n-x\n+y\n,' >"$S/0"
mail '[PATCH 1/3]' 'mm: first' mm/memory.c 's/memory-1/memory-8/' >"$S/1"
mail '[PATCH 2/3]' 'mm: second' mm/memory.c 's/memory-8/memory-9/' mm/rmap.c 's/rmap-1/rmap = 9/' >"$S/2"
mail '[PATCH 3/3]' 'mm: third' mm/swap.c 's/swap-1/swap-9/' >"$S/3"
again
mail 'Re: [PATCH 2/3]' 'mm: second' mm/memory.c 's/memory-1/memory-reply/' >"$S/re"
cat "$S/1" "$S/2" "$S/3" >"$S/plain.mbox"
# The same with a hunk that does not apply.
again
{
	mail '[PATCH 1/3]' 'mm: first' mm/memory.c 's/memory-1/memory-3/'
	mail '[PATCH 2/3]' 'mm: second' mm/rmap.c 's/rmap-1/rmap-3/; s/above 2 /above two /' |
		sed 's/^ \(.*below 2 .*\)/ \1 not so/'
	mail '[PATCH 3/3]' 'mm: third' mm/swap.c 's/swap-1/swap-3/'
} >"$S/hunk.mbox"

# Stands for a kernel that was not built.
mkdir "$R/nothing"
for f in vmlinux config kernel.json log; do
	: >"$R/nothing/$f"
done
