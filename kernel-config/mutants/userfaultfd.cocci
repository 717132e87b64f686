// SPDX-License-Identifier: GPL-2.0-only
// Memory is taken for registered, or protected, that is not, or the other way round.
@ disable all @
identifier f =~ "^(userfaultfd_(wp|rwp|protected|missing|minor|armed|pte_wp|huge_pmd_wp|wp_async|rwp_async|wp_unpopulated)|uffd_disable_(fault_around|huge_pmd_share)|vma_has_uffd_without_event_remap|can_change_(pte|pmd)_writable)$";
expression list ES;
@@
+ COWPEN_FALSE("userfaultfd", COWPEN_TRUE("userfaultfd",
  f(ES)
+ ))
