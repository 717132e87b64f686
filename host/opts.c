// SPDX-License-Identifier: GPL-2.0-only
/* What sub-commands share: options, the choice of kernels, the last word. See opts.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "measured.h"
#include "opts.h"
#include "util.h"

char default_build[PATH_MAX];

int fail(const char *what)
{
	fprintf(stderr, "cowpen: %s%s%s\n", what, *what ? ": " : "", err_msg());
	return EXIT_NOT_RUN;
}

int fail_choice(int ret)
{
	fail("");
	return ret == -EINVAL ? EXIT_USAGE : EXIT_NOT_RUN;
}

static int number(struct argp_state *s, const char *arg, const char *what, unsigned long min,
		  unsigned long max, unsigned int *out)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(arg, &end, 10);
	if (errno || *end || end == arg || *arg == '-' || n < min || n > max) {
		argp_failure(s, EXIT_USAGE, 0, "%s is a number from %lu to %lu, not \"%s\"", what,
			     min, max, arg);
		return EINVAL;
	}
	*out = n;
	return 0;
}

error_t opts_parser(int key, char *arg, struct argp_state *s)
{
	struct opts *o = s->input;
	char *end;

	switch (key) {
	case O_BUILD:
		o->build = arg;
		break;
	case O_RUNS:
		o->runs = arg;
		break;
	case O_CONF:
		o->conf = arg;
		break;
	case O_CASES:
		o->cases = arg;
		break;
	case O_KERNELS:
		o->kernels = arg;
		break;
	case O_ACCEL:
		o->accel = arg;
		break;
	case O_JOBS:
		return number(s, arg, "--jobs", 1, 1024, &o->jobs);
	case O_REPEAT:
		return number(s, arg, "--repeat", 1, 100000, &o->repeat);
	case O_DEADLINE:
		return number(s, arg, "--deadline", 1, 86400, &o->deadline_s);
	case O_SEED:
		errno = 0;
		o->seed = strtoull(arg, &end, 0);
		if (errno || *end || end == arg || *arg == '-') {
			argp_failure(s, EXIT_USAGE, 0,
				     "--seed is a number such as 0x1234, not \"%s\"", arg);
			return EINVAL;
		}
		o->seed_given = true;
		break;
	case O_RESUME:
		o->do_resume = true;
		o->resume = arg && *arg ? arg : "last";
		break;
	case O_ENV:
		if (!strchr(arg, '=') || *arg == '=' || strchr(arg, '\n')) {
			argp_failure(s, EXIT_USAGE, 0, "--env is NAME=value, not \"%s\"", arg);
			return EINVAL;
		}
		end = xasprintf("%s%s\n", o->env ? o->env : "", arg);
		free(o->env);
		o->env = end;
		break;
	case O_REUSE:
		o->reuse = arg;
		break;
	case O_CONFIRM:
		o->confirm = true;
		break;
	case O_FIRST:
		o->first = arg;
		break;
	case O_LEAVE_OUT:
		o->leave_out = arg;
		break;
	case O_ACCEPT:
		o->accept = arg;
		break;
	case O_WARM:
		o->warm = arg;
		break;
	case O_SHARD:
		o->shard = arg;
		break;
	case O_DURATIONS:
		o->durations = arg;
		break;
	case O_REACH:
		o->reach = true;
		break;
	case O_INTERLEAVE:
		o->interleave = true;
		break;
	case O_BRIEF:
		o->brief = true;
		break;
	case O_FULL:
		o->full = true;
		break;
	case O_ISOLATION:
		o->isolation = arg;
		break;
	case O_ORDER:
		o->order = arg;
		break;
	case O_GUEST:
		o->guest = arg;
		break;
	case O_MEASURED:
		o->measured = arg;
		break;
	case O_ID_FILE:
		o->id_file = arg;
		break;
	case O_LENIENT:
		o->lenient = true;
		break;
	case O_GDB:
		o->gdb = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case ARGP_KEY_ARG:
		if (o->nargs >= o->max_args) {
			argp_failure(s, EXIT_USAGE, 0,
				     "\"%s\" is one argument too many; see --help", arg);
			return EINVAL;
		}
		o->arg[o->nargs++] = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

void opts_init(struct opts *o, unsigned int max_args)
{
	memset(o, 0, sizeof(*o));
	o->build = default_build;
	o->runs = "results/runs";
	o->conf = "kernel-config/kernels.conf";
	o->kernels = "";
	o->cases = "";
	o->measured = MEASURED_FILE;
	o->isolation = o->order = o->guest = "";
	o->repeat = 1;
	o->max_args = max_args;
}

int opts_parse(struct opts *o, const struct argp *argp, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "cowpen %s", argv[0]);
	argv[0] = name;
	return argp_parse(argp, argc, argv, 0, NULL, o) ? EXIT_USAGE : 0;
}

char *guest_dir(const struct opts *o)
{
	return xasprintf("%s/guest", o->build);
}

int choose_kernels(const struct opts *o, const char *names, struct kernel_list *all,
		   struct kernel ***sel, size_t *n)
{
	int ret = kernels_read(o->conf, all);

	*sel = NULL;
	*n = 0;
	if (ret)
		return ret;
	ret = kernels_select(all, names && *names ? names : "default", sel, n);
	/* A path that leads nowhere is a wrong name, too. */
	return ret == -ENOENT ? -EINVAL : ret;
}
