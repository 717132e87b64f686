// SPDX-License-Identifier: GPL-2.0-only
// A page is taken for exclusive that is not, or is not taken for what it is.
@ disable all @
identifier f =~ "^(SetPageAnonExclusive|ClearPageAnonExclusive|__ClearPageAnonExclusive)$";
expression list ES;
@@
- f(ES);
+ COWPEN_SKIP("exclusive", f(ES));

@ disable all @
expression E;
@@
+ COWPEN_FALSE("exclusive", COWPEN_TRUE("exclusive",
  PageAnonExclusive(E)
+ ))

@ disable all @
identifier f =~ "^folio_try_share_anon_rmap_p[tm][ed]$";
expression list ES;
@@
+ COWPEN_FALSE("exclusive",
  f(ES)
+ )

@ disable all @
@@
- RMAP_EXCLUSIVE
+ COWPEN_OR("exclusive", RMAP_EXCLUSIVE, RMAP_NONE)
