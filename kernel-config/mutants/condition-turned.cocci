// SPDX-License-Identifier: GPL-2.0-only
// A condition that is the wrong way round. What a configuration decides is left alone: the code
// behind it may not be there.
@ disable all @
expression E;
expression list ES;
statement S1;
@@
(
  if (folio_is_device_coherent(ES)) S1
|
  if (
+ COWPEN_NOT("condition-turned",
  E
+ )
  ) S1
)

@ disable all @
expression E;
statement S1, S2;
@@
  if (
+ COWPEN_NOT("condition-turned",
  E
+ )
  ) S1 else S2
