// SPDX-License-Identifier: GPL-2.0-only
// The opposite: a bit, or a right, that the rebuilt entry should not have any more.
@ disable all @
identifier f =~ "^(pte|pmd|pud|huge_pte)(_swp)?_(clear_(uffd|soft_dirty|exclusive)|wrprotect|mkclean|mkold)$";
expression E;
@@
- f(
+ COWPEN_AS_IS("bit-kept", f,
  E)

@ disable all @
identifier f =~ "^(wrprotect_ptes|(ptep|huge_ptep|pmdp|pudp)_set_wrprotect)$";
expression list ES;
@@
- f(ES);
+ COWPEN_SKIP("bit-kept", f(ES));
