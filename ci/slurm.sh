#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The corpus on many machines of a cluster that runs Slurm: a job array, each of its tasks a shard.
#
#   sbatch --array=1-4 ci/slurm.sh --kernels 7.3 [options of cowpen run]
#   ci/slurm.sh merge [options of cowpen merge]
#
# Submit it from this folder, built (make host cases; make deps, or the Containerfile, on each
# node), on a file system that the nodes share. The array's indices are the shards: 1-4 are four,
# and COWPEN_SHARDS=4 says so where only some are run again:
#
#   COWPEN_SHARDS=4 sbatch --array=3 ci/slurm.sh --kernels 7.3
#
# A task that finds a run of its shard goes on with it: one that was killed, or requeued, keeps what
# it has. merge then makes one run of all of them. COWPEN_OUT= is where they are (default:
# results/runs/slurm), COWPEN_CACHE= may be a folder of each node: a kernel's saved state is made
# where there is none.
#
# Exit status: that of cowpen run, 0 all as expected, 1 not, 2 not all was run, 3 usage; of cowpen
# merge.

#SBATCH --job-name=cowpen
#SBATCH --ntasks=1
#SBATCH --requeue
#SBATCH --open-mode=append

set -u
# Slurm runs a copy of this script, from the folder where it was submitted.
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")/..}" || exit 2
O=${O:-build}
out=${COWPEN_OUT:-results/runs/slurm}
[ -x "$O/cowpen" ] || {
	echo "cowpen: $PWD/$O/cowpen is not there: submit from cowpen's folder, after make host cases" >&2
	exit 3
}

if [ "${1-}" = merge ]; then
	shift
	set -- "$@" --runs "$out"
	for run in "$out"/shard-*/last; do
		[ -e "$run" ] && set -- "$@" "$run"
	done
	exec "$O/cowpen" merge "$@"
fi

i=${SLURM_ARRAY_TASK_ID-}
n=${COWPEN_SHARDS:-${SLURM_ARRAY_TASK_COUNT-}}
[ -n "$i" ] && [ -n "$n" ] || {
	echo "cowpen: this is for a job array: sbatch --array=1-4 ci/slurm.sh --kernels 7.3" >&2
	exit 3
}
mine=$out/shard-$i
mkdir -p "$mine" || exit 2
[ ! -e "$mine/last" ] || set -- "$@" --resume
echo "shard $i/$n on $(hostname)"
# Guests at a time: as many as the task has processors.
exec "$O/cowpen" run --runs "$mine" --build "$O" --shard "$i/$n" \
	--jobs "${SLURM_CPUS_PER_TASK:-1}" --isolation area "$@"
