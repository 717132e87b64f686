# SPDX-License-Identifier: GPL-2.0-only
#
# Numbers the mutants of a woven file, from "first" on, and writes to "points" a line each:
#
#	number <tab> file <tab> line <tab> function <tab> operator <tab> code <tab> what it becomes
#
# "lines" has for each line of the file that of the unchanged source. Macros may be nested;
# what stands in "points" is the code without them.

# The end of what begins at @s[at], an opening parenthesis.
function closing(s, at,    depth, c) {
	depth = 0
	for (; at <= length(s); at++) {
		c = substr(s, at, 1)
		if (c == "(") depth++
		else if (c == ")" && --depth == 0) return at
	}
	return 0
}
# Arguments of a macro to arg[1..], which stand in @s without the parentheses.
function split_arguments(s, arg,    n, depth, from, i, c) {
	n = depth = 0
	from = 1
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "(") depth++
		else if (c == ")") depth--
		else if (c == "," && !depth) {
			arg[++n] = substr(s, from, i - from)
			from = i + 1
		}
	}
	arg[++n] = substr(s, from)
	for (i = 1; i <= n; i++) gsub(/^[ \t]+|[ \t]+$/, "", arg[i])
	return n
}
# Code without our macros.
function plain(s,    before, kind, open, end, arg, inner) {
	while (match(s, /COWPEN_[A-Z_]+\(/)) {
		kind = substr(s, RSTART + 7, RLENGTH - 8)
		before = substr(s, 1, RSTART - 1)
		open = RSTART + RLENGTH - 1
		end = closing(s, open)
		if (!end) break
		inner = substr(s, open + 1, end - open - 1)
		split("", arg)
		split_arguments(inner, arg)
		s = before code_of(kind, arg) substr(s, end + 1)
	}
	return s
}
function code_of(kind, arg) {
	if (kind == "AS_IS") return arg[2] "(" arg[3] ")"
	if (kind == "NOT_END") return arg[2] " != " arg[3]
	if (kind == "BEFORE_END") return arg[2] " < " arg[3]
	return arg[2]
}
function becomes(kind, arg) {
	if (kind == "AS_IS") return arg[3]
	if (kind == "FALSE") return "false"
	if (kind == "TRUE") return "true"
	if (kind == "ZERO") return "0"
	if (kind == "NOT") return "!(" arg[2] ")"
	if (kind == "OR") return arg[3]
	if (kind == "SKIP") return "nothing"
	return arg[2] " + PAGE_SIZE < " arg[3]
}
# All macros that begin in line @i, whose text may go on in the next ones.
function note(i,    rest, text, more, k, kind, open, end, arg) {
	rest = line[i]
	while (match(rest, /COWPEN_[A-Z_]+\(/)) {
		kind = substr(rest, RSTART + 7, RLENGTH - 8)
		open = RLENGTH
		text = rest = substr(rest, RSTART)
		for (k = i + 1; !(end = closing(text, open)) && k <= i + 30; k++) {
			more = line[k]
			sub(/^[ \t]+/, "", more)
			text = text " " more
		}
		if (end) {
			split("", arg)
			split_arguments(plain(substr(text, open + 1, end - open - 1)), arg)
			gsub(/"/, "", arg[1])
			printf "%d\t%s\t%d\t%s\t%s\t%s\t%s\n", first++, file, source[i], func_name,
				arg[1], code_of(kind, arg), becomes(kind, arg) >points
		}
		rest = substr(rest, open + 1)
	}
}
{
	line[NR] = $0
	getline source[NR] <lines
}
END {
	for (i = 1; i <= NR; i++) {
		if (line[i] ~ /^[A-Za-z_].*[A-Za-z_0-9]\(/ && line[i] !~ /;$/ && line[i] !~ /^(DEFINE|EXPORT|MODULE)/) {
			func_name = line[i]
			sub(/\(.*/, "", func_name)
			sub(/.*[ *]/, "", func_name)
		}
		begin = first
		note(i)
		out = ""
		rest = line[i]
		for (n = begin; n < first; n++) {
			match(rest, /COWPEN_[A-Z_]+\(/)
			out = out substr(rest, 1, RSTART + RLENGTH - 1) n ", "
			rest = substr(rest, RSTART + RLENGTH)
		}
		print out rest
		if (!included && line[i] ~ /^#include </) {
			print "#include <linux/cowpen_mutant.h>"
			included = 1
		}
	}
	print first >last
}
