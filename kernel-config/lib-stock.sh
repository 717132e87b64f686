# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034 # what the parts set for each other
#
# A stock kernel and the modules of modules.conf, and of modules-devices.conf, out of
# packages. Sourced by fetch.

# conf_line NAME SOURCE: its fields in $suites $release $packages.
conf_line() {
	kind=$2
	line=$(sed 's/#.*//' "$conf" | awk -v n="$1" '$1 == n { $1 = ""; print; exit }')
	# shellcheck disable=SC2086 # split on purpose
	set -- "$1" $line
	[ $# -ge 4 ] || die "$conf has no kernel \"$1\": its kernels are $(sed 's/#.*//' "$conf" | awk 'NF { printf "%s ", $1 }')"
	[ "$2" = "$kind" ] || die "$1 is not a $kind kernel: those of $conf are $(sed 's/#.*//' "$conf" | awk -v k="$kind" '$2 == k { printf "%s ", $1 }')"
	suites=$3 release=$4
	shift 4
	packages=
	for p; do
		[ "$p" = default ] || packages="$packages $p"
	done
}

# have DIR: a whole kernel, as far as its sizes tell.
have() {
	[ -s "$1/kernel.json" ] && [ -s "$1/vmlinuz" ]
}

# wanted DIR: it was made for the modules that modules.conf names today.
wanted() {
	grep -qF "\"modules_wanted\": \"$(module_names "$modconf" | xargs)\"" "$1/kernel.json"
}

fetch_kernel() {
	name=$1
	conf_line "$name" stock
	dir=$cache/kernels/$name

	# shellcheck disable=SC2086
	set -- $packages
	if ! find_newest "$suites" "$1" "$release"; then
		keep_old "$why" "$todo" && return 0
		die "$why: $todo"
	fi
	if [ -z "$package" ]; then
		keep_old "$suites has no $1-$release" "" && return 0
		# Before saying so, ask the mirror itself.
		fresh || { force=1; fetch_kernel "$name"; return; }
		[ -z "$unknown" ] ||
			die "no package $1-$release, as there is no suite$unknown in ${COWPEN_APT_SOURCES:-the mirror}: add it there"
		die "no package $1-$release in $suites: Debian has dropped it; change the line of \"$name\" in $conf"
	fi
	main=$package mainver=$version v=${package#"$1"-}
	dest=$dir/${main}_$mainver
	if have "$dest" && wanted "$dest"; then
		set_current "$dir" "${main}_$mainver"
		return 0
	fi
	rm -rf "$tmp/k"
	step "making room" mkdir -p "$tmp/k/out/modules" "$tmp/k/tree/lib/modules/$v/kernel"

	if ! unpack_packages "$@"; then
		# The lists may know what the mirror has just replaced.
		! fresh || die "$why: $todo"
		force=1
		fetch_kernel "$name"
		return
	fi
	finish_kernel
	finish_devices "$k/out"
	step "keeping $main" mkdir -p "$dir"
	[ ! -e "$dest" ] || step "replacing $dest" mv "$dest" "$tmp/damaged"
	step "keeping $main" mv "$tmp/k/out" "$dest"
	set_current "$dir" "${main}_$mainver"
	rm -rf "$tmp/k" "$tmp/dl"
}

# unpack_packages PACKAGE...: all of them, of $main's build, into $tmp/k/tree; $got says which.
# Fails with $why and $todo if one cannot be downloaded.
unpack_packages() {
	got=
	first=$1
	for p; do
		if [ "$p" != "$first" ]; then
			find_newest "$suites" "$p" "$v" || die "$why: $todo"
			# No such package, or of another build of that release:
			# the kernel does without.
			if [ -z "$package" ] || [ "$version" != "$mainver" ]; then
				say "$main: Debian has no $p-$v for it any more"
				continue
			fi
		fi
		check_space $((size / 1024 + installed + 32768))
		download || return 1
		unpack_kernel
		got="$got$package $version;"
	done
}

# A kernel that is here, and that was fetched before modules-devices.conf named these modules.
fetch_devices() {
	name=$1
	conf_line "$name" stock
	dest=$(realpath -e "$cache/kernels/$name/current" 2>/dev/null) ||
		die "no kernel $name in $cache: run kernel-config/fetch kernel $name"
	grep -qsF "\"modules_wanted\": \"$(module_names "$devconf" | xargs)\"" "$dest/devices.json" &&
		return 0
	# shellcheck disable=SC2086
	set -- $packages
	find_newest "$suites" "$1" "$release" || die "$why: $todo"
	[ "${package}_$version" = "${dest##*/}" ] ||
		die "Debian has ${package:-nothing} $version, not ${dest##*/}: run kernel-config/fetch update $name"
	main=$package mainver=$version v=${package#"$1"-}
	rm -rf "$tmp/k"
	step "making room" mkdir -p "$tmp/k/out/modules" "$tmp/k/tree/lib/modules/$v/kernel"
	unpack_packages "$@" || die "$why: $todo"
	index_modules
	finish_devices "$dest"
	# Who reads the list finds what it names.
	rm -rf "$dest/devices"
	step "keeping $main" mv "$k/out/devices" "$dest/devices"
	step "keeping $main" mv "$k/out/devices.json" "$dest/devices.json"
	rm -rf "$tmp/k" "$tmp/dl"
}

# keep_old WHY TODO: there is one from an earlier day, that will do.
keep_old() {
	have "$dir/current" || return 1
	say "keeping $(readlink "$dir/current") ($1)"
}

# Take what the guest needs out of $deb, into $tmp/k/tree.
unpack_kernel() {
	k=$tmp/k
	step "unpacking $package" sh -c 'exec dpkg-deb --fsys-tarfile "$1" >"$2"' - "$deb" "$k/data.tar"
	rm -rf "$tmp/dl"
	step "unpacking $package" sh -c 'tar -tf "$1" >"$2"' - "$k/data.tar" "$k/list"
	# Up to 7.1 the kernel is in /boot, from 7.2 on among its modules; these
	# are in /lib or in /usr/lib.
	grep -E "^\./(boot/(vmlinuz|config)-|(usr/)?lib/modules/[^/]*/(vmlinuz|config|modules[.][a-z.]*)\$)" \
		"$k/list" >"$k/paths"
	extract
	sed -n -E "s,^(\./(usr/)?lib/modules/[^/]*/kernel/.*/([^/]*)\.ko(\.xz|\.zst|\.gz)?)\$,\3 \1,p" \
		"$k/list" | awk '{ gsub("-", "_", $1); print }' >"$k/mods"
	if [ -s "$k/mods" ]; then
		collect_modules
	fi
	rm -f "$k/data.tar"
}

# The members of $tmp/k/data.tar that are listed in $tmp/k/paths.
extract() {
	[ -s "$k/paths" ] || return 0
	step "unpacking $package" tar -xf "$k/data.tar" -C "$k/tree" --no-same-owner \
		--transform='s,^\./usr/lib/,./lib/,' --no-recursion -T "$k/paths"
}

# module_names CONF...: those of them that are there.
module_names() {
	for c; do
		[ ! -r "$c" ] || sed 's/#.*//; s/^[^:]*://' "$c"
	done | tr -s ' \t' '\n' | sed 's/-/_/g; /^$/d'
}

# The wanted modules and all that they lead to. Only what is needed leaves the
# archive: unpacking the other four thousand would cost more than this loop.
collect_modules() {
	more=$(module_names "$modconf" "$devconf")
	seen=
	while [ -n "$more" ]; do
		: >"$k/paths" || die_full
		for m in $more; do
			case " $seen " in
			*" $m "*) continue ;;
			esac
			seen="$seen $m"
			awk -v m="$m" '$1 == m { print $2 }' "$k/mods" >>"$k/paths" || die_full
		done
		extract
		more=
		while read -r path; do
			f=$k/tree/$(printf '%s' "${path#./}" | sed 's,^usr/,,')
			case $f in
			*.xz) step "unpacking $f" xz -d "$f" ;;
			*.zst)
				need zstd=zstd
				step "unpacking $f" zstd -q -d --rm "$f" ;;
			*.gz) step "unpacking $f" gzip -d "$f" ;;
			esac
			f=${f%.ko*}.ko
			more="$more $(modinfo -F depends "$f" | tr ',-' ' _')"
			more="$more $(modinfo -F softdep "$f" | sed 's/[a-z]*://g' | tr -- - _)"
		done <"$k/paths"
		# Blanks alone would go round once more for nothing, no harm.
		more=$(printf '%s' "$more" | tr -s ' \n' '  ' | sed 's/^ *//; s/ *$//')
	done
}

# From $tmp/k/tree to $tmp/k/out, and kernel.json.
finish_kernel() {
	k=$tmp/k
	base=$k/tree/lib/modules/$v
	for f in "$k/tree/boot/vmlinuz-$v" "$base/vmlinuz"; do
		[ ! -s "$f" ] || step "keeping $main" mv "$f" "$k/out/vmlinuz"
	done
	[ -s "$k/out/vmlinuz" ] || die "$main holds no kernel: Debian's packages are laid out anew; change the line of \"$name\" in $conf"
	for f in "$k/tree/boot/config-$v" "$base/config"; do
		[ ! -s "$f" ] || step "keeping $main" mv "$f" "$k/out/config"
	done

	index_modules
	list_modules "$modconf" ""
	# Only now: modprobe leaves out what depends on a file that is not there; and copied, as
	# finish_devices() asks it again.
	# shellcheck disable=SC2086
	[ -z "$files" ] || step "keeping $main" cp -l $files "$k/out/modules/"
	write_json
}

# Let modprobe know what is in $tmp/k/tree.
index_modules() {
	k=$tmp/k
	# kmod before 33 looks in lib/modules, a later one may in usr/lib/modules.
	step "sorting modules" mkdir -p "$k/tree/usr"
	step "sorting modules" ln -s ../lib "$k/tree/usr/lib"
	# The machine's own /etc/modprobe.d and depmod.d are not for this kernel.
	step "sorting modules" mkdir "$k/none"
	step "sorting modules" depmod -C "$k/none" -b "$k/tree" "$v"
}

# list_modules CONF BEFORE: what CONF names, and all that it takes, in the order to load it, in
# $order and $files, but for what is loaded before. $builtin and $missing are for people.
list_modules() {
	order="" builtin="" missing="" files=""
	for m in $(module_names "$1"); do
		if deps=$(modprobe -C "$k/none" -d "$k/tree" -S "$v" --show-depends "$m" 2>/dev/null); then
			case $deps in
			builtin*) builtin="$builtin $m" ;;
			esac
			for f in $(printf '%s\n' "$deps" | awk '$1 == "insmod" { print $2 }'); do
				case " $2 $order " in
				*" ${f##*/} "*) ;;
				*) order="$order ${f##*/}" files="$files $f" ;;
				esac
			done
		else
			missing="$missing $m"
		fi
	done
}

# finish_devices FOLDER: devices/*.ko and devices.json in $tmp/k/out, of the kernel whose
# kernel.json is in FOLDER.
finish_devices() {
	list_modules "$devconf" "$(sed -n 's/.*"file": "\([^"]*\)".*/\1/p' "$1/kernel.json" | xargs)"
	step "keeping $main" mkdir "$k/out/devices"
	# shellcheck disable=SC2086
	[ -z "$files" ] || step "keeping $main" cp -l $files "$k/out/devices/"
	cd "$k/out" || die_full
	{
		printf '{\n\t"schema": 1,\n\t"modules_wanted": "%s",\n' "$(module_names "$devconf" | xargs)"
		json_modules devices
		printf '}\n'
	} >devices.json || die_full
	cd / || exit 1
}

json_list() {
	sep=
	for j; do
		printf '%s"%s"' "$sep" "$j"
		sep=', '
	done
}

# json_modules FOLDER: those of $order, which are in it.
json_modules() {
	printf '\t"modules": ['
	sep='\n'
	for m in $order; do
		printf "$sep"'\t\t{ "file": "%s", "size": %s, "sha256": "%s" }' \
			"$m" "$(stat -c %s "$1/$m")" "$(hash_of "$1/$m")"
		sep=',\n'
	done
	# shellcheck disable=SC2086
	printf '\n\t],\n\t"modules_builtin": [%s],\n\t"modules_missing": [%s]\n' \
		"$(json_list $builtin)" "$(json_list $missing)"
}

# No value here can hold a quote or a backslash: package names, versions, paths
# of Debian's making, numbers and hashes.
write_json() {
	cd "$k/out" || die_full
	# One hash for all modules: of "HASH  NAME" lines sorted by name.
	modhash=
	[ -z "$order" ] || modhash=$(cd modules && sha256sum -- *.ko | sort -k 2 | sha256sum | cut -d' ' -f1)
	{
		printf '{\n\t"schema": 1,\n\t"name": "%s",\n\t"release": "%s",\n' "$name" "$v"
		printf '\t"package": "%s",\n' "$main $mainver"
		# "6.16.12-1~bpo13+1": upstream's version is before the last dash.
		up=${mainver#*:}
		printf '\t"version": "%s",\n' "${up%-*}"
		printf '\t"packages": [%s],\n' "$(printf '%s' "$got" | sed 's/;$//; s/;/", "/g; s/^/"/; s/$/"/')"
		printf '\t"sha256": "%s",\n\t"size": %s,\n' "$(hash_of vmlinuz)" "$(stat -c %s vmlinuz)"
		if [ -s config ]; then
			printf '\t"config_sha256": "%s",\n\t"config_size": %s,\n' "$(hash_of config)" "$(stat -c %s config)"
		fi
		printf '\t"modules_wanted": "%s",\n' "$(module_names "$modconf" | xargs)"
		printf '\t"modules_sha256": "%s",\n' "$modhash"
		json_modules modules
		printf '}\n'
	} >kernel.json || die_full
	cd / || exit 1
	[ "$(tail -n 1 "$k/out/kernel.json")" = "}" ] || die_full
}
