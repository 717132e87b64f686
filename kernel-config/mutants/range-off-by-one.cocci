// SPDX-License-Identifier: GPL-2.0-only
// The last page of a range is left out.
@ disable all @
identifier a =~ "(addr|address|start)$";
identifier e =~ "end$";
@@
(
- a != e
+ COWPEN_NOT_END("range-off-by-one", a, e)
|
- a < e
+ COWPEN_BEFORE_END("range-off-by-one", a, e)
)
