// SPDX-License-Identifier: GPL-2.0-only
// A TLB that is not flushed, a secondary one that is not told, a waiter that is not woken.
@ disable all @
identifier f =~ "^(flush_tlb_(range|page|mm|batched_pending)|mmu_notifier_invalidate_range_(start|end)|mmu_notifier_arch_invalidate_secondary_tlbs|tlb_flush_mmu_tlbonly|tlb_flush_p[tmu][ed]_range|tlb_change_page_size|wake_userfault|wake_up_poll|__wake_userfault|__wake_up|wake_up_all|wake_up_interruptible|set_tlb_ubc_flush_pending)$";
expression list ES;
@@
- f(ES);
+ COWPEN_SKIP("flush-left-out", f(ES));
