/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_VFIO_H
#define COWPEN_VFIO_H

#include <stdbool.h>
#include <stddef.h>

#define PCI_DEVICES "/sys/bus/pci/devices"

/* A node of vivid's that takes pictures, opened; -1: there is none. */
int vivid_camera(void);
/* The same of one that shows them. */
int vivid_screen(void);
/* The address of the first card that pin_vfio.c can drive. False: there is none. */
bool vfio_card(char *address, size_t size);
/* Of this process, that has such a card; -1: none. Some things it only says then. */
extern int vfio_container;

#endif
