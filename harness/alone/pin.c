// SPDX-License-Identifier: GPL-2.0-only

#define must_pin(error) must(!(error), "C7", "the pin is taken")
