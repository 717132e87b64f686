/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CMD_H
#define COWPEN_CMD_H

/* The sub-commands, a file each. @argv[0] is the sub-command; what they return is the exit code. */

int run_main(int argc, char **argv);
int list_main(int argc, char **argv);
int results_main(int argc, char **argv);
int merge_main(int argc, char **argv);
int durations_main(int argc, char **argv);
int compare_main(int argc, char **argv);
int gate_main(int argc, char **argv);
int report_main(int argc, char **argv);
int table_main(int argc, char **argv);
int expectations_main(int argc, char **argv);
int measured_main(int argc, char **argv);
int prove_main(int argc, char **argv);
int sabotage_main(int argc, char **argv);
int observations_main(int argc, char **argv);
int races_main(int argc, char **argv);
int schedules_main(int argc, char **argv);
int soak_main(int argc, char **argv);
int bugs_main(int argc, char **argv);
int missing_main(int argc, char **argv);
int export_main(int argc, char **argv);
int reach_main(int argc, char **argv);
int explore_main(int argc, char **argv);
int mutants_main(int argc, char **argv);
int mm_selftests_main(int argc, char **argv);
int findings_main(int argc, char **argv);
int mail_main(int argc, char **argv);
int catalogue_main(int argc, char **argv);
int shell_main(int argc, char **argv);
int bench_main(int argc, char **argv);
int fetch_main(int argc, char **argv);

#endif
