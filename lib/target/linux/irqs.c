/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts as the kernel counts them: msi_irqs of a function, and all of /proc/interrupts with
 * the function and vector behind each line where that is known.
 *
 * A line of /proc/interrupts (show_interrupts() in kernel/irq/proc.c):
 *	 25:   0   7   IR-PCI-MSI 526336-edge      nvme0q1
 *	 25:   0   7   IR-PCI-MSIX-0000:01:00.1   1-edge      nvme0q1
 *	 25:   0   7   ITS-MSI 526336 Edge      nvme0q1
 *	 25:   0   7   ITS-PCI-MSIX-0000:01:00.1   1 Edge      nvme0q1
 *	NMI:   0   0   Non-maskable interrupts
 * Where the chip carries an address, in kernels with an interrupt domain for each device, it names
 * function and vector; else the msi_irqs of the functions do. The last two are those of a GIC.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux.h"

static int compare_int(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* The kernel hands out numbers upwards, in the order of vectors. */
int linux_msi_irqs(struct target *t, struct bdf fn, int *irq, size_t max)
{
	char path[PATH_MAX];
	DIR *d = opendir(linux_path(path, fn, "msi_irqs"));
	struct dirent *entry;
	int all[MSIX_MAX_SIZE];
	size_t n = 0;

	(void)t;
	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while (n < MSIX_MAX_SIZE && (entry = readdir(d)))
		if (isdigit((unsigned char)entry->d_name[0]))
			all[n++] = atoi(entry->d_name);
	closedir(d);
	qsort(all, n, sizeof(*all), compare_int);
	if (max)
		memcpy(irq, all, (n < max ? n : max) * sizeof(*all));
	return n;
}

/* Reads a file of /proc, whose size is not known before; NULL with errno set. */
static char *read_all(const char *path)
{
	size_t size = 16384, len = 0;
	char *text = malloc(size);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	while (fd >= 0 && text && got > 0) {
		got = read(fd, text + len, size - len - 1);
		if (got > 0)
			len += got;
		if (got > 0 && len + 1 == size) {
			char *more = realloc(text, size *= 2);

			if (!more)
				got = -1;
			else
				text = more;
		}
	}
	if (fd >= 0)
		close(fd);
	if (fd < 0 || !text || got < 0) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

static unsigned count_cpus(const char *header)
{
	unsigned n = 0;

	for (const char *at = header; (at = strstr(at, "CPU")); at += 3)
		n++;
	return n;
}

static char *skip_blanks(char *at)
{
	return at + strspn(at, " \t");
}

static char *skip_word(char *at)
{
	return skip_blanks(at + strcspn(at, " \t"));
}

static void copy_trimmed(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	while (len && from[len - 1] == ' ')
		len--;
	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

/* What follows "MSI" in the name of a chip for PCI functions; NULL for other chips. */
static char *find_msi(char *chip)
{
	static const char *const names[] = {"IR-PCI-MSI", "PCI-MSI", "ITS-PCI-MSI", "ITS-MSI",
					    "MSI"};

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		if (!strncmp(chip, names[n], strlen(names[n])))
			return chip + strlen(names[n]);
	return NULL;
}

/*
 * Splits what follows the counts: chip, hardware number with its flow, actions. Where the chip
 * carries an address, that and the hardware number say whose vector it is.
 */
static bool parse_chip(char *text, struct irq_row *row)
{
	char *hwirq = skip_word(text), *name = skip_word(hwirq);
	char *msi = find_msi(text), address[BDF_LEN + 1];

	/* Some architectures print the trigger as a word of its own. */
	if (!strncmp(name, "Edge ", 5) || !strncmp(name, "Level ", 6))
		name = skip_word(name);
	copy_trimmed(row->name, sizeof(row->name), name);
	if (!msi)
		return false;

	msi += *msi == 'X';
	if (sscanf(msi, "-%12[0-9a-f:.]", address) == 1 && !bdf_parse(address, &row->fn)) {
		row->vector = atoi(hwirq);
		return false;
	}
	return true;
}

/* Parses one line; returns 1 when its function is still to be found, 0, or a negative errno. */
static int parse_row(char *line, unsigned ncpu, struct irq_row *row)
{
	char *label = skip_blanks(line), *at = strchr(label, ':'), *end;

	*row = (struct irq_row){.irq = -1, .vector = -1, .ncpu = ncpu};
	if (!at)
		return -EINVAL;
	*at++ = '\0';
	row->cpu = calloc(ncpu ? ncpu : 1, sizeof(*row->cpu));
	if (!row->cpu)
		return -ENOMEM;
	for (unsigned n = 0; n < ncpu; n++) {
		at = skip_blanks(at);
		row->cpu[n] = strtoull(at, &end, 10);
		/* ERR and MIS have one count for the machine. */
		if (end == at || (*end && !isspace((unsigned char)*end)))
			break;
		at = end;
	}
	if (!isdigit((unsigned char)*label)) {
		copy_trimmed(row->name, sizeof(row->name), label);
		return 0;
	}
	row->irq = atoi(label);
	return parse_chip(skip_blanks(at), row);
}

static struct irq_row *find_row(struct irq_table *table, int irq)
{
	for (size_t n = 0; n < table->len; n++)
		if (table->row[n].irq == irq)
			return &table->row[n];
	return NULL;
}

static void assign(struct target *t, struct bdf fn, struct irq_table *table)
{
	int irq[MSIX_MAX_SIZE];
	int n = linux_msi_irqs(t, fn, irq, MSIX_MAX_SIZE);

	for (int i = 0; i < n; i++) {
		struct irq_row *row = find_row(table, irq[i]);

		if (!row)
			continue;
		row->fn = fn;
		row->vector = i;
	}
}

static void assign_all(struct target *t, struct irq_table *table)
{
	int vfs = linux_numvfs(t);
	struct bdf vf;

	assign(t, linux_pf(t), table);
	for (int n = 0; n < vfs; n++)
		if (!linux_vf(t, n, &vf))
			assign(t, vf, table);
}

static void read_affinity(struct irq_row *row)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%d/effective_affinity_list", row->irq);
	if (linux_read_text(path, row->affinity, sizeof(row->affinity)) < 0)
		row->affinity[0] = '\0';
}

static int parse_table(char *text, struct irq_table *table, bool *unassigned)
{
	unsigned ncpu = count_cpus(strsep(&text, "\n"));
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (!*line)
			continue;
		struct irq_row *row = realloc(table->row, (table->len + 1) * sizeof(*table->row));

		if (!row)
			return -ENOMEM;
		table->row = row;
		int ret = parse_row(line, ncpu, &row[table->len]);

		if (ret == -EINVAL)
			continue;
		if (ret < 0)
			return ret;
		if (ret)
			*unassigned = true;
		table->len++;
	}
	return 0;
}

int linux_interrupts(struct target *t, struct irq_table *table)
{
	char *text = read_all("/proc/interrupts");
	bool unassigned = false;
	int ret;

	*table = (struct irq_table){0};
	if (!text)
		return -errno;
	ret = parse_table(text, table, &unassigned);
	free(text);
	if (ret) {
		irq_table_free(table);
		return ret;
	}
	if (unassigned)
		assign_all(t, table);
	for (size_t n = 0; n < table->len; n++)
		if (table->row[n].vector >= 0)
			read_affinity(&table->row[n]);
	return 0;
}
