// SPDX-License-Identifier: GPL-2.0-only
// An error that is not passed on.
@ disable all @
identifier c =~ "^E[A-Z]+$";
@@
  return
+ COWPEN_ZERO("error-swallowed",
  -c
+ )
  ;

@ disable all @
identifier e =~ "^(err|error|ret|rc)$";
expression X;
@@
  if (
+ COWPEN_FALSE("error-swallowed",
  e
+ )
  )
  return X;

@ disable all @
identifier e =~ "^(err|error|ret|rc)$";
identifier l;
@@
  if (
+ COWPEN_FALSE("error-swallowed",
  e
+ )
  )
  goto l;
