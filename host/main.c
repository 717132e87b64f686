// SPDX-License-Identifier: GPL-2.0-only
/*
 * cowpen: the host side as one program. Sub-commands, a file each, parse their
 * arguments, put the parts together and turn what came of it into words and exit
 * codes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "opts.h"
#include "util.h"

static const struct {
	const char *name, *what;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", "Run cases on kernels", run_main },
	{ "list", "List cases or kernels", list_main },
	{ "results", "A run once more, or in a format that machines take", results_main },
	{ "merge", "One run of the shards of several machines", merge_main },
	{ "durations", "How long tests took, which shards are balanced by", durations_main },
	{ "compare", "Compare runs, or the kernels of one", compare_main },
	{ "gate", "What a series fixes and breaks", gate_main },
	{ "report", "Runs as one page of HTML", report_main },
	{ "table", "A table of questions and measured answers", table_main },
	{ "expectations", "Where what cases expect is not what runs measured", expectations_main },
	{ "measured", "Take down the kernels that a run measured", measured_main },
	{ "prove", "Do tests fail where they were seen to fail?", prove_main },
	{ "sabotage", "Who tests the tests: lies beneath them, and mute checks", sabotage_main },
	{ "soak", "Of many runs, which tests went two ways", soak_main },
	{ "observations", "What kernels do where nothing is promised", observations_main },
	{ "races", "Which races were held open, and which were lost", races_main },
	{ "schedules", "Races whose every schedule was tried", schedules_main },
	{ "bugs", "Which bugs show on which kernels", bugs_main },
	{ "missing", "What a kernel lacks, with the commits to take", missing_main },
	{ "export", "A test as one C file that stands alone", export_main },
	{ "explore", "Sequences of steps that nobody wrote", explore_main },
	{ "reach", "Which functions of a kernel do tests execute?", reach_main },
	{ "mutants", "Small faults in a kernel: which does no test notice?", mutants_main },
	{ "mm-selftests", "The kernel's own tests on these faults", mm_selftests_main },
	{ "findings", "All findings, for results/findings/README.md", findings_main },
	{ "mail", "A finding as a mail for the list", mail_main },
	{ "catalogue", "All cases, for cases/README.md", catalogue_main },
	{ "shell", "A shell in the guest", shell_main },
	{ "bench", "What a test costs, and what a boot does", bench_main },
	{ "fetch", "Fetch kernels", fetch_main },
};

static void usage(FILE *out)
{
	fprintf(out, "Usage: cowpen COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].what);
	fprintf(out, "\ncowpen COMMAND --help tells more.\n");
}

/* The folder that this program was built into. */
static void find_build(const char *argv0)
{
	ssize_t n = readlink("/proc/self/exe", default_build, sizeof(default_build) - 1);
	char *slash;

	if (n <= 0)
		snprintf(default_build, sizeof(default_build), "%s", argv0);
	else
		default_build[n] = '\0';
	slash = strrchr(default_build, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(default_build, ".");
}

int main(int argc, char **argv)
{
	const char *names[ARRAY_SIZE(commands) + 1] = { NULL };
	char *near;

	argp_err_exit_status = EXIT_USAGE;
	find_build(argv[0]);
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		names[i] = commands[i].name;
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	near = nearest_names(argv[1], names);
	fprintf(stderr, "cowpen: there is no command \"%s\"; nearest: %s\n", argv[1], near);
	free(near);
	return EXIT_USAGE;
}
