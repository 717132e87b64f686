// SPDX-License-Identifier: GPL-2.0-only
// A page that was written and is not said to be dirty.
@ disable all @
identifier f =~ "^(folio_mark_dirty|folio_set_dirty|set_page_dirty|set_page_dirty_lock|folio_mark_dirty_lock)$";
expression list ES;
@@
- f(ES);
+ COWPEN_SKIP("dirty-lost", f(ES));
