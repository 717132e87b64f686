/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_AGENT_FW_CFG_H
#define COWPEN_AGENT_FW_CFG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* docs/specs/fw_cfg.txt of QEMU: big endian throughout. */
#define FW_CFG_SELECTOR 0x510
#define FW_CFG_DATA	0x511
#define FW_CFG_DMA_HI	0x514
#define FW_CFG_DMA_LO	0x518
#define FW_CFG_FILE_DIR 0x19
#define FW_CFG_ID	0x01
#define DMA_ERROR	1
#define DMA_READ	2
#define DMA_SKIP	4
#define DMA_SELECT	8

extern bool have_dma;

/* Physical addresses of @n pages from @p on, which are there. */
bool phys(const void *p, uint64_t *pa, size_t n);
/* One operation. The device is done when the second port write returns. */
bool dma_run(uint32_t control, uint64_t to, uint32_t len);
void pio_read(void *to, size_t len);

void fw_cfg_init(void);
/* Where its pages lie. */
void fw_cfg_find_pages(void);
void fw_cfg_scan(void);
/* In what was scanned last. @size 0 if the file is not there. */
uint16_t fw_cfg_find(const char *name, size_t *size);
/* The command, NUL-terminated. */
char *fw_cfg_text(uint16_t select, size_t size);

#endif
