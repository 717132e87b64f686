# SPDX-License-Identifier: GPL-2.0-only
# Called by ci/export-check: in W are src/<area>-<case>-<variant>.c, programs that were
# exported, and include/<area>-<case>/programs.h for a case (ci/exported.c).
#
#   objects   compiled as the program's head says, by gcc -O2 and by clang
#   cases     cases/<area>/<case>, of those objects that there are

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
STRICT := -Wall -Wextra -Werror
name := $(patsubst $(W)/src/%.c,%,$(wildcard $(W)/src/*.c))
case := $(patsubst $(W)/include/%/programs.h,%,$(wildcard $(W)/include/*/programs.h))
# Without it a static program finds no device.
STATIC := -DRDMA_STATIC_PROVIDERS=rxe
LIBS := -ljansson -libverbs -lrxe-rdmav34 -libverbs -lnl-route-3 -lnl-3 -lpthread

.PHONY: objects cases
objects: $(name:%=$(W)/obj/%.o) $(name:%=$(W)/obj/%.O2) $(name:%=$(W)/obj/%.clang)
cases: $(case:%=$(W)/linked/%)

$(W)/obj/%.o: $(W)/src/%.c
	$(CC) $(STRICT) $(STATIC) -Dmain=main_$(subst -,_,$*) -c -o $@ $<
$(W)/obj/%.O2: $(W)/src/%.c
	$(CC) $(STRICT) -O2 -c -o $@ $<
$(W)/obj/%.clang: $(W)/src/%.c
	clang $(STRICT) -fsyntax-only $< && touch $@

$(W)/linked/%: ci/exported.c $(W)/include/%/programs.h
	mkdir -p $(W)/cases/$(firstword $(subst -, ,$*)) $(@D)
	$(CC) $(STRICT) -Iharness -I$(W)/include/$* -static -s \
		-o $(W)/cases/$(subst -,/,$*) $< harness/json.c $(wildcard $(W)/obj/$*-*.o) $(LIBS)
	touch $@
