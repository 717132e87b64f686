# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# The forms in which a series comes.

part_forms() {
	# same SERIES [PATTERN]: comes to the same kernel.
	same() {
		no_make build series 9.9-src "${3:-three}" "$1"
		if [ $# -ge 2 ]; then
			said "$2"
			grep -vE "$2" "$T/err" >"$T/rest"
			mv "$T/rest" "$T/err"
		fi
		again_dir "$three"
	}
	cat "$S/0" "$S/1" "$S/2" "$S/re" "$S/3" "$S/re" >"$S/talk.mbox"
	same "$S/talk.mbox"
	cat "$S/0" "$S/re" >"$S/nothing.mbox"
	no_make build series 9.9-src three "$S/nothing.mbox"
	fails 4 "no patch: cover letters and replies only"
	result "mbox_with_cover_letter_and_replies"

	sed 's/$/\r/' "$S/talk.mbox" >"$S/crlf.mbox"
	same "$S/crlf.mbox"
	sed 's/$/\r/' "$S/2" >"$S/crlf.patch"
	no_make build series 9.9-src three "$S/crlf.patch"
	fails 2 "patch 1 of 1, \"mm: second\": mm/memory.c, hunk 1" "^$S/crlf.patch holds 1 of the 3 patches of its series"
	sed 's/$/\r/' "$S/hunk.mbox" >"$S/hunk-crlf.mbox"
	no_make build series 9.9-src three "$S/hunk-crlf.mbox"
	fails 2 "patch 2 of 3, \"mm: second\": mm/rmap.c, hunk 2"
	result "crlf"

	cat "$S/3" "$S/2" "$S/0" "$S/1" >"$S/order.mbox"
	same "$S/order.mbox"
	result "mbox_out_of_order"

	{
		cat "$S/1" "$S/2"
		sed 's/PATCH/PATCH v2/; s/swap-9/swap-old/' "$S/3"
		sed 's/PATCH/RFC PATCH riscv64 v10/' "$S/1"
		sed 's/PATCH/PATCHv9/; s/memory-9/memory-old/' "$S/2"
		sed 's/PATCH/PATCH v10 mm-unstable/' "$S/2"
		sed 's/PATCH/PATCHv10/' "$S/3"
	} >"$S/versions.mbox"
	same "$S/versions.mbox" "versions.mbox holds 4 versions of the series: taking v10"
	sed 's/PATCH/PATCH riscv64/' "$S/1" >"$S/tag.mbox"
	cat "$S/2" "$S/3" >>"$S/tag.mbox"
	same "$S/tag.mbox"
	result "mbox_with_versions"

	mkdir "$S/folder" "$S/folder-1" "$S/maildir"
	cp "$S/0" "$S/folder/0000-cover-letter.patch"
	for i in 1 2 3; do
		cp "$S/$i" "$S/folder/000$i-mm.patch"
	done
	echo "not this" >"$S/folder/README"
	same "$S/folder"
	same "$S/folder/"
	cp "$S/talk.mbox" "$S/folder-1/a.mbox"
	same "$S/folder-1"
	result "folder_of_patches"

	mkdir "$S/maildir/cur" "$S/maildir/new" "$S/maildir/tmp"
	for i in 3 re 2; do
		sed 1d "$S/$i" >"$S/maildir/cur/$i:2,S"
	done
	sed 1d "$S/1" >"$S/maildir/new/9"
	same "$S/maildir"
	result "maildir"

	again
	diffs mm/memory.c 's/memory-1/memory-9/' mm/rmap.c 's/rmap-1/rmap = 9/' mm/swap.c 's/swap-1/swap-9/' >"$S/bare.diff"
	same "$S/bare.diff"
	{
		echo "Some words, and a Subject: that is none."
		echo "From here on it is a diff."
		cat "$S/bare.diff"
	} >"$S/words.diff"
	same "$S/words.diff"
	sed '/^diff --git/d; s,^--- a/,--- linux-9.9.orig/,; s,^+++ b/,+++ linux-9.9/,; s/$/\r/' "$S/bare.diff" >"$S/old.diff"
	same "$S/old.diff"
	{
		printf 'commit 0123456789abcdef0123456789abcdef01234567\nAuthor: A <a@example.com>\nDate:   Mon Jan 1 00:00:00 2024 +0000\n\n    mm: shown\n\n'
		cat "$S/bare.diff"
	} >"$S/show.diff"
	same "$S/show.diff"
	printf 'Subject: mm: quilted\n\nWords.\n\n' >"$S/quilt.patch"
	cat "$S/bare.diff" >>"$S/quilt.patch"
	same "$S/quilt.patch"
	result "bare_diffs"

	# encoded HOW COMMAND...: $S/2 with its body encoded.
	encoded() {
		how=$1
		shift
		sed '/^$/q' "$S/2" | sed "s/^Subject/MIME-Version: 1.0\nContent-Type: text\/plain; charset=UTF-8\nContent-Transfer-Encoding: $how\n&/"
		sed '1,/^$/d' "$S/2" | "$@"
		echo
	}
	qp() {
		sed 's/=/=3D/g; s/\(.\{50\}\)\(.\)/\1=\n\2/'
	}
	{
		cat "$S/1"
		encoded base64 base64
		cat "$S/3"
	} >"$S/base64.mbox"
	same "$S/base64.mbox"
	{
		cat "$S/1"
		encoded base64 sh -c 'sed "s/\$/\r/" | base64'
		cat "$S/3"
	} | sed 's/$/\r/' >"$S/base64-crlf.mbox"
	same "$S/base64-crlf.mbox"
	{
		cat "$S/1"
		encoded quoted-printable qp
		cat "$S/3"
	} >"$S/qp.mbox"
	same "$S/qp.mbox"
	result "encoded_mails"

	: >"$S/empty.patch"
	no_make build series 9.9-src no "$S/empty.patch"
	fails 4 "empty.patch is empty"
	printf 'Dear all,\nsee below.\n' >"$S/letter.txt"
	no_make build series 9.9-src no "$S/letter.txt"
	fails 4 "letter.txt is no patch"
	head -c 3000 /dev/urandom >"$S/binary"
	no_make build series 9.9-src no "$S/binary"
	fails 4 "binary is no patch"
	mkdir "$S/empty"
	no_make build series 9.9-src no "$S/empty"
	fails 4 "holds no series"
	no_make build series 9.9-src no "$S/nosuch.patch"
	fails 1 "no file and no folder \"$S/nosuch.patch\""
	again
	mail '[PATCH]' 'mm: there and back' mm/swap.c 's/swap-1/swap-x/' mm/swap.c 's/swap-x/swap-1/' >"$S/back.patch"
	no_make build series 9.9-src no "$S/back.patch"
	fails 4 "changes nothing on 9.9-src"
	result "no_series"

	build base 9.8-src
	fails 1 "no kernel \"9.8-src\" .*9.9-src 9.9-debug 9.9-missing 9.9-nofrag"
	build kernel 9.8
	fails 1 "no kernel \"9.8\""
	build series 9.9-one x "$S/one.patch"
	fails 1 "9.9-one has a series on it already: name its base, 9.9-src"
	build base 9.9-nofrag
	fails 1 "no fragment \"nosuch\": there are base debug missing"
	no_make build base 9.9
	[ "$rc" -eq 0 ] && [ "$dir" = "$base" ] || not "the stock kernel's name is not that of its source"
	said "^9.9 is Debian's own build; from its source it is 9.9-src$"
	quiet "9.9-src$"
	for a in nosuch series kernel 'base a b' tree 'series 9.9-src x'; do
		# shellcheck disable=SC2086 # a list
		build $a
		[ "$rc" -eq 1 ] && grep -q '^usage: ' "$T/err" || not "\"$a\" is taken"
	done
	result "unknown_names"
}
