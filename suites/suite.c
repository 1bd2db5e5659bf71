/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every suite program begins and ends with. Run by `vfwalk run` it continues that run's
 * record; run alone it makes its own, and removes it when nothing failed. What it needs it reads
 * from the environment:
 *
 *	VFWALK_TARGET, VFWALK_SIM, VFWALK_PF, VFWALK_VF, VFWALK_PROFILE, VFWALK_LAB, VFWALK_SEED
 *	VFWALK_CLAIM=1, VFWALK_SCRATCH=1, VFWALK_RACES=1       what may be done
 *	VFWALK_RECORD_FD or VFWALK_RECORD      the record to continue, or to make
 *	VFWALK_MODEL and VFWALK_BACKEND        what was found before; else it probes itself
 *	VFWALK_MAX                             ... and the largest size of a VF
 *	VFWALK_BASELINE                        known failures, files separated by colons
 */
#include <err.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vfwalk/report.h>

#include "suite.h"

#define STATUS_BROKEN 2

struct walk *w;

static const char *suite;
static pid_t suite_pid;
static char own_record[] = "/tmp/vfwalk-XXXXXX";
static bool owns_record;
static struct baseline *baseline;

/* --- opening --- */

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static int __attribute__((format(printf, 1, 2))) refuse(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vwarnx(fmt, ap);
	va_end(ap);
	return STATUS_BROKEN;
}

static bool is_known(void *ctx, const struct finding *finding)
{
	struct judge *judge = walk_judge(w);

	(void)ctx;
	return baseline && baseline_reason(baseline, finding, judge_device(judge, finding->fn),
					   judge_is_vf(judge, finding->fn), judge_header(judge));
}

static int load_baselines(const char *paths)
{
	char why[512], *list = strdup(paths), *save = NULL;

	for (char *path = strtok_r(list, ":", &save); path; path = strtok_r(NULL, ":", &save)) {
		struct baseline *grown = baseline_load(baseline, path, why, sizeof(why));

		if (!grown)
			return refuse("%s", why);
		baseline = grown;
	}
	free(list);
	return 0;
}

static int choose_record(struct walk_options *options)
{
	const char *fd = env("VFWALK_RECORD_FD");
	int made;

	options->record = env("VFWALK_RECORD");
	options->record_fd = -1;
	if (fd) {
		options->record = NULL;
		options->record_fd = atoi(fd);
		return 0;
	}
	if (options->record)
		return 0;
	made = mkstemp(own_record);
	if (made < 0)
		return refuse("cannot make a record in /tmp: %s", strerror(errno));
	close(made);
	owns_record = true;
	options->record = own_record;
	return 0;
}

/* A largest size, 0 where none is given; -1: it is none. */
static int parse_max(const char *max)
{
	char *end;
	long size = max ? strtol(max, &end, 10) : 0;

	return max && (end == max || *end || size < 0 || size > UINT16_MAX) ? -1 : (int)size;
}

static int read_environment(struct walk_options *options)
{
	const char *profile = env("VFWALK_PROFILE"), *races = env("VFWALK_RACES");
	const char *max = env("VFWALK_MAX");
	int parsed = profile_parse(profile ? profile : "standard");

	if (parsed < 0)
		return refuse("VFWALK_PROFILE: no profile \"%s\": there are quick, standard, cert "
			      "and soak",
			      profile);
	if (races && strcmp(races, "1") && strcmp(races, "numvfs") && strcmp(races, "unbind"))
		return refuse("VFWALK_RACES: no race \"%s\": 1, numvfs or unbind", races);
	if (parse_max(max) < 0)
		return refuse("VFWALK_MAX=%s: not a number of vectors", max);
	*options = (struct walk_options){
		.target = env("VFWALK_TARGET"),
		.on = {.pf = env("VFWALK_PF"),
		       .sim = env("VFWALK_SIM"),
		       .claim = env("VFWALK_CLAIM"),
		       .scratch = env("VFWALK_SCRATCH"),
		       .ask_sim = "VFWALK_TARGET=sim"},
		.vf = env("VFWALK_VF"),
		.seed = SEED_PRESET,
		.profile = (enum profile)parsed,
		.lab = env("VFWALK_LAB"),
		.known = is_known,
	};
	if (env("VFWALK_SEED") && seed_parse(env("VFWALK_SEED"), &options->seed))
		return refuse("VFWALK_SEED=%s: not a number from 0 to 4294967295",
			      env("VFWALK_SEED"));
	if (!options->target)
		options->target = "linux";
	return env("VFWALK_BASELINE") ? load_baselines(env("VFWALK_BASELINE")) : 0;
}

/* What the runner found out, or what is found out now. */
static int find_model(void)
{
	const char *model = env("VFWALK_MODEL"), *backend = env("VFWALK_BACKEND");
	const char *max = env("VFWALK_MAX");
	int res;

	if (model && backend) {
		if (walk_assume(w, backend, model, (unsigned)parse_max(max)))
			return refuse("VFWALK_BACKEND=%s and VFWALK_MODEL=%s do not fit this PF",
				      backend, model);
		return 0;
	}
	res = walk_probe(w);
	return res ? refuse("cannot find out how VFs are resized here: %s", strerror(-res)) : 0;
}

/* A test's process leaves by _exit(); this is for the suite's own, however it ends. */
static void close_suite(int status, void *ctx)
{
	(void)ctx;
	if (getpid() != suite_pid)
		return;
	walk_close(w);
	baseline_free(baseline);
	if (owns_record && !status)
		unlink(own_record);
	else if (owns_record)
		warnx("the record is kept: %s", own_record);
}

/* A suite takes no words: what `vfwalk run` tells it, it tells in the environment. */
static const struct variable {
	const char *name, *what;
} variables[] = {
	{"VFWALK_TARGET", "linux (this machine, the default) or sim (a model device)"},
	{"VFWALK_SIM", "the model device: model=M-IMM,backend=sysfs,vfs=4,..."},
	{"VFWALK_PF", "the PF whose VFs to walk; else the first that can resize"},
	{"VFWALK_VF", "act on this VF only"},
	{"VFWALK_SEED", "of the hostile suite's random messages; else 1"},
	{"VFWALK_PROFILE", "quick, standard (the default), cert or soak"},
	{"VFWALK_CLAIM", "1 allows to act on the PF and its VFs, and put them back"},
	{"VFWALK_SCRATCH", "1 allows to write over what is on their media"},
	{"VFWALK_LAB", "the lab this runs in: told in the record"},
	{"VFWALK_RACES", "1 allows races that may hang a kernel; numvfs, unbind: one of them"},
	{"VFWALK_VMM", "QEMU for inner guests; else qemu-system-x86_64 from PATH"},
	{"VFWALK_RECORD", "the record goes there; else it is kept only where something failed"},
	{"VFWALK_BASELINE", "known failures: files, separated by colons"},
};

#define VARIABLES (sizeof(variables) / sizeof(variables[0]))

static int print_help(void)
{
	printf("Usage: [VARIABLE=VALUE...] %s\n"
	       "Runs suite %s alone, and prints TAP. `vfwalk run --suite %s` judges it, too.\n\n",
	       program_invocation_name, suite, suite);
	for (size_t i = 0; i < VARIABLES; i++)
		printf("  %-16s %s\n", variables[i].name, variables[i].what);
	puts("\nExit status: 0 passed, 1 failed, 2 broken or wrong usage, 4 nothing to run.");
	return fflush(stdout) ? STATUS_BROKEN : 0;
}

static int refuse_word(const char *word)
{
	char names[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < VARIABLES && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 variables[i].name);
	return refuse("unexpected word \"%s\": a suite takes variables: %s", word, names);
}

int suite_run(const char *name, int argc, char **argv, int (*run)(int argc, char **argv))
{
	struct walk_options options;
	char why[512];
	int status;

	suite = name;
	suite_pid = getpid();
	if (argc > 1)
		return !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ? print_help()
									    : refuse_word(argv[1]);
	status = read_environment(&options);
	if (!status)
		status = choose_record(&options);
	if (status)
		return status;
	options.command = argv;
	w = walk_open(&options, why, sizeof(why), &status);
	if (!w) {
		if (why[0])
			warnx("%s", why);
		if (owns_record)
			unlink(own_record);
		return status;
	}
	on_exit(close_suite, NULL);
	status = find_model();
	return status ? status : run(argc, argv);
}

/* --- scenarios --- */

/* How often rules had failed when the scenario began. */
static struct failure {
	const struct rule_info *rule;
	char fn[16];
	unsigned long failed;
} * before;
static size_t before_count;

/* The judge asks what is known of each failure so far: a way to hear of all of them. */
static bool note_failure(void *ctx, const struct finding *finding)
{
	struct failure *grown = realloc(before, (before_count + 1) * sizeof(*before));

	(void)ctx;
	if (!grown)
		return false;
	before = grown;
	before[before_count] = (struct failure){.rule = finding->rule, .failed = finding->failed};
	snprintf(before[before_count].fn, sizeof(before->fn), "%s", finding->fn);
	before_count++;
	return false;
}

static unsigned long failed_before(const struct finding *finding)
{
	for (size_t i = 0; i < before_count; i++)
		if (before[i].rule == finding->rule && !strcmp(before[i].fn, finding->fn))
			return before[i].failed;
	return 0;
}

/* The walk has said how many; this is for whoever reads the suite's own output. */
static bool tell_failure(void *ctx, const struct finding *finding)
{
	struct judge *judge = walk_judge(w);
	struct finding told = *finding;

	if (finding->failed <= failed_before(finding) || is_known(ctx, finding))
		return false;
	baseline_mark(baseline, &told, judge_device(judge, told.fn), judge_is_vf(judge, told.fn),
		      judge_header(judge));
	fprintf(stderr, "# %s %s: expected %s, seen %s\n", told.rule->id, told.fn,
		told.expected ? told.expected : "?", told.seen ? told.seen : "?");
	return false;
}

int suite_begin(const char *test, const char *variant)
{
	char scenario[96];

	snprintf(scenario, sizeof(scenario), "%s%s%s", variant ? variant : "", variant ? " " : "",
		 test);
	for (char *c = scenario; *c; c++)
		if (*c == '_')
			*c = ' ';
	judge_failures(walk_judge(w), note_failure, NULL);
	return walk_begin(w, suite, scenario);
}

long suite_end(void)
{
	long failures;

	walk_look_klog(w);
	failures = walk_end(w);
	if (failures > 0)
		judge_failures(walk_judge(w), tell_failure, NULL);
	return failures;
}

const char *suite_reason(const char *fmt, ...)
{
	static char reason[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	return reason;
}

/* --- steps --- */

bool can_resize(void)
{
	return walk_caps(w)->backend != BACKEND_NONE;
}

bool can_virt_mgmt(void)
{
	return walk_caps(w)->backend == BACKEND_NVME;
}

int table_fill(struct bdf vf, unsigned width, unsigned salt)
{
	unsigned size = walk_size(w, vf);
	uint8_t *bytes = calloc(size + 1, MSIX_ENTRY_SIZE);
	int res;

	if (!bytes)
		return -ENOMEM;
	for (unsigned k = 0; k < size; k++) {
		/* Each field of each entry, and each bit of an index, tells where it came from. */
		uint32_t tag = (salt << 24) ^ (k * 0x00010001u);
		struct msix_entry entry = {
			.msg = {.addr = (uint64_t)~tag << 32 | (0xa5a00000u ^ k << 4),
				.data = tag ^ 0x5a5a5a5au},
			.ctrl = MSIX_ENTRY_MASKED,
		};

		msix_entry_encode(&entry, bytes + k * MSIX_ENTRY_SIZE);
	}
	res = walk_table_write(w, vf, 0, width, bytes, (size_t)size * MSIX_ENTRY_SIZE);
	free(bytes);
	return res;
}

int resize_and_look(struct bdf vf, unsigned want)
{
	int res = walk_resize(w, vf, want);

	if (!res)
		res = walk_latch(w, vf);
	walk_look_table(w, vf);
	walk_look_pba(w, vf, -1);
	walk_look_pool(w);
	return res;
}

unsigned another_size(struct bdf vf)
{
	unsigned now = walk_size(w, vf), top = walk_size_max(w, vf);
	unsigned least = walk_caps(w)->min;

	/* A granularity is preferred, not demanded: where no step of it fits, one vector does. */
	for (unsigned unit = walk_caps(w)->granularity; unit; unit = unit > 1 ? 1 : 0) {
		if (now + unit <= top)
			return now + unit;
		if (now >= least + unit)
			return now - unit;
	}
	return 0;
}

bool carries_data(struct bdf vf)
{
	return walk_cfg_read(w, vf, PCI_CLASS_REVISION, 4) >> 8 == 0x010802;
}

const char *native_driver(struct bdf vf)
{
	/* A VF has no IDs of its own in config space; these PFs are an 82576 and an I350. */
	uint32_t pf = walk_cfg_read(w, walk_pf(w), PCI_VENDOR_ID, 4);

	if (carries_data(vf))
		return "nvme";
	return pf == 0x10c98086 || pf == 0x15218086 ? "igbvf" : NULL;
}

int vf_arm(struct bdf vf)
{
	int res = walk_bind(w, vf, "vfio-pci");

	if (!res)
		res = walk_vfio_open(w, vf);
	if (!res)
		res = walk_vfio_irqs(w, vf, 0, walk_size(w, vf));
	/* A machine that runs out of vectors tells how many there are. */
	if (res > 0)
		res = walk_vfio_irqs(w, vf, 0, (unsigned)res);
	return res ? res : walk_engine_start(w, vf);
}
