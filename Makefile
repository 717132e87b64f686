# SPDX-License-Identifier: GPL-2.0-only
# The front door. Thin: the work is in build/cowpen, in the cases, and in a few
# scripts; this file builds them and passes the variables on.

O ?= build
V ?= 0
CC ?= gcc
DEPS ?= install

ifdef SMP
export COWPEN_SMP := $(SMP)
endif
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
COMMON	:= -std=gnu11 -D_GNU_SOURCE $(WARN) -MMD -MP
HOSTINC	:= -Ilib -Iresults -Iqemu -Ihost -isystem /usr/include/libxml2
HOSTLIB	:= -ljansson -lxml2 -larchive -lnettle -lpthread

host_src := $(wildcard lib/*.c results/*.c qemu/*.c host/*.c)
host_obj := $(host_src:%.c=$(O)/obj/%.o)
lib_obj  := $(filter-out $(O)/obj/host/main.o,$(host_obj))

.PHONY: help
help:
	@cat ci/help.txt

# Everything that starts a guest begins here, so that it works on a bare machine.
.PHONY: deps deps-test
deps:
	@DEPS=$(DEPS) ci/deps run
deps-test:
	@DEPS=$(DEPS) ci/deps test
# A second make, so that what deps has just installed is seen.
build = $(MAKE) $(if $(filter 1,$(V)),,-s) -j$(shell nproc) host cases

# --- what people come for ------------------------------------------------------
opt = $(if $($(1)),--$(2) '$($(1))')
common = $(call opt,JOBS,jobs) $(call opt,ACCEL,accel) $(call opt,SEED,seed) \
	$(call opt,DEADLINE,deadline) $(call opt,GUEST,guest) $(call opt,ORDER,order) $(call opt,WARM,warm) \
	$(if $(filter 1,$(V)),--verbose) \
	$(foreach e,$(ENV),--env '$(e)')
.PHONY: run-all run shell list compare fetch bench kernel gate table
.PHONY: results merge durations export export-check mail findings reach mutants mutants-selftests quick-finds
.PHONY: soak missing bugs prove measured observations races explore-race explore-pairs catalogue new sabotage
.PHONY: export-kselftest kselftest-check
run-all: deps
	@$(build)
	@$(O)/cowpen run $(common) $(call opt,KERNELS,kernels) $(call opt,CASES,cases) \
		$(call opt,N,repeat) $(if $(RESUME),--resume=$(if $(filter 1,$(RESUME)),last,$(RESUME))) \
		$(addprefix --isolation ,$(or $(ISOLATION),$(if $(N)$(RESUME),,area))) $(if $(FULL),--full) \
		$(call opt,SHARD,shard)

run: deps
	@[ -n '$(CASE)$(CASES)' ] || { \
		echo "cowpen: say which case: make run CASE=uffd_wp/roundtrip (make list has them)" >&2; \
		exit 3; }
	@$(build) ONLY='$(or $(CASE),$(CASES))'
	@$(O)/cowpen run $(common) --kernels '$(or $(KERNEL),$(KERNELS),6.12)' \
		--cases '$(or $(CASE),$(CASES))' $(call opt,N,repeat) $(call opt,ISOLATION,isolation) \
		$(call opt,SHARD,shard)

shell: deps
	@$(build)
	@$(O)/cowpen shell $(call opt,ACCEL,accel) $(call opt,GUEST,guest) $(if $(GDB),--gdb) '$(or $(KERNEL),6.12)'

# A sequence of steps that is typed, and those that nobody wrote.
.PHONY: try explore explore-cross explore-merge explore-score
try: deps
	@$(MAKE) $(if $(filter 1,$(V)),,-s) host trying
	@O=$(O) ci/try '$(STEPS)' '$(or $(MEMORY),anon)' '$(or $(PIN),none)' '$(or $(KERNEL),7.3)' $(common)
explore: deps
	@$(build)
	@$(MAKE) -s trying
	@$(O)/cowpen explore --kernel '$(or $(KERNEL),7.3)' $(call opt,SECONDS,seconds) $(call opt,SEED,seed) \
		$(call opt,MEMORY,memory) $(call opt,PIN,pin) $(call opt,STEPS,steps) $(call opt,JOBS,jobs) \
		$(call opt,ACCEL,accel) $(call opt,OUT,out) $(call opt,SHARD,shard) $(call opt,GUEST,guest) \
		$(call opt,MENDED,mended) $(foreach e,$(ENV),--env '$(e)') $(if $(ANEW),--anew)
# Shards, or what was explored with several seeds, as one table: RUNS="folders".
explore-merge: deps
	@[ -n '$(RUNS)' ] || { \
		echo "cowpen: say which: make explore-merge RUNS=\"build/explored/7.3-1-1of2 ...\"" >&2; exit 3; }
	@$(build)
	@$(MAKE) -s trying
	@$(O)/cowpen explore --merge '$(RUNS)' $(call opt,OUT,out)

# What meets what: all that is tracked or pinned, one step behind, all memory.
explore-cross: deps
	@$(build)
	@$(MAKE) -s trying
	@$(O)/cowpen explore --kernel '$(or $(KERNEL),7.3)' --also '' --seed 1 $(call opt,MEMORY,memory) \
		$(call opt,ACCEL,accel) --cross '$(or $(OUT),results/tables/cross.md)'

# Does it find what is wrong on purpose? All such kernels (some hours), and only then as the table.
explore-score: deps
	@$(build)
	@$(MAKE) -s trying
	@O=$(O) ci/explore-score '$(or $(SECONDS),120)' '$(KERNELS)' '$(or $(BASE),7.3-src)' '$(or $(KNOWN),$(BASE),7.3-src)' \
		'$(or $(JOBS),1)' '$(or $(OUT),$(if $(KERNELS),,results/tables/score.md))' \
		$(call opt,SEED,seed) $(call opt,MEMORY,memory) $(call opt,PIN,pin)

# The words of a case are in the sources, and need nothing that is built.
ifneq ($(filter steps memory pins,$(WHAT)),)
list:
	@ci/vocabulary $(WHAT)
else
list: deps
	@$(build)
	@$(O)/cowpen list $(or $(WHAT),cases)
endif

# A run once more; for machines: FORMAT=ktap, junit, kcidb, markdown, csv.
results: deps
	@$(MAKE) -s host >&2
	@$(O)/cowpen results $(call opt,FORMAT,format) $(call opt,OUT,out) $(RUN)

# The shards of a run are a run: RUNS="names or paths". What they are balanced by is a file.
merge: deps
	@[ -n '$(RUNS)' ] || { \
		echo "cowpen: say which shards: make merge RUNS=\"shard-1/last shard-2/last\"" >&2; \
		exit 3; }
	@$(MAKE) -s host
	@$(O)/cowpen merge $(call opt,OUT,out) $(RUNS)
durations: deps
	@$(MAKE) -s host
	@$(O)/cowpen durations $(or $(RUNS),last) >$(O)/durations.txt
	@cp $(O)/durations.txt results/durations.txt && echo "written to results/durations.txt"

compare: deps
	@$(build)
	@$(O)/cowpen compare $(if $(A)$(B),$(or $(A),last) $(B))

fetch: deps
	@$(MAKE) -s host
	@$(O)/cowpen fetch $(or $(KERNELS),default)

# A kernel of kernels.conf that is built here, or one of a tree of yours.
kernel: deps
	@[ -n '$(KERNEL)$(TREE)' ] || { \
		echo "cowpen: say which kernel: make kernel KERNEL=6.12, or TREE=~/linux (make list WHAT=kernels)" >&2; \
		exit 3; }
	@JOBS=$(JOBS) ci/kernel '$(KERNEL)' '$(TREE)' '$(FRAGMENTS)'

# "I have a patch."
gate: deps
	@$(build)
	@O=$(O) COWPEN_TREE='$(TREE)' ci/gate $(call opt,SERIES,series) $(call opt,BASE,base) \
		$(call opt,CASES,cases) $(call opt,REPEAT,repeat) $(call opt,CLAIMS,claims) \
		$(call opt,ACCEPT,accept) $(call opt,JSON,json) $(call opt,KTAP,ktap) $(call opt,MARKDOWN,markdown) $(call opt,HTML,html) \
		$(call opt,JOBS,jobs) $(call opt,SEED,seed) $(call opt,ACCEL,accel) $(if $(QUICK),--quick) $(call opt,BUDGET,budget) $(if $(ALL),--all) $(if $(ANEW),--anew) $(if $(RESUME),--resume) \
		$(call opt,SHARD,shard) $(call opt,MERGED,merged)

# Runs as one page of HTML.
.PHONY: report
report: deps
	@$(build)
	@$(O)/cowpen report --build '$(O)' --out '$(or $(OUT),$(O)/report.html)' $(or $(RUN),last)

# The tests of a table on its kernels, then the table itself.
TABLE ?= december-2021
table: deps
	@$(build)
	@O=$(O) ci/table '$(TABLE)' $(common)

# Runs of the whole corpus, all as expected: their kernels are what was measured.
measured: deps
	@$(MAKE) -s host
	@$(O)/cowpen measured $(RUN)

# Does each test fail where its case says that it was seen to?
prove: deps
	@[ -z '$(KERNEL)$(KERNELS)' ] || { \
		echo "cowpen: prove goes by the kernels that the cases name; CASES= says which cases" >&2; \
		exit 3; }
	@$(build)
	@O=$(O) SHARD='$(SHARD)' RUNS='$(RUNS)' ci/prove '$(or $(CASE),$(CASES))' $(common)

# One C file that stands alone, written from a run that tells what it does.
export: deps
	@[ -n '$(CASE)$(CASES)' ] || { \
		echo "cowpen: say which test: make export CASE=uffd_wp/roundtrip/anon-io_uring" >&2; \
		exit 3; }
	@$(build) ONLY='$(or $(CASE),$(CASES))'
	@O=$(O) ci/export '$(or $(CASE),$(CASES))' '$(or $(KERNEL),7.3)' '$(OUT)' '$(FORCE)' $(common)

# Do such programs say what their cases say?
export-check: deps-test
	@$(build) ONLY='$(or $(TESTS),$(CASE),$(CASES))'
	@O=$(O) JOBS=$(JOBS) CC='$(CC)' ci/export-check '$(or $(CASE),$(CASES))' \
		'$(or $(KERNEL),$(KERNELS))' '$(TESTS)' $(common)

# Which functions of a kernel do tests execute, and which tests a function?
reach: deps
	@$(build)
	@O=$(O) RUN='$(RUN)' ci/reach '$(or $(KERNEL),7.3-src)' '$(FUNC)' '$(or $(CASE),$(CASES))' $(common) $(call opt,SHARD,shard)

# Of the kernels that are wrong on purpose, for how many does QUICK choose a test that fails there?
quick-finds: deps
	@$(build)
	@O=$(O) ci/quick-finds '$(or $(KERNEL),7.3-src)' '$(or $(BUDGET),12)'

# Small faults in a kernel, each run with the tests that reach it: which does no test notice?
mutants:
	@DEPS=$(DEPS) ci/deps mutants
	@$(build)
	@O=$(O) SHARD='$(SHARD)' KNOWN='$(KNOWN)' ci/mutants '$(FILES)' '$(N)' '$(SEED)' '$(or $(CASE),$(CASES))' '$(JOBS)'

# The same for the kernel's own mm selftests, on a sample.
mutants-selftests:
	@DEPS=$(DEPS) ci/deps mutants
	@$(build)
	@O=$(O) ci/mutants-selftests '$(or $(N),80)' '$(SEED)' '$(JOBS)'

# A finding as a mail. Nothing is sent.
mail: deps
	@[ -n '$(FINDING)' ] || { \
		echo "cowpen: say which: make mail FINDING=ksm-lazyfree (results/findings has them)" >&2; \
		exit 3; }
	@$(build)
	@O=$(O) ci/mail '$(FINDING)' '$(or $(KERNEL),7.3)' $(common)

# "What is my kernel missing?"
missing: deps
	@[ -n '$(KERNEL)$(TREE)$(RESUME)' ] || { \
		echo "cowpen: say which kernel: make missing KERNEL=6.1, a path, or TREE=~/linux" >&2; \
		exit 3; }
	@$(build)
	@O=$(O) RESUME=$(RESUME) ci/missing '$(KERNEL)' '$(TREE)' $(call opt,JSON,json) \
		$(call opt,MARKDOWN,markdown) -- $(common)

# Which bugs of the book show on which kernels of these runs.
bugs: deps
	@$(build)
	@$(O)/cowpen bugs --build '$(O)' $(or $(RUN),last)

# Who tests the tests: lies beneath the harness, and checks that do not bite.
sabotage: deps
	@$(build)
	@O=$(O) ci/sabotage $(call opt,LIES,lies) $(call opt,CHECKS,checks) \
		$(call opt,CASE,cases) $(call opt,CASES,cases) $(call opt,KERNEL,kernel) \
		$(call opt,JOBS,jobs) $(if $(RESUME),--resume) \
		--tables results/tables

# What kernels do where nothing is promised.
observations: deps
	@$(build)
	@O=$(O) ci/observations '$(or $(KERNEL),$(KERNELS))' '$(or $(CASE),$(CASES))' $(common)

# Which races a run held open, and which were lost.
races: deps
	@$(build)
	@$(O)/cowpen races $(or $(RUN),last)

# Every schedule of races with one preemption; of all, as far as SECONDS go, the table.
explore-race: deps
	@$(build)
	@O=$(O) ci/explore-race '$(or $(CASE),$(CASES),race/*)' '$(or $(KERNEL),$(KERNELS),7.3 6.12)' \
		'$(or $(SECONDS),60)' '$(if $(CASE)$(CASES)$(KERNEL)$(KERNELS),,results/tables/schedules.md)' $(common)

# Each act of a race while each other is done: races that nobody wrote.
explore-pairs: deps
	@$(build)
	@$(MAKE) -s trying
	@O=$(O) ci/explore-pairs '$(or $(RACES),* * plain)' \
		'$(or $(MEMORY),anon thp hugetlb shmem shmem_private)' \
		'$(or $(PIN),io_uring)' '$(or $(KERNEL),7.3-mended-windows)' '$(or $(SECONDS),3)' \
		'$(if $(RACES)$(MEMORY)$(PIN)$(KERNEL),,results/tables/pairs.md)' $(common)

# The corpus over and over: does a test always end in the same way?
soak: deps
	@$(build)
	@O=$(O) COWPEN_ANEW=$(ANEW) ci/soak '$(or $(N),10)' '$(or $(KERNEL),$(KERNELS))' \
		'$(or $(CASE),$(CASES))' $(common)

# cases/README.md, from what the cases say of themselves.
catalogue: deps
	@$(build)
	@$(O)/cowpen catalogue --build '$(O)' >$(O)/catalogue.md
	@cp $(O)/catalogue.md cases/README.md && echo "written to cases/README.md"

# The cases in a kernel's own selftests, and whether they say the same there.
export-kselftest:
	@FORCE=$(FORCE) ci/export-kselftest '$(DIR)'
kselftest-check: deps-test
	@$(build)
	@O=$(O) ci/kselftest-check $(or $(KERNEL),7.3) $(CASES)

# results/findings/README.md, from the book, the cases and what mends them.
findings: deps
	@$(build)
	@$(O)/cowpen findings --build '$(O)' >$(O)/findings.md
	@cp $(O)/findings.md results/findings/README.md && echo "written to results/findings/README.md"

new:
	@ci/new '$(CASE)'

# BENCH=explore: what a sequence costs. BENCH=gate: only what the gate takes, BENCH="gate whole" also that of the whole corpus;
# SAMPLE=9 for so many functions of mm/ by chance.
bench: deps
	@$(build)
ifneq ($(filter explore,$(BENCH)),)
	@$(MAKE) -s trying
	@O=$(O) ci/bench-explore $(or $(KERNEL),7.3) $(SECONDS)
else ifneq ($(filter gate,$(BENCH)),)
	@O=$(O) ci/bench-gate $(or $(KERNEL),7.3-src) $(if $(SAMPLE),sample:$(SAMPLE):$(or $(SEED),1),$(FUNC)) \
		$(filter whole,$(BENCH))
else
	@for k in $(or $(KERNELS),5.10 6.12 7.3); do \
		$(O)/cowpen bench -k $$k $(if $(ACCEL),-a $(ACCEL)) $(if $(N),-n $(N)) \
			'$(O)/cases/uffd_wp/roundtrip -v anon-io_uring' \
			'$(O)/cases/uffd_wp/roundtrip -v anon-rdma' || exit; \
		$(O)/cowpen bench -k $$k --warm $(if $(N),-n $(N)) \
			'$(O)/cases/uffd_wp/roundtrip -v anon-io_uring' \
			'$(O)/cases/uffd_wp/roundtrip -v anon-rdma' \
			'$(O)/cases/fork/pin_parent_first -v anon-rdma' || exit; \
	done
	@O=$(O) ci/bench-oracle $(or $(KERNELS),7.3)
	@O=$(O) ci/bench-build 5.10-src $(if $(FULL),full)
endif

# --- the host program -------------------------------------------------------
$(O)/obj/%.o: %.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) $(CFLAGS) $(HOSTINC) -c -o $@ $<

# What a page has of its own, which the assembler reads.
$(O)/obj/results/html.o $(O)/san/results/html.o: results/report.css results/report.js

$(O)/cowpen: $(host_obj)
	$(call quiet,LD)$(CC) $(CFLAGS) -o $@ $^ $(HOSTLIB)

# --- what runs in the guest but is not under test ---------------------------
# The agent is static; rdma-up is not, because Debian 12 has no libmnl.a.
agent_obj := $(patsubst %.c,$(O)/obj/%.o,$(filter-out qemu/guest/rdma_up.c,$(sort $(wildcard qemu/guest/*.c))))
$(agent_obj): $(O)/obj/%.o: %.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) -O2 -c -o $@ $<
$(O)/guest/agent: $(agent_obj)
	$(call quiet,LD)mkdir -p $(@D) && $(CC) -static -s -o $@ $(agent_obj)

# It runs in QEMU: which functions of the guest's kernel run.
$(O)/guest/reach.so: qemu/plugin/reach.c qemu/plugin/reach.h
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(WARN) -O2 -fPIC -shared -fvisibility=hidden -s -o $@ $<

$(O)/guest/rdma-up: qemu/guest/rdma_up.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) -O2 -s -o $@ $< -lmnl

# Empty file systems for RAM disks of the guest, the same bytes wherever they are made. That for fs-dax
# has room for huge pages, and files that are in one piece. Nothing is behind its first MiB, as there
# is nothing in the disk.
MKE2FS = E2FSPROGS_FAKE_TIME=1 PATH="$$PATH:/sbin:/usr/sbin" mke2fs -q -t ext2 -b 4096 -m 0 \
	-U 00000000-0000-4000-8000-000000000001 \
	-E hash_seed=00000000-0000-4000-8000-000000000002,root_owner=0:0
$(O)/guest/fs.img: Makefile
	$(call quiet,FS)mkdir -p $(@D) && rm -f $@ && $(MKE2FS) $@ 1M >/dev/null
$(O)/guest/dax.img: Makefile
	$(call quiet,FS)mkdir -p $(@D) && rm -f $@ && $(MKE2FS) -O extents $@ 15M >/dev/null && \
		truncate -s 1M $@

# It runs in QEMU, too: it brings a guest back to where it was restored.
$(O)/guest/warm.so: qemu/plugin/warm.c qemu/plugin/warm.h qemu/guest/proto.h
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(WARN) -D_GNU_SOURCE -O2 -fPIC -shared -fvisibility=hidden -s -o $@ $<

.PHONY: host
host: $(O)/cowpen $(O)/guest/agent $(O)/guest/rdma-up $(O)/guest/fs.img $(O)/guest/dax.img \
      $(O)/guest/reach.so $(O)/guest/warm.so

# --- the cases ----------------------------------------------------------------
# kselftest_harness.h and newer uapi headers come from Debian's linux-source
# package at build time. -isystem: they are the kernel's, so is their style.
harness_obj := $(patsubst %.c,$(O)/obj/%.o,$(wildcard harness/*.c))
# The book of bugs is the host's, too.
book_obj := $(O)/obj/lib/book.o
case_obj := $(O)/obj
# make sabotage: the same cases, with what lies beneath the harness, and less patience with
# what hangs. SABOTAGE is where they were compiled.
ifdef SABOTAGE
case_obj := $(SABOTAGE)/obj
lies_obj := $(patsubst %.c,$(O)/obj/%.o,$(wildcard harness/lies/*.c))
lies_wrap := $(shell grep -oh '__wrap_[a-z_0-9]*' harness/lies/*.c | sed 's/__wrap_/-Wl,--wrap=/' | sort -u)
COMMON += -DPATIENCE_MS=3000
endif
case_bin := $(patsubst cases/%.c,$(O)/cases/%,$(wildcard cases/*/*.c))
# What the kernel's headers_install would take out of a raw uapi header.
KINC	:= -isystem $(O)/headers -D'__packed=__attribute__((packed))'
# Without it a static program finds no device.
KINC	+= -DRDMA_STATIC_PROVIDERS=rxe
CASELIB	:= -ljansson -luring -libverbs -lrxe-rdmav34 -libverbs -lnl-route-3 -lnl-3 -lpthread
KHEADERS := $(O)/headers/kselftest_harness.h

$(KHEADERS):
	@mkdir -p $(O)
	@ci/beat "still fetching" & beat=$$!; kernel-config/fetch headers; rc=$$?; \
		kill $$beat 2>/dev/null; exit $$rc
	@ln -sfn "$$(kernel-config/fetch where headers)" $(O)/headers

# They are stripped in the end, so -g would only cost time.
CASEFLAGS = $(filter-out -g%,$(CFLAGS))

$(harness_obj) $(lies_obj): $(O)/obj/%.o: %.c | $(KHEADERS)
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) $(CASEFLAGS) $(KINC) -Ilib -c -o $@ $<

# All that is in every case, linked once: the harness, the libraries, the C library and
# the start of a program. What a case costs is the link of its object with this one, a
# quarter of a whole link.
crt = $(shell $(CC) -print-file-name=$(1))
$(O)/harness.o: $(harness_obj) $(book_obj) $(lies_obj)
	$(call quiet,LD)$(CC) $(CASEFLAGS) -nostdlib -r -o $@ -Wl,-S,-x,-Bstatic,-u,main \
		$(lies_wrap) $(call crt,crt1.o) $^ -Wl,--start-group $(CASELIB) -lgcc -lgcc_eh -lc -Wl,--end-group \
		2>$@.log || { cat $@.log >&2; echo "cowpen: the harness does not link, see above" >&2; exit 2; }
# Where the compiler keeps what a program begins and ends with. Asked once.
crt_begin = $(eval crt_begin := $(call crt,crti.o) $(call crt,crtbeginT.o))$(crt_begin)
crt_end = $(eval crt_end := $(call crt,crtend.o) $(call crt,crtn.o))$(crt_end)

# An object of its own, so that a change to the harness costs a link and no compile.
$(case_obj)/cases/%.o: cases/%.c | $(KHEADERS)
	$(call quiet,CASE)mkdir -p $(@D) && $(CC) $(COMMON) $(CASEFLAGS) $(KINC) \
		-Iharness -DCASE_ID='"$*"' -c -o $@ $< \
		|| { echo "cowpen: the case $* does not compile, see above" >&2; exit 2; }

.SECONDARY: $(case_bin:$(O)/cases/%=$(case_obj)/cases/%.o)
$(O)/cases/%: $(case_obj)/cases/%.o $(O)/harness.o
	@[ -d $(@D) ] || mkdir -p $(@D); \
	$(CC) $(CASEFLAGS) -nostartfiles -static -s -o $@ $(lies_wrap) $(crt_begin) $< $(O)/harness.o $(crt_end) \
		|| { echo "cowpen: the case $* does not link, see above" >&2; exit 2; }
	@$@ --describe >/dev/null

# Sequences that are typed, and those that nobody wrote: a program like a case, which is none.
try_bin := $(O)/explore/cases/explore/try
try_obj := $(patsubst %.c,$(case_obj)/%.o,$(wildcard harness/explore/*.c))
$(try_obj): $(case_obj)/%.o: %.c | $(KHEADERS)
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) $(CASEFLAGS) $(KINC) \
		-Iharness -DCASE_ID='"explore/try"' -c -o $@ $<
$(try_bin): $(try_obj) $(O)/harness.o
	$(call quiet,LD)mkdir -p $(@D) && ln -sfn ../guest $(O)/explore/guest && \
		$(CC) $(CASEFLAGS) -nostartfiles -static -s -o $@ $(lies_wrap) $(crt_begin) $(try_obj) \
		$(O)/harness.o $(crt_end) && $@ --describe >/dev/null
.PHONY: trying
trying: $(try_bin)

# All cases in one program, for tests that share a guest: there QEMU translates it once. The
# list says of which program each case in it is the same: of any other build's it is not.
$(O)/all-cases: $(case_bin)
	$(call quiet,LD)$(CC) $(CASEFLAGS) -nostartfiles -static -s -o $@ $(lies_wrap) $(crt_begin) \
		$(case_bin:$(O)/cases/%=$(case_obj)/cases/%.o) $(O)/harness.o $(crt_end) && \
		sha256sum $(case_bin) | sed 's,$(O)/cases/,,' >$@.list

# ONLY="globs": of the cases only those that these may mean. $(O)/cases.list has the
# names of all, so that one that is not built is known. A case whose source is gone is
# none any more.
.PHONY: cases
cases: $(if $(ONLY),$(patsubst %,$(O)/cases/%,$(shell ci/chosen '$(ONLY)')),$(case_bin) $(O)/all-cases)
	@rm -f $(filter-out $(case_bin),$(wildcard $(O)/cases/*/*))
	@mkdir -p $(O); printf '%s\n' $(case_bin:$(O)/cases/%=%) >$(O)/cases.list.$$$$ && \
		mv $(O)/cases.list.$$$$ $(O)/cases.list

# --- the project's own tests -----------------------------------------------------
# Unit tests under ASan and UBSan, with gcc; and everything compiled by clang.
SAN	:= -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
san_lib	:= $(patsubst %.c,$(O)/san/%.o,$(filter-out host/main.c,$(host_src)) $(addprefix harness/,model.c version.c nearest.c vocabulary.c))
unit	:= $(patsubst %.c,$(O)/san/%,$(filter-out qemu/test/vmtest.c,$(wildcard $(addsuffix /test/*.c,lib results qemu host harness))))
guests	:= $(patsubst qemu/test/guests/%.c,$(O)/guest/test/%,$(wildcard qemu/test/guests/*.c))

$(O)/san/%.o: %.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) $(SAN) $(HOSTINC) -c -o $@ $<
$(unit): $(O)/san/%: %.c $(O)/san/lib.a
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) $(SAN) $(HOSTINC) -Iresults/test -Iharness -MF $@.d -o $@ $< \
		$(O)/san/lib.a $(HOSTLIB) -lcmocka
# Thin: its members keep their paths, so two of one name in two folders are two.
$(O)/san/lib.a: $(san_lib)
	$(call quiet,AR)rm -f $@ && ar rcs --thin $@ $^
$(O)/guest/test/%: qemu/test/guests/%.c
	$(call quiet,CC)mkdir -p $(@D) && $(CC) $(COMMON) -O2 -static -s -Ilib -o $@ $<
$(O)/vmtest: $(O)/obj/qemu/test/vmtest.o $(lib_obj)
	$(call quiet,LD)$(CC) $(CFLAGS) -o $@ $^ $(HOSTLIB)

.PHONY: unit clang style test
# A test whose source is gone is none any more.
unit: $(unit) $(O)/vmtest $(guests)
	@rm -f $(filter-out $(unit) $(unit:%=%.d),$(wildcard $(O)/san/*/test/test_*))

clang:
	@$(MAKE) -s O=$(O)/clang CC=clang host cases trying

# What clang-format and shellcheck say.
style: deps-test
	@ci/style

# PARTS="gate typed": only these of ci/parts.
test: deps-test
	@$(build)
	@$(MAKE) $(if $(filter 1,$(V)),,-s) -j$(shell nproc) unit trying
	@$(MAKE) $(if $(filter 1,$(V)),,-s) -j$(shell nproc) SABOTAGE=$(O) O=$(O)/sabotage cases
	@O=$(O) V=$(V) ci/test $(PARTS)

# Does KVM work? In an emulated AMD processor: minutes, and no part of the above.
.PHONY: test-kvm
test-kvm: deps-test
	@$(build)
	@O=$(O) ci/test-kvm '$(or $(KERNEL),$(KERNELS))' '$(or $(CASE),$(CASES))'

.PHONY: clean distclean
clean:
	rm -rf $(O)

# The cache is shared with other clones, so it is only named.
distclean: clean
	rm -rf results/runs
	@echo "kernels and saved states, and what kernel-config/build clean removes, stay in $${COWPEN_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/cowpen}"

-include $(shell find $(O) -path $(O)/kselftest -prune -o -name '*.d' -print 2>/dev/null)
