// SPDX-License-Identifier: GPL-2.0-only
// A PTE marker that is not installed, not seen, or not dropped.
@ disable all @
identifier f =~ "^set_(huge_)?p[tm][ed]_at$";
expression list ES;
expression E;
@@
- f(ES, make_pte_marker(E));
+ COWPEN_SKIP("marker", f(ES, make_pte_marker(E)));

@ disable all @
identifier f =~ "^set_(huge_)?p[tm][ed]_at$";
expression list ES;
expression E, X;
@@
- f(ES, make_pte_marker(E), X);
+ COWPEN_SKIP("marker", f(ES, make_pte_marker(E), X));

@ disable all @
identifier f =~ "^(pte_is_(uffd_|uffd_wp_)?marker|softleaf_is_(uffd_wp_|poison_|guard_)?marker|is_guard_pte_marker|zap_install_uffd_wp_if_needed|zap_drop_markers|copy_pte_marker|uffd_supports_wp_marker|userfaultfd_wp_use_markers)$";
expression list ES;
@@
+ COWPEN_FALSE("marker",
  f(ES)
+ )

@ disable all @
identifier f =~ "^(zap_drop_markers|uffd_supports_wp_marker|userfaultfd_wp_use_markers)$";
expression list ES;
@@
+ COWPEN_TRUE("marker",
  f(ES)
+ )
