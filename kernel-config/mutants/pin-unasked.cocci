// SPDX-License-Identifier: GPL-2.0-only
// Nobody asks whether a page is pinned, or whether a pin may be taken as things are.
@ disable all @
identifier f =~ "^(folio_maybe_dma_pinned|folio_needs_cow_for_dma|gup_must_unshare|folio_is_longterm_unpinnable)$";
expression list ES;
@@
+ COWPEN_FALSE("pin-unasked",
  f(ES)
+ )

@ disable all @
identifier f =~ "^(folio_is_longterm_pinnable)$";
expression list ES;
@@
+ COWPEN_TRUE("pin-unasked",
  f(ES)
+ )
