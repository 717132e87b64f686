#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the tests of one category or of several, one after the other.
#
#   run_cowpen.sh [-t "category ..."] [-l]
#
# A category is an area of cases, "fork" is all that is called fork-*; -l lists them. KTAP, a
# line a program, with what it says itself as subtests. Exit status: kselftest's.

usage() {
	echo "usage: $0 [-t \"category ...\"] [-l]" >&2
	exit 3
}

cd "$(dirname "$0")" || exit 1
here=$(for t in ./*-*; do [ -f "$t" ] && [ -x "$t" ] && echo "${t#./}"; done)
all=$(echo "$here" | sed 's/-.*//' | sort -u)
wanted=$all
while getopts t:l opt; do
	case $opt in
	t) wanted=$OPTARG ;;
	l)
		echo "$all"
		exit 0 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || usage

tests=
for w in $wanted; do
	some=$(echo "$here" | grep "^$w-")
	[ -n "$some" ] || {
		echo "$0: there is no category $w, see -l" >&2
		exit 3
	}
	tests="$tests $some"
done
# shellcheck disable=SC2086 # words
set -- $tests
[ $# -gt 0 ] || {
	echo "1..0 # SKIP no test was built"
	exit 4
}

echo "KTAP version 1"
echo "1..$#"
exec 4>&1
n=0 failed=0 skipped=0
for t; do
	n=$((n + 1))
	rc=$({ { ./"$t" 2>&1; echo $? >&3; } | sed 's/^/  /' >&4; } 3>&1)
	case $rc in
	0) echo "ok $n $t" ;;
	2) echo "ok $n $t # XFAIL" ;;
	4)
		skipped=$((skipped + 1))
		echo "ok $n $t # SKIP" ;;
	*)
		failed=$((failed + 1))
		echo "not ok $n $t # exit=$rc" ;;
	esac
done
[ $failed -eq 0 ] || exit 1
[ $skipped -lt $n ] || exit 4
