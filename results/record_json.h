/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_RECORD_JSON_H
#define COWPEN_RECORD_JSON_H

/* What record.c, run_info.c and run_folder.c have among themselves. */

#include <stddef.h>
#include <stdint.h>

struct json_t;
struct run_info;

void put_text(struct json_t *o, const char *key, const char *s);
/* As text: JSON's numbers hold no 64 bits in most readers. */
void put_seed(struct json_t *o, uint64_t seed);
uint64_t get_seed(const struct json_t *o);
/* What is not there leaves @field as it is. */
void get_text(const struct json_t *o, const char *key, char **field);
unsigned int get_uint(const struct json_t *o, const char *key, unsigned int missing);

char *run_info_to_json(const struct run_info *info, const char *id);
int run_info_from_json(const char *text, size_t len, struct run_info *info);

#endif
