# SPDX-License-Identifier: GPL-2.0-only
# The front door. Thin: the work is in build/cowpen, in the cases, and in a few
# scripts; this file builds them and passes the variables on.

O ?= build
V ?= 0
CC ?= gcc
DEPS ?= install

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

ifeq ($(V),0)
quiet = @printf '  %-7s %s\n' $(1) $(patsubst $(O)/%,%,$@);
else
quiet =
endif

WARN	:= -Wall -Wextra -Werror -Wno-unused-parameter
CFLAGS	?= -O2 -g
BASE	:= -std=gnu11 -D_GNU_SOURCE $(WARN) -MMD -MP
HOSTINC	:= -Iqemu -Iresults
HOSTLIB	:= -ljansson -larchive -lnettle -lpthread

host_src := $(wildcard qemu/*.c results/*.c)
host_obj := $(host_src:%.c=$(O)/obj/%.o)
lib_obj  := $(filter-out $(O)/obj/qemu/main.o,$(host_obj))

.PHONY: help
help:
	@cat ci/help.txt

# --- the host program -------------------------------------------------------
$(O)/obj/%.o: %.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(BASE) $(CFLAGS) $(HOSTINC) -c -o $@ $<

$(O)/cowpen: $(host_obj)
	$(call quiet,LD)$(CC) $(CFLAGS) -o $@ $^ $(HOSTLIB)

# --- what runs in the guest but is not under test ---------------------------
# The agent is static; rdma-up is not, because Debian 12 has no libmnl.a.
$(O)/guest/agent: qemu/guest/agent.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(BASE) -O2 -static -s -o $@ $<

$(O)/guest/rdma-up: qemu/guest/rdma_up.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(BASE) -O2 -s -o $@ $< -lmnl

.PHONY: host
host: $(O)/cowpen $(O)/guest/agent $(O)/guest/rdma-up

# --- the cases ----------------------------------------------------------------
# kselftest_harness.h and newer uapi headers come from Debian's linux-source
# package at build time. -isystem: they are the kernel's, so is their style.
harness_obj := $(patsubst %.c,$(O)/obj/%.o,$(wildcard harness/*.c))
case_bin := $(patsubst cases/%.c,$(O)/cases/%,$(wildcard cases/*/*.c))
# What the kernel's headers_install would take out of a raw uapi header.
KINC	:= -isystem $(O)/headers -D__user= -D'__packed=__attribute__((packed))'
CASELIB	:= -ljansson -luring -libverbs -lrxe-rdmav34 -libverbs -lnl-route-3 -lnl-3 -lpthread
KHEADERS := $(O)/headers/kselftest_harness.h

$(KHEADERS):
	@mkdir -p $(O)
	@kernel-config/fetch headers
	@ln -sfn "$$(kernel-config/fetch where headers)" $(O)/headers

$(harness_obj): $(O)/obj/%.o: %.c | $(KHEADERS)
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(BASE) $(CFLAGS) $(KINC) -c -o $@ $<

$(O)/harness.a: $(harness_obj)
	$(call quiet,AR)rm -f $@ && ar rcs $@ $^

$(O)/cases/%: cases/%.c $(O)/harness.a
	$(call quiet,CASE)mkdir -p $(@D) && $(CC) $(BASE) $(CFLAGS) $(KINC) \
		-Iharness -DCASE_ID='"$*"' -static -s -MF $@.d -o $@ $< $(O)/harness.a $(CASELIB) 2>$@.log \
		|| { cat $@.log >&2; echo "cowpen: the case $* does not compile, see above" >&2; exit 2; }

.PHONY: cases
cases: $(case_bin)

-include $(shell find $(O) -name '*.d' 2>/dev/null)
