// SPDX-License-Identifier: GPL-2.0-only
// A condition of which a part is left out.
@ disable all @
expression A, B, C;
@@
(
  A && B &&
+ COWPEN_TRUE("half-condition",
  C
+ )
|
+ COWPEN_TRUE("half-condition",
  A
+ )
  &&
+ COWPEN_TRUE("half-condition",
  B
+ )
|
  A || B ||
+ COWPEN_FALSE("half-condition",
  C
+ )
|
+ COWPEN_FALSE("half-condition",
  A
+ )
  ||
+ COWPEN_FALSE("half-condition",
  B
+ )
)
