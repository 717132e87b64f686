# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # sourced by test-build
#
# The tree of linux/, as a git tree of a user's and as what fetch keeps; what build reads.

# The same as a git tree of a user's with a history, and as what fetch keeps.
GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.com
export GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
git() {
	command git -C "$K" -c gc.auto=0 -c advice.detachedHead=false "$@"
}
commit() { # TAG: all that is there
	git add -A && git commit -q -m "$1" && git tag "$1"
}
cp -a "$K" "$R/plain"
git init -q -b main
commit c1
sed -i 's/swap-1/swap-2/' "$K/mm/swap.c"
git mv mm/ksm.c mm/merge.c
sed -i 's,mm/ksm.o,mm/merge.o,' "$K/mm/Makefile"
commit c2
git checkout -q -b side c1
sed -i 's/exec-1/exec-2/' "$K/kernel/exec.c"
commit s1
git checkout -q main
git merge -q --no-ff -m merge side && git tag m1
sed -i 's/above 17/over 17/' "$K/mm/rmap.c"
commit c3

# Once more in another repository's words; what a user may have set.
for c in diff.noprefix=true diff.mnemonicPrefix=true diff.renames=copies color.ui=always \
	format.attach=x format.useAutoBase=true format.suffix=.txt format.coverLetter=true \
	format.numbered=true format.signOff=true diff.context=1 core.quotePath=true; do
	git config "${c%%=*}" "${c#*=}"
done

B=$R/kc
mkdir -p "$B/fragments" "$R/patches/9.9/one" "$R/patches/9.9/none"
ln -s "$here/build" "$here/changed-functions" "$here/fetch" "$here"/lib*.sh "$here/modules.conf" "$B/"
cat >"$B/fragments/base.config" <<'EOT'
# Help: a comment, with CONFIG_NOSUCH=y in it
CONFIG_SWAP=y
CONFIG_KSM=y
CONFIG_LEVEL=3
# CONFIG_PM is not set
CONFIG_NEW=y	# from 9.10
CONFIG_OLD=y	# until 9.8
CONFIG_SINCE=y	# from 9.9
CONFIG_LAST=y	# until 9.9
CONFIG_MAYBE=y	# optional: some have it
CONFIG_QUIET=y	# optional: debug wants it off
CONFIG_FORCED=y
EOT
cat >"$B/fragments/debug.config" <<'EOT'
CONFIG_DEBUG_VM=y
# CONFIG_KSM is not set
# CONFIG_QUIET is not set
CONFIG_LEVEL=4	# from 9.10
CONFIG_PM=y	# until 9.8
EOT
printf 'CONFIG_NOSUCH=y\n# CONFIG_FORCED is not set\n' >"$B/fragments/missing.config"
cat >"$R/kernels.conf" <<'EOT'
9.9          stock    trixie    9.9.0-%-amd64     linux-image default
9.9-src      source   trixie    linux-source-9.9  base
9.9-debug    source   trixie    linux-source-9.9  base,debug default
9.9-missing  source   trixie    linux-source-9.9  base,missing
9.9-nofrag   source   trixie    linux-source-9.9  base,nosuch
9.9-one      patched  9.9-src   9.9/one   default
9.9-none     patched  9.9-src   9.9/none
9.9-all      patched  9.9-src   9.9/mend-*
9.9-nobody   patched  9.9-src   9.9/nobody-*
9.9-gone     patched  9.9-src   9.9/gone
EOT
COWPEN_KERNELS_CONF=$R/kernels.conf
COWPEN_PATCHES=$R/patches
COWPEN_CACHE=$R/cache
# Should it want to download after all.
COWPEN_APT_SOURCES=$R/no-sources
export COWPEN_KERNELS_CONF COWPEN_PATCHES COWPEN_CACHE COWPEN_APT_SOURCES

# new_cache FOLDER: with the source in it.
new_cache() {
	d=$1/src/linux-source-9.9
	mkdir -p "$d"
	cp -a "$R/plain" "$d/9.9.7-1"
	find "$d/9.9.7-1" -exec touch -d '2024-01-01' {} +
	echo linux-source-9.9 9.9.7-1 >"$d/9.9.7-1/cowpen-source"
	ln -s 9.9.7-1 "$d/current"
}
