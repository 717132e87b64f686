// SPDX-License-Identifier: GPL-2.0-only
// A bit of an entry that is not carried over when the entry is rebuilt.
@ disable all @
identifier f =~ "^(pte|pmd|pud|huge_pte)(_swp)?_mk(uffd|soft_dirty|exclusive|dirty|young)$";
expression E;
@@
- f(
+ COWPEN_AS_IS("bit-lost", f,
  E)
