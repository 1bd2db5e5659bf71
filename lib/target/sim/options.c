/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of the sim target: key=value, separated by commas. The table here is the one place
 * that tells of them: `vfwalk run --sim help` prints it.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/sim.h>

#include "model.h"

#define VALUES 6

/* The preset of what follows from other options. */
#define CHOSEN UINT_MAX

struct number {
	unsigned min, max;
};

struct option {
	const char *key;
	size_t field;              /* in struct sim_options */
	bool is_bool;              /* ... which is a bool, else an unsigned or an enum */
	bool is_address;           /* ... or a struct bdf */
	struct number range;       /* a number, where max is not 0 */
	const char *value[VALUES]; /* else one of these, which stand for: */
	unsigned means[VALUES];
	unsigned preset;
	const char *preset_text; /* where the preset does not tell by itself */
	const char *what;
};

#define FIELD(name) offsetof(struct sim_options, name)

static const struct option known[] = {
	{"model", FIELD(model), .value = {"M-RST", "M-IMM", "M-VFE"},
	 .means = {SIM_M_RST, SIM_M_IMM, SIM_M_VFE}, .preset = SIM_M_RST,
	 .what = "when a new size shows in Table Size"},
	{"backend", FIELD(backend), .value = {"nvme", "sysfs", "none"},
	 .means = {BACKEND_NVME, BACKEND_SYSFS, BACKEND_NONE}, .preset = CHOSEN,
	 .preset_text = "nvme; sysfs with class=network", .what = "how a size is assigned"},
	{"class", FIELD(class), .value = {"nvme", "network"},
	 .means = {SIM_CLASS_NVME, SIM_CLASS_NETWORK}, .preset = SIM_CLASS_NVME,
	 .what = "class code of the functions"},
	{"pf", FIELD(pf), .value = {"own", "mlx5", "ice"},
	 .means = {SIM_PF_OWN, SIM_PF_MLX5, SIM_PF_ICE}, .preset = SIM_PF_OWN,
	 .what = "whose errors the PF's driver has, where it resizes by sysfs"},
	{"revision", FIELD(revision), .range = {0, 255}, .preset = 1, .what = "Revision ID"},
	{"address", FIELD(address), .is_address = true, .preset_text = "0000:01:00.0",
	 .what = "of the PF"},
	{"vfs", FIELD(vfs), .range = {0, 4096}, .preset = 4, .what = "TotalVFs"},
	{"initial", FIELD(initial), .range = {0, UINT16_MAX}, .preset = CHOSEN,
	 .preset_text = "as vfs", .what = "InitialVFs; Linux enables none where it differs"},
	{"numvfs", FIELD(numvfs), .range = {0, 4096}, .preset = CHOSEN, .preset_text = "as vfs",
	 .what = "VFs that are enabled at first"},
	{"offset", FIELD(offset), .range = {1, UINT16_MAX}, .preset = CHOSEN,
	 .preset_text = "1; 256 where ari=off asks for it", .what = "First VF Offset"},
	{"stride", FIELD(stride), .range = {1, UINT16_MAX}, .preset = 1, .what = "VF Stride"},
	{"ari", FIELD(ari), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 1,
	 .what = "the port above forwards by ARI: functions 8 to 255 of the PF's bus"},
	{"max", FIELD(max), .range = {1, MSIX_MAX_SIZE}, .preset = 9,
	 .what = "largest Table Size of a VF"},
	{"size", FIELD(size), .range = {1, MSIX_MAX_SIZE}, .preset = CHOSEN,
	 .preset_text = "5, at most max", .what = "default Table Size of a VF"},
	{"pool", FIELD(pool), .range = {1, 1 << 24}, .preset = CHOSEN,
	 .preset_text = "every VF's default, and 5", .what = "vectors that VFs share"},
	{"queues", FIELD(queues), .range = {1, 1 << 24}, .preset = CHOSEN,
	 .preset_text = "pool and vfs", .what = "queues that VFs share"},
	{"granularity", FIELD(granularity), .range = {1, 64}, .preset = 1,
	 .what = "preferred steps of sizes (VIGRAN)"},
	{"bar", FIELD(bar32), true, .value = {"64", "32"}, .means = {0, 1}, .preset = 0,
	 .what = "width of the memory BARs"},
	{"bar_size", FIELD(bar_size), .range = {1, 1 << 28}, .preset = CHOSEN,
	 .preset_text = "as needed", .what = "bytes of VF BAR0, a power of two"},
	{"layout", FIELD(two_bars), true, .value = {"one", "two"}, .means = {0, 1}, .preset = 0,
	 .what = "table and PBA in one BAR, or each in its own"},
	{"page", FIELD(page), .value = {"4096", "16384", "65536"}, .means = {4096, 16384, 65536},
	 .preset = 4096, .what = "bytes of a page of the machine"},
	{"system_page", FIELD(system_page),
	 .value = {"4096", "8192", "65536", "262144", "1048576", "4194304"},
	 .means = {4096, 8192, 65536, 262144, 1048576, 4194304}, .preset = CHOSEN,
	 .preset_text = "the least that holds a page", .what = "System Page Size, in bytes"},
	{"cpus", FIELD(cpus), .range = {1, 256}, .preset = 2, .what = "CPUs of the machine"},
	{"irqs", FIELD(irqs), .range = {1, 1 << 20}, .preset = 1 << 20, .preset_text = "enough",
	 .what = "interrupts that the machine has to give"},
	{"kernel", FIELD(kernel), .value = {"6.1", "6.12", "7.2"},
	 .means = {KERNEL_6_1, KERNEL_6_12, KERNEL_7_2}, .preset = KERNEL_6_1,
	 .what = "what the kernel is like"},
	{"iommu", FIELD(iommu), .value = {"intel", "amd", "smmu", "none"},
	 .means = {SIM_IOMMU_INTEL, SIM_IOMMU_AMD, SIM_IOMMU_SMMU, SIM_IOMMU_NONE},
	 .preset = SIM_IOMMU_INTEL, .what = "the IOMMU; smmu has an ITS behind it"},
	{"irt", FIELD(irt), .range = {2, 65536}, .preset = CHOSEN,
	 .preset_text = "65536; 512 with iommu=amd, for each function",
	 .what = "entries of the interrupt remapping table"},
	{"cfi", FIELD(cfi), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 0,
	 .what = "interrupts in compatibility format pass, with iommu=intel"},
	{"loglimit", FIELD(loglimit), .range = {0, 1 << 20}, .preset = 0, .preset_text = "0, all",
	 .what = "faults that the kernel logs in five seconds"},
	{"remap", FIELD(remap), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 1,
	 .what = "interrupt remapping"},
	{"translation", FIELD(translation), true, .value = {"on", "off"}, .means = {1, 0},
	 .preset = 1, .what = "DMA translation"},
	{"flr", FIELD(flr), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 1,
	 .what = "VFs have Function Level Reset"},
	{"d3", FIELD(d3_resets), true, .value = {"keep", "reset"}, .means = {0, 1}, .preset = 0,
	 .what = "D3hot and back keeps registers (No_Soft_Reset) or resets them"},
	{"engine", FIELD(engine), .value = {"nvme", "igb", "off"},
	 .means = {SIM_ENGINE_NVME, SIM_ENGINE_IGB, SIM_ENGINE_OFF}, .preset = CHOSEN,
	 .preset_text = "nvme; off with class=network",
	 .what = "what fires vectors: queues, a register of causes (class=network), or nothing"},
	{"guard", FIELD(guard), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 0,
	 .what = "the host refuses Virtualization Management of a VF that a driver has"},
	{"limit", FIELD(limit_open), true, .value = {"told", "found"}, .means = {0, 1}, .preset = 0,
	 .what = "the largest size of a VF is told, or is found where it is refused"},
	{"probe", FIELD(probe), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 1,
	 .what = "the probe driver can be had"},
	{"guest", FIELD(guest), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 1,
	 .what = "VFs can be given to an inner guest"},
	{"unsafe", FIELD(unsafe), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 0,
	 .what = "VFIO is told to allow interrupts that are not isolated"},
	{"msi", FIELD(msi), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 0,
	 .what = "VFs have MSI beside MSI-X"},
	{"tph", FIELD(tph), true, .value = {"on", "off"}, .means = {1, 0}, .preset = 0,
	 .what = "VFs keep Steering Tags in their MSI-X Table"},
};

/* --- telling of them --- */

static const char *value_text(const struct option *option, unsigned value)
{
	for (size_t i = 0; i < VALUES && option->value[i]; i++)
		if (option->means[i] == value)
			return option->value[i];
	return NULL;
}

/* The values that it takes, with @between them. */
static void values_text(const struct option *option, const char *between, char *text, size_t size)
{
	size_t used = 0;

	if (option->is_address)
		snprintf(text, size, "BDF");
	else if (option->range.max)
		snprintf(text, size, "%u..%u", option->range.min, option->range.max);
	else
		for (size_t i = 0; i < VALUES && option->value[i] && used < size; i++)
			used += (size_t)snprintf(text + used, size - used, "%s%s", i ? between : "",
						 option->value[i]);
}

void sim_print_options(FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct option *option = &known[i];
		const char *preset = option->preset_text ?: value_text(option, option->preset);
		char values[96], number[16];

		values_text(option, "|", values, sizeof(values));
		snprintf(number, sizeof(number), "%u", option->preset);
		fprintf(out, "%s=%s\n        %s (%s)\n", option->key, values, option->what,
			preset ?: number);
	}
	fputs("defect=NAME\n        a deliberate fault, of which there may be several; `vfwalk run "
	      "--sim defects` lists them\n",
	      out);
}

/* --- setting them --- */

static void set(struct sim_options *options, const struct option *option, unsigned value)
{
	char *field = (char *)options + option->field;

	if (option->is_bool)
		*(bool *)field = value;
	else
		*(unsigned *)field = value;
}

static int set_number(struct sim_options *options, const struct option *option, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || value < option->range.min ||
	    value > option->range.max) {
		warnx("sim option %s=%s: a number from %u to %u is wanted", option->key, text,
		      option->range.min, option->range.max);
		return -EINVAL;
	}
	set(options, option, (unsigned)value);
	return 0;
}

static int set_address(struct sim_options *options, const struct option *option, const char *text)
{
	if (!bdf_parse(text, (struct bdf *)((char *)options + option->field)))
		return 0;
	warnx("sim option %s=%s: an address like 0000:01:00.0 is wanted", option->key, text);
	return -EINVAL;
}

static int set_value(struct sim_options *options, const struct option *option, const char *text)
{
	char values[96];

	for (size_t i = 0; i < VALUES && option->value[i]; i++) {
		if (strcmp(option->value[i], text))
			continue;
		set(options, option, option->means[i]);
		return 0;
	}
	values_text(option, " ", values, sizeof(values));
	warnx("sim option %s=%s: the values are %s", option->key, text, values);
	return -EINVAL;
}

static int set_defect(struct sim_options *options, const char *name)
{
	int defect = sim_defect_find(name);

	if (defect < 0) {
		warnx("sim option defect=%s: no such defect; `vfwalk run --sim defects` lists them",
		      name);
		return -EINVAL;
	}
	options->defect[defect] = true;
	return 0;
}

static int set_option(struct sim_options *options, char *text)
{
	char *value = strchr(text, '=');

	if (value)
		*value++ = '\0';
	else
		value = text + strlen(text);
	if (!strcmp(text, "defect"))
		return set_defect(options, value);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].key, text))
			continue;
		if (known[i].is_address)
			return set_address(options, &known[i], value);
		return known[i].range.max ? set_number(options, &known[i], value)
					  : set_value(options, &known[i], value);
	}
	warnx("sim option %s: there is none of that name; `vfwalk run --sim help` lists them",
	      text);
	return -EINVAL;
}

static void preset(struct sim_options *options)
{
	*options = (struct sim_options){.address = {.bus = 1}};
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!known[i].is_address)
			set(options, &known[i], known[i].preset);
}

/* --- what one says about another --- */

static void choose(unsigned *value, unsigned instead)
{
	if (*value == CHOSEN)
		*value = instead;
}

static int check_class(struct sim_options *options)
{
	bool network = options->class == SIM_CLASS_NETWORK;

	if ((unsigned)options->backend == CHOSEN)
		options->backend = network ? BACKEND_SYSFS : BACKEND_NVME;
	if (network && options->backend == BACKEND_NVME) {
		warnx("sim options: class=network has no Virtualization Management: give "
		      "backend=sysfs or none");
		return -EINVAL;
	}
	if (options->pf != SIM_PF_OWN && options->backend != BACKEND_SYSFS) {
		warnx("sim options: the driver of pf=%s resizes by backend=sysfs",
		      options->pf == SIM_PF_ICE ? "ice" : "mlx5");
		return -EINVAL;
	}
	if (options->granularity > 1 && options->backend != BACKEND_NVME) {
		warnx("sim options: granularity=%u is told by Virtualization Management only: "
		      "give backend=nvme",
		      options->granularity);
		return -EINVAL;
	}
	if ((unsigned)options->engine == CHOSEN)
		options->engine = network ? SIM_ENGINE_OFF : SIM_ENGINE_NVME;
	if (options->engine != SIM_ENGINE_OFF && network != (options->engine == SIM_ENGINE_IGB)) {
		warnx("sim options: vectors of class=%s are fired by engine=%s",
		      network ? "network" : "nvme", network ? "igb" : "nvme");
		return -EINVAL;
	}
	return 0;
}

/*
 * Where VFs are (PCIe 6.0, 9.2.1.2). Without ARI the port above passes on what is for device 0 of
 * its bus only, so of that bus there are functions 0 to 7; of the buses behind it, all.
 */
static int check_addresses(struct sim_options *options)
{
	unsigned pf = bdf_requester_id(options->address), bus = pf & ~0xffu;
	unsigned last = options->vfs ? (options->vfs - 1) * options->stride : 0;

	if (options->offset == CHOSEN)
		options->offset = options->ari || (pf & 0xff) + 1 + last < 8 ? 1 : 256;
	if (!options->ari && (pf & 0xff) >= 8) {
		warnx("sim options: without ARI the PF has a function number from 0 to 7, of "
		      "device 0");
		return -EINVAL;
	}
	for (unsigned i = 0; i < options->vfs; i++) {
		unsigned id = pf + options->offset + i * options->stride;

		if (id > UINT16_MAX) {
			warnx("sim options: VF %u of vfs=%u would be behind bus 255", i,
			      options->vfs);
			return -EINVAL;
		}
		if (!options->ari && (id & ~0xffu) == bus && (id & 0xff) >= 8) {
			warnx("sim options: VF %u would be function %u of the PF's bus: without "
			      "ARI there are 0 to 7",
			      i, id & 0xff);
			return -EINVAL;
		}
	}
	return 0;
}

static int check_vfs(struct sim_options *options)
{
	choose(&options->initial, options->vfs);
	choose(&options->numvfs, options->vfs);
	if (options->initial > options->vfs || options->numvfs > options->vfs) {
		warnx("sim options: %s=%u is more than vfs=%u",
		      options->initial > options->vfs ? "initial" : "numvfs",
		      options->initial > options->vfs ? options->initial : options->numvfs,
		      options->vfs);
		return -EINVAL;
	}
	if (options->numvfs && options->initial != options->vfs) {
		warnx("sim options: initial=%u is not vfs=%u, so no VF can be enabled: give "
		      "numvfs=0",
		      options->initial, options->vfs);
		return -EINVAL;
	}
	return check_addresses(options);
}

static int check_pages(struct sim_options *options)
{
	choose(&options->system_page, options->page <= 4096 ? 4096 : 65536);
	choose(&options->bar_size, 0);
	if (options->system_page < options->page) {
		warnx("sim options: system_page=%u is less than page=%u, which Linux never sets",
		      options->system_page, options->page);
		return -EINVAL;
	}
	if (options->bar_size & (options->bar_size - 1)) {
		warnx("sim options: bar_size=%u is no power of two", options->bar_size);
		return -EINVAL;
	}
	return 0;
}

/* VF Enable must be able to give every VF its share, and two queues. */
static int check_pool(struct sim_options *options)
{
	unsigned share;

	choose(&options->size, options->max < 5 ? options->max : 5);
	if (options->size > options->max) {
		warnx("sim options: size=%u is more than max=%u", options->size, options->max);
		return -EINVAL;
	}
	choose(&options->pool, options->vfs * options->size + 5);
	choose(&options->queues, options->pool + options->vfs);
	if (options->pool < options->vfs) {
		warnx("sim options: pool=%u is too small for vfs=%u", options->pool, options->vfs);
		return -EINVAL;
	}
	share = options->vfs && options->pool / options->vfs < options->size
			? options->pool / options->vfs
			: options->size;
	share = share < 2 ? 2 : share;
	if (options->queues < options->vfs * share) {
		warnx("sim options: queues=%u is too small for vfs=%u, each with %u",
		      options->queues, options->vfs, share);
		return -EINVAL;
	}
	return 0;
}

/* Linux has tables of 512 entries on AMD; an ITS has room for any EventID of 16 bits. */
#define IRT_PRESET 65536u
#define IRT_AMD    512u

static int check_iommu(struct sim_options *options)
{
	bool amd = options->iommu == SIM_IOMMU_AMD;

	choose(&options->irt, amd ? IRT_AMD : IRT_PRESET);
	if (options->iommu == SIM_IOMMU_SMMU && !options->remap) {
		warnx("sim options: an ITS always maps: remap=off goes with iommu=intel or amd");
		return -EINVAL;
	}
	if (amd && options->irt > MSIX_MAX_SIZE) {
		warnx("sim options: irt=%u is more than the %u entries of AMD", options->irt,
		      MSIX_MAX_SIZE);
		return -EINVAL;
	}
	return 0;
}

static int check(struct sim_options *options)
{
	int err = check_class(options);

	if (!err)
		err = check_vfs(options);
	if (!err)
		err = check_pages(options);
	if (!err)
		err = check_iommu(options);
	return err ? err : check_pool(options);
}

int sim_options_parse(struct sim_options *options, const char *text)
{
	char *copy, *rest, *item;
	int err = 0;

	preset(options);
	copy = strdup(text ?: "");
	if (!copy)
		return -ENOMEM;
	for (item = strtok_r(copy, ",", &rest); item && !err; item = strtok_r(NULL, ",", &rest))
		err = set_option(options, item);
	free(copy);
	return err ? err : check(options);
}
