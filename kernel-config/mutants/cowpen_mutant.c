// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/cowpen/: "on" is the number of the mutant that is on, 0 for none; "reached" has
 * the numbers of those whose place was run since somebody wrote to it.
 */
#include <linux/cowpen_mutant.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>

unsigned short cowpen_mutant_on;
bool cowpen_mutant_reached[COWPEN_MUTANTS];

static int reached_show(struct seq_file *s, void *unused)
{
	for (unsigned int nr = 1; nr < COWPEN_MUTANTS; nr++)
		if (READ_ONCE(cowpen_mutant_reached[nr]))
			seq_printf(s, "%u ", nr);
	seq_putc(s, '\n');
	return 0;
}

static int reached_open(struct inode *inode, struct file *file)
{
	return single_open(file, reached_show, NULL);
}

static ssize_t reached_write(struct file *file, const char __user *text, size_t len, loff_t *at)
{
	memset(cowpen_mutant_reached, 0, sizeof(cowpen_mutant_reached));
	return len;
}

static const struct file_operations reached_fops = {
	.owner = THIS_MODULE,
	.open = reached_open,
	.read = seq_read,
	.write = reached_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int __init mutants_init(void)
{
	struct dentry *dir = debugfs_create_dir("cowpen", NULL);

	debugfs_create_file("reached", 0600, dir, NULL, &reached_fops);
	debugfs_create_u16("on", 0600, dir, &cowpen_mutant_on);
	return 0;
}
late_initcall(mutants_init);
