# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # what the parts set for each other
#
# A series: collected, sorted, applied, and put into a copy of its base. Sourced by
# build.

SERIES_KEPT=20
layered=''

# Nothing of the user's git set-up has a say in what applies.
bare_git() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CEILING_DIRECTORIES=/ \
		git -c user.name=cowpen -c user.email=cowpen@localhost -c gc.auto=0 \
		-c core.autocrlf=false -c mailinfo.quotedCr=strip -c advice.mergeConflict=false "$@"
}

# collect SERIES: its mails as $tmp/mail/0001..., in order.
collect() {
	check_space 50000
	mkdir -p "$tmp/mail" "$tmp/raw" "$tmp/diffs" || die_full
	if [ -d "$1/cur" ] || [ -d "$1/new" ]; then
		bare_git mailsplit -o"$tmp/raw" "$1" >/dev/null || die "cannot read the Maildir $1"
	elif [ -d "$1" ]; then
		n=0
		for f in "$1"/*.patch "$1"/*.eml "$1"/*.diff "$1"/*.mbox; do
			[ -f "$f" ] || continue
			split_file "$f"
		done
		[ $n -gt 0 ] || quit 4 "$1 holds no series: it has no *.patch, *.eml, *.diff or *.mbox, and is no Maildir"
	elif [ -f "$1" ]; then
		[ -s "$1" ] || quit 4 "$1 is empty: name a series"
		n=0
		split_file "$1"
	else
		collect_range "$1"
	fi
	sort_mails "$1"
}

# collect_all FOLDER...: the mails of several series, one after the other.
collect_all() {
	total=0
	mkdir -p "$tmp/all/mail" "$tmp/all/diffs" || die_full
	for series; do
		rm -rf "$tmp/mail" "$tmp/raw" "$tmp/diffs"
		collect "$series"
		for f in "$tmp"/mail/*; do
			total=$((total + 1))
			number=$(printf '%04d' $total)
			mv "$f" "$tmp/all/mail/$number" && mv "$tmp/diffs/${f##*/}" "$tmp/all/diffs/$number" || die_full
		done
	done
	rm -rf "$tmp/mail" "$tmp/diffs"
	mv "$tmp/all/mail" "$tmp/all/diffs" "$tmp/" || die_full
	rm -rf "$tmp/all"
	npatches=$total
}

# split_file FILE: the mails in it to $tmp/raw, counting in $n.
split_file() {
	{
		# A diff, perhaps with words before it: git am wants a mail with a sender.
		if ! is_mail "$1"; then
			grep -q -m1 -aE '^(diff --git|--- )' "$1" || quit 4 "$1 is no patch: there is no diff in it"
			printf 'From: cowpen <cowpen@localhost>\nDate: Thu, 1 Jan 1970 00:00:00 +0000\nSubject: [PATCH] %s\n\n---\n' "${1##*/}"
		fi
		cat "$1"
	} >"$tmp/one" || die_full
	more=$(bare_git mailsplit -d4 -f"$n" -b -o"$tmp/raw" "$tmp/one" 2>/dev/null) ||
		die "cannot read the mbox $1: save it anew"
	n=$((n + more))
}

# is_mail FILE: one or several, of an mbox or alone.
is_mail() {
	grep -q -m1 -aE '^From [^ ]+ .*[0-9]:[0-9][0-9].* [0-9]{4}' "$1" && return
	head -n 1 "$1" | grep -q -aE '^[A-Za-z-]+:' &&
		grep -m1 -aiE '^(From: |diff --git |--- )' "$1" | grep -q -ai '^From:'
}

# collect_range RANGE: of the user's tree.
collect_range() {
	tree=${COWPEN_TREE:-${tree-}}
	[ -n "$tree" ] ||
		die "no file and no folder \"$1\": if it is a git range, say of which tree (TREE=)"
	tree=$(cd "$tree" 2>/dev/null && pwd) || die "no folder $COWPEN_TREE: TREE= names a kernel tree"
	tree_git rev-parse --git-dir >/dev/null 2>&1 || die "$tree is no git tree: TREE= names one"
	range=$1
	case $range in
	*..*) ;;
	*) range=$1^..$1 ;;
	esac
	count=$(tree_git rev-list --count --no-merges "$range" -- 2>/dev/null) ||
		die "no file, no folder and no git range of $tree: \"$1\""
	[ "$count" -gt 0 ] || quit 4 "the range $1 of $tree has no commit: nothing to test"
	merges=$(tree_git rev-list --count --merges "$range" --)
	[ "$merges" -eq 0 ] || say "the range $1 has merges ($merges): they are left out"
	tree_git format-patch -q --no-signature --no-cover-letter --no-base --no-attach --no-renames --full-index \
		--binary --no-color --no-ext-diff -U3 --src-prefix=a/ --dst-prefix=b/ --subject-prefix=PATCH \
		-o "$tmp/raw" "$range" -- || die "git format-patch $range in $tree failed: see what it says"
}

# sort_mails SERIES: of $tmp/raw the patches to $tmp/mail, as [PATCH n/m] says,
# and what is in them, decoded, to $tmp/diffs. A reply may hold a diff that is only
# talk, and a cover letter one to an older version: both are left out. Of several
# versions the highest is taken.
sort_mails() {
	: >"$tmp/index" || die_full
	for f in "$tmp"/raw/*; do
		[ -f "$f" ] || continue
		# -k: the subject as it was sent.
		bare_git mailinfo -k --encoding=UTF-8 "$tmp/msg" "$f.diff" <"$f" >"$tmp/info" 2>/dev/null
		subject=$(sed -n 's/^Subject: //p' "$tmp/info" | head -n 1)
		case $(printf '%s' "$subject" | sed 's/^\(\[[^]]*\] *\)*//') in
		[Rr][Ee]:* | [Aa][Ww]:* | [Ss][Vv]:*) continue ;;
		esac
		grep -q -m1 -aE '^(diff --git|--- )' "$f.diff" 2>/dev/null || continue
		printf '%s\t%s\n' "$(printf '%s' "$subject" | tr '\t' ' ')" "$f" >>"$tmp/index" || die_full
	done
	awk -F '\t' '{
			tag = match($1, /^(\[[^]]*\] *)+/) ? substr($1, 1, RLENGTH) : ""
			v = 1
			if (match(tag, /(PATCH|RFC|[[ ,])[vV][0-9]+[] ,]/)) {
				v = substr(tag, RSTART, RLENGTH)
				gsub(/[^0-9]/, "", v)
			}
			i = NR
			m = 0
			if (match(tag, /[[ ,][0-9]+\/[0-9]+[] ,]/)) {
				split(substr(tag, RSTART + 1, RLENGTH - 2), of, "/")
				i = of[1] + 0
				m = of[2] + 0
			}
			if (i > 0) print v + 0 "\t" i "\t" NR "\t" $2 "\t" m
		}' "$tmp/index" | sort -k1,1nr -k2,2n -k3,3n >"$tmp/sorted"
	[ -s "$tmp/sorted" ] || quit 4 "$1 holds no patch: cover letters and replies only"
	top=$(head -n 1 "$tmp/sorted" | cut -f1)
	versions=$(cut -f1 "$tmp/sorted" | sort -u | wc -l)
	[ "$versions" -eq 1 ] || say "$1 holds $versions versions of the series: taking v$top"
	npatches=0
	while IFS='	' read -r v _ _ f m; do
		[ "$v" -eq "$top" ] || continue
		npatches=$((npatches + 1)) whole=$m
		number=$(printf '%04d' $npatches)
		cp "$f" "$tmp/mail/$number" && cp "$f.diff" "$tmp/diffs/$number" || die_full
	done <"$tmp/sorted"
	[ "$whole" -eq 0 ] || [ "$whole" -eq "$npatches" ] ||
		say "$1 holds $npatches of the $whole patches of its series: those are applied"
	mails=1
}

# touched FILE...: the paths that diffs speak of.
touched() {
	cat "$@" | awk '
		/^(---|\+\+\+) [^\/]+\// { sub(/^[^\/]*\//, "", $2); print $2 }
		/^rename (from|to) / || /^copy (from|to) / { print $3 }
		/^diff --git a\// { print substr($3, 3); print substr($4, 3) }' | sort -u
}

# apply: the mails, with git am -3, to a scratch repository that holds only the
# files that they speak of. $tmp/repo, commit "base" and HEAD.
apply() {
	repo=$tmp/repo
	step "making $repo" mkdir "$repo"
	touched ${mails:+"$tmp"/diffs/*} ${delta:+"$delta"} >"$tmp/files"
	while IFS= read -r f; do
		case /$f/ in
		*/../* | */.git/*) quit 2 "the series does not apply to $base: it names $f, which is outside the tree" ;;
		esac
		[ -f "$src/$f" ] || [ -L "$src/$f" ] || continue
		{ mkdir -p "$repo/$(dirname "$f")" && cp -pP "$src/$f" "$repo/$f"; } 2>/dev/null || die_full
	done <"$tmp/files"
	bare_git -C "$repo" init -q -b main || die "git init failed: see what it says"
	# With the user's objects at hand, -3 can do what its name says.
	if [ -n "${tree-}" ]; then
		alt=$(tree_git rev-parse --git-path objects)
		case $alt in /*) ;; *) alt=$tree/$alt ;; esac
		printf '%s\n' "$alt" >"$repo/.git/objects/info/alternates"
	fi
	commit_all "$identity"
	bare_git -C "$repo" tag base
	if [ -n "$delta" ]; then
		bare_git -C "$repo" apply --index --whitespace=nowarn "$delta" 2>"$tmp/why" ||
			die "the differences between $source and $identity of $tree do not apply: $(head -n 1 "$tmp/why")"
		commit_all "$identity"
	fi
	bare_git -C "$repo" tag before
	[ -n "$mails" ] || return 0
	bare_git -C "$repo" am -q -3 --whitespace=nowarn "$tmp"/mail/* >"$tmp/why" 2>&1 </dev/null || does_not_apply
}

commit_all() {
	bare_git -C "$repo" add -A -f . >/dev/null 2>&1 &&
		bare_git -C "$repo" commit -q --allow-empty --no-verify -m "$1" || die_full
}

# does_not_apply: say which patch and which hunk; $tmp/why is what am said.
does_not_apply() {
	if [ "$(avail_kb)" -lt 1024 ]; then
		die_full
	fi
	am=$repo/.git/rebase-apply
	i=$(cat "$am/next" 2>/dev/null) subject=$(head -n 1 "$am/final-commit" 2>/dev/null)
	bare_git -C "$repo" am --show-current-patch=diff >"$tmp/patch" 2>/dev/null
	{ bare_git -C "$repo" am --quit && bare_git -C "$repo" reset --hard; } >/dev/null 2>&1
	at=$(bare_git -C "$repo" apply --check "$tmp/patch" 2>&1 | sed -n 's/^error: //p' | sed 's/^patch failed: //; q')
	[ -n "$at" ] || at=$(grep -m1 -E 'CONFLICT|^error|^fatal' "$tmp/why" | sed 's/^[a-z]*: //')
	file=${at%:*} line=${at##*:}
	case $line in
	'' | *[!0-9]*) hunk= ;;
	*)
		hunk=$(awk -v f="$file" -v l="$line" '
			/^--- / { cur = $2; sub(/^[^\/]*\//, "", cur); n = 0 }
			/^@@ / { n++; split($2, a, /[-,]/); if (cur == f && a[2] == l) { print n; exit } }' "$tmp/patch")
		at="$file, hunk ${hunk:-?} (line $line)" ;;
	esac
	quit 2 "the series does not apply to $base: patch ${i:-1} of $npatches, \"$subject\": ${at:-$(head -n 1 "$tmp/why")}: rebase it, or name the base that it was made for (BASE=)"
}

# layer FOLDER: source and objects of the base, read where they are, written above.
layer() {
	[ "${COWPEN_LAYERS-}" = yes ] || return
	case $src$1 in
	*[,:\\]*) return 1 ;;
	esac
	step "making room" mkdir "$1" "$1.above" "$1.work"
	layered=$1
	# Nothing of it needs to be on the disk when it is gone: volatile (v5.10) does not wait for that.
	for how in volatile ''; do
		! mount -t overlay -o "${how:+$how,}lowerdir=$src,upperdir=$1.above,workdir=$1.work" cowpen "$1" 2>/dev/null ||
			return 0
	done
	layered=''
	rmdir "$1" "$1.above" "$1.work"
	return 1
}

# no_tree: the one of the series before.
no_tree() {
	[ -z "$layered" ] || umount -l "$layered" 2>/dev/null
	layered=''
	rm -rf "$tmp/tree" "$tmp/tree.above" "$tmp/tree.work"
}

# copy_base FOLDER: source and objects of the base, as up to date as they are there.
copy_base() {
	layer "$1" || copy_whole "$1"
	# objtool and its like are built with absolute paths; moved, they would be
	# built again, and with them every object that they have looked at.
	grep -rlF --include='.*.cmd' --include='*.d' --include=Makefile --include='.*.d' "$src/" "$1/$objects" >"$tmp/moved"
	while IFS= read -r f; do
		touch -r "$f" "$tmp/stamp" && sed -i "s,$src/,$1/,g" "$f" && touch -r "$tmp/stamp" "$f" || die_full
	done <"$tmp/moved"
}

copy_whole() {
	step "making room" mkdir "$1"
	(cd "$src" && find . -maxdepth 1 -mindepth 1 ! -name 'o-*' ! -name '.cowpen-*' -print0) >"$tmp/top"
	step "copying $base" sh -c 'cd "$1" && xargs -0 cp -al -t "$2" <"$3"' - "$src" "$1" "$tmp/top"
	step "copying $base" cp -a "$src/$objects" "$1/$objects"
}

# put FOLDER: what the series made of the files.
put() {
	bare_git -C "$repo" diff --no-renames --name-status base HEAD >"$tmp/changes"
	while IFS='	' read -r what f; do
		rm -f "$1/$f"
		if [ "$what" = D ]; then
			# make does not miss the source of an object that is there.
			rm -f "$1/$objects/${f%.*}.o"
			continue
		fi
		{ mkdir -p "$1/$(dirname "$f")" && cp -P "$repo/$f" "$1/$f"; } 2>/dev/null || die_full
	done <"$tmp/changes"
}

# build_series NAME FOLDER LABEL: the base with $tmp/repo's changes; FOLDER/KEY.
build_series() {
	bare_git -C "$repo" diff --no-renames --binary --full-index base HEAD >"$tmp/diff"
	if [ -n "$mails" ] && bare_git -C "$repo" diff --quiet before HEAD; then
		quit 4 "the series changes nothing on $base: it is in there already"
	fi
	sum=$(sha256sum <"$tmp/diff" | cut -c1-12)
	# With what it began with: the same sources may be a commit, or one and a series.
	skey=$(printf '%s %s' "$key" "$sum $identity $dirty $mails" | sha256sum | cut -c1-12)
	sdir=$2/$skey
	if [ -s "$sdir/kernel.json" ]; then
		touch "$sdir"
		return 0
	fi
	build_base
	check_space 700000
	work=$tmp/tree
	copy_base "$work"
	put "$work"
	if grep -qE '	(.*/)?Kconfig[^/]*$' "$tmp/changes"; then
		configure "$3" "$work" "$objects"
	fi
	make_kernel "$3" "$work" "$objects" "$tmp/make.log" "$all"
	check_config "$3" "$work/$objects/.config"
	of_base=$base
	package="$identity${dirty:+ + not committed $dirty}${mails:+ + $3 $sum}"
	origin="$identity, $(printf '%s' "$fragments" | tr ',' '+') config, ${series:+${series%, }, }$built objects in $seconds s"
	finish "$sdir" "$1" "$work" "$objects"
	say "$3: $built of about $all objects in $seconds s"
	# What somebody else's series is called does not matter; what is old goes.
	(cd "$2" && ls -dt ./*/ 2>/dev/null | tail -n +$((SERIES_KEPT + 1)) |
		while IFS= read -r d; do [ -L "${d%/}" ] || rm -rf "$d"; done)
}
