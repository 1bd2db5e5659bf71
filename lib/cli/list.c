/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `vfwalk list`: the PFs and VFs here, and what of them cannot be tested and why. Reads only.
 */
#include <err.h>
#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vfwalk/target.h>

#include "cli.h"
#include "pf_drivers.h"

struct list_args {
	const char *target, *sim;
	bool drivers;
};

enum { KEY_SIM = 256, KEY_DRIVERS };

static const struct argp_option options[] = {
	{"target", 't', "TARGET", 0, "linux (this machine, the default) or sim (a model device)",
	 0},
	{"sim", KEY_SIM, "OPTS", 0, "the model device", 0},
	{"drivers", KEY_DRIVERS, NULL, 0,
	 "what is known of PF drivers, whatever is here: what they need, which rules they break",
	 0},
	ARGS_COMMON};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list_args *args = state->input;

	switch (key) {
	case 't':
		args->target = arg;
		if (target_find(arg))
			return 0;
		warnx("unknown target \"%s\": use linux or sim", arg);
		return EINVAL;
	case KEY_SIM:
		args->sim = arg;
		return 0;
	case KEY_DRIVERS:
		args->drivers = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"",
	"Lists PFs and VFs: Table Size, pool, driver, resize backend, IOMMU, and what cannot be "
	"tested and why. Touches nothing.",
	NULL,
	NULL,
	NULL};

/* An operation of the target; -EOPNOTSUPP where it has none. */
#define ASK(t, op, ...) ((t)->ops->op ? (t)->ops->op(t, ##__VA_ARGS__) : -EOPNOTSUPP)

/* --- one function --- */

struct row {
	struct bdf bdf;
	char name[BDF_LEN];
	bool readable; /* config space, beyond its first 64 bytes */
	struct cfg cfg;
	struct msix msix;
	bool has_msix, has_flr;
	char driver[TARGET_NAME_LEN];
	int group;
	char domain[16];
	const char *engine;
};

static void read_row(struct target *t, struct bdf bdf, struct row *row)
{
	ssize_t len;

	*row = (struct row){.bdf = bdf};
	bdf_format(bdf, row->name);
	len = ASK(t, cfg_read, bdf, 0, row->cfg.byte, sizeof(row->cfg.byte));
	row->cfg.len = len > 0 ? (size_t)len : 0;
	row->readable = len > 64;
	row->has_msix = !cfg_msix(&row->cfg, &row->msix);
	row->has_flr = cfg_has_flr(&row->cfg);
	if (ASK(t, driver, bdf, row->driver))
		row->driver[0] = '\0';
	row->group = ASK(t, iommu_group, bdf, row->domain, sizeof(row->domain));
	row->engine = t->ops->engine ? t->ops->engine(t, bdf) : "none";
}

static void print_row(const struct row *row, unsigned vendor, unsigned device, const char *role)
{
	char size[8] = "-", group[32] = "none";

	if (row->has_msix)
		snprintf(size, sizeof(size), "%u", row->msix.size);
	if (row->group >= 0)
		snprintf(group, sizeof(group), "%d %s", row->group, row->domain);
	printf("  %-13s %-3s %04x:%04x  %5s  %-14s %s\n", row->name, role, vendor, device, size,
	       row->driver[0] ? row->driver : "-", group);
}

/* --- what cannot be tested --- */

static void cannot(FILE *out, const char *what, const char *who, const char *why)
{
	fprintf(out, "  cannot test %s%s%s: %s\n", what, *who ? " of " : "", who, why);
}

static void put_limits_of(FILE *out, struct target *t, const struct row *row)
{
	char why[256] = "";

	if (!row->readable) {
		cannot(out, "anything", row->name, "its config space is readable for root only");
		return;
	}
	if (ASK(t, in_use, row->bdf, why, sizeof(why)) == -EBUSY)
		cannot(out, "anything", row->name, why);
	if (!row->has_msix)
		cannot(out, "vectors", row->name, "it has no MSI-X capability");
	if (!row->has_flr)
		cannot(out, "FLR", row->name, "its Device Capabilities do not say FLR");
	if (!row->engine || !strcmp(row->engine, "none"))
		cannot(out, "delivery of interrupts", row->name,
		       "nobody here knows how to fire its vectors");
	if (row->group < 0)
		cannot(out, "VFIO", row->name, "it is in no IOMMU group");
}

static void put_limits(FILE *out, struct target *t, const struct resize_caps *caps, int numvfs)
{
	struct target_machine machine = {0};

	if (!numvfs)
		cannot(out, "VFs", "",
		       "none is enabled; `vfwalk run --claim` enables them for its time");
	if (caps->backend == BACKEND_NONE)
		cannot(out, "resizing", "", caps->why[0] ? caps->why : "no backend was found");
	if (ASK(t, machine, &machine))
		return;
	if (!strcmp(machine.iommu, "none"))
		cannot(out, "isolation", "",
		       "no IOMMU is in use: intel_iommu=on, amd_iommu=on, or BIOS");
	else if (!machine.remapping)
		cannot(out, "isolation of interrupts", "", "interrupt remapping is off");
	else if (!machine.translation)
		cannot(out, "isolation of DMA", "", "it is not translated: iommu=nopt turns it on");
}

static void print_limits(struct target *t, const struct resize_caps *caps, int numvfs)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct row row;
	struct bdf bdf;

	if (!out)
		return;
	put_limits(out, t, caps, numvfs);
	for (int i = 0; i < numvfs; i++)
		if (!ASK(t, vf, (unsigned)i, &bdf)) {
			read_row(t, bdf, &row);
			put_limits_of(out, t, &row);
		}
	if (!fclose(out))
		printf("\n%s", *text ? text : "  nothing is in the way of testing these\n");
	free(text);
}

/* --- one PF --- */

/* Not measured, but what is known of its driver. */
static void print_known(const struct row *pf)
{
	const struct pf_driver *driver = pf_driver_find(pf->driver);

	if (!driver)
		return;
	putchar('\n');
	pf_driver_print(stdout, driver);
}

static void print_backend(struct target *t, const struct resize_caps *caps, int numvfs,
			  const struct sriov *sriov)
{
	int free = ASK(t, pool_free);

	printf("  %d of %u VFs, backend %s", numvfs, sriov->total_vfs,
	       resize_backend_name(caps->backend));
	if (caps->backend != BACKEND_NONE) {
		printf(", pool of %u vectors", caps->total);
		if (free >= 0)
			printf(" (%d free)", free);
		printf(", %u to %u for a VF", caps->min, caps->max);
	}
	putchar('\n');
}

static void list_functions(struct target *t)
{
	struct resize_caps caps = {0};
	struct sriov sriov = {0};
	struct row pf, row;
	int numvfs = ASK(t, numvfs);
	struct bdf bdf;

	numvfs = numvfs > 0 ? numvfs : 0;
	read_row(t, t->ops->pf(t), &pf);
	cfg_sriov(&pf.cfg, &sriov);
	if (ASK(t, resize_caps, &caps))
		caps.backend = BACKEND_NONE;

	printf("%s\n", pf.name);
	print_backend(t, &caps, numvfs, &sriov);
	printf("\n  %-13s %-3s %-9s  %5s  %-14s %s\n", "FUNCTION", "", "DEVICE", "SIZE", "DRIVER",
	       "IOMMU GROUP");
	print_row(&pf, cfg_u16(&pf.cfg, 0), cfg_u16(&pf.cfg, 2), "PF");
	for (int i = 0; i < numvfs; i++)
		if (!ASK(t, vf, (unsigned)i, &bdf)) {
			read_row(t, bdf, &row);
			print_row(&row, cfg_u16(&pf.cfg, 0), sriov.vf_device, "VF");
		}
	print_limits(t, &caps, numvfs);
	print_known(&pf);
}

static int list_pf(const struct list_args *args, const char *pf)
{
	struct target target = {.ops = target_find(args->target),
				.options = {.pf = pf, .sim = args->sim}};
	int err = target.ops->open(&target, &target.options);

	if (err)
		return EXIT_BROKEN; /* the target has said why */
	list_functions(&target);
	target.ops->close(&target);
	return 0;
}

/* Every function of this machine that has the SR-IOV capability. */
static int list_machine(const struct list_args *args)
{
	glob_t found;
	int status = 0, err = glob("/sys/bus/pci/devices/*/sriov_totalvfs", 0, NULL, &found);

	if (err) {
		warnx("no PF here: no PCI function of this machine has the SR-IOV capability; "
		      "enable it in the device's and the machine's setup, or use --target sim");
		return EXIT_NOTHING;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *dir = dirname(found.gl_pathv[i]);

		if (i)
			putchar('\n');
		if (list_pf(args, basename(dir)))
			status = EXIT_BROKEN;
	}
	globfree(&found);
	return status;
}

int cmd_list(int argc, char **argv)
{
	struct list_args args = {.target = "linux"};
	int status;

	if (!args_parse(&argp, argc, argv, &args, &status))
		return status;
	if (args.drivers) {
		pf_drivers_print(stdout);
		return 0;
	}
	if (args.sim && strcmp(args.target, "sim")) {
		warnx("--sim describes a model device: give --target sim with it");
		return EXIT_BROKEN;
	}
	return strcmp(args.target, "linux") ? list_pf(&args, NULL) : list_machine(&args);
}
