// SPDX-License-Identifier: GPL-2.0-only
// A bit of an entry that nobody looks at.
@ disable all @
identifier f =~ "^((pte|pmd|pud|huge_pte)(_swp)?_(uffd|uffd_any|soft_dirty|dirty|write|exclusive)|softleaf_is_migration_(write|read_exclusive)|vmf_orig_pte_uffd_wp)$";
expression E;
@@
+ COWPEN_FALSE("bit-unseen",
  f(E)
+ )
