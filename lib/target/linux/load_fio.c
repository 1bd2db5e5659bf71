/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fio as a child process: starting it on a function's range, one job for each queue, each pinned
 * to the queue's CPU; and reading the result that it prints as JSON.
 */
#include <err.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

#define LOAD_LIMIT_S "600" /* a job that nobody stops ends by itself */

bool load_has_fio(void)
{
	const char *dir = getenv("PATH");
	char path[PATH_MAX];

	while (dir && *dir) {
		size_t len = strcspn(dir, ":");

		snprintf(path, sizeof(path), "%.*s/fio", (int)len, dir);
		if (!access(path, X_OK))
			return true;
		dir += len + (dir[len] == ':');
	}
	return false;
}

/* A vector of arguments, each allocated. */
struct load_args {
	char **arg;
	size_t len;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void load_arg(struct load_args *args,
							   const char *format, ...)
{
	char **more = realloc(args->arg, (args->len + 2) * sizeof(*more));
	va_list ap;

	if (!more) {
		args->failed = true;
		return;
	}
	args->arg = more;
	va_start(ap, format);
	if (vasprintf(&args->arg[args->len], format, ap) < 0)
		args->failed = true;
	else
		args->arg[++args->len] = NULL;
	va_end(ap);
}

static void load_args_free(struct load_args *args)
{
	for (size_t i = 0; i < args->len; i++)
		free(args->arg[i]);
	free(args->arg);
}

static void load_build_args(const struct linux_load *load, struct load_args *args)
{
	unsigned depth = (load->depth + load->jobs - 1) / load->jobs;
	/* Clock calibration and disk statistics cost more than the job; only wrong data or a
	 * failed request matter here. */
	static const char *const common[] = {
		"fio",           "--output-format=json",        "--eta=never",
		"--disk_util=0", "--clocksource=clock_gettime", "--gtod_reduce=1",
		"--thread",      "--ioengine=libaio",           "--direct=1",
		"--time_based",  "--runtime=" LOAD_LIMIT_S,
	};
	static const char *const verify[] = {
		"--rw=randwrite",      "--verify=crc32c",
		"--verify_backlog=16", "--verify_backlog_batch=16",
		"--verify_fatal=1",    "--verify_state_save=0",
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		load_arg(args, "%s", common[i]);
	for (size_t i = 0; load->write && i < sizeof(verify) / sizeof(verify[0]); i++)
		load_arg(args, "%s", verify[i]);
	if (!load->write)
		load_arg(args, "--rw=randread");
	load_arg(args, "--max-jobs=%u", load->jobs);
	load_arg(args, "--filename=/dev/%s", load->disk);
	load_arg(args, "--bs=%u", LOAD_BLOCK);
	load_arg(args, "--iodepth=%u", depth ? depth : 1);
	load_arg(args, "--size=%llu", (unsigned long long)load->job_size);
	for (unsigned i = 0; i < load->jobs; i++) {
		load_arg(args, "--name=queue%u", i);
		load_arg(args, "--cpus_allowed=%d", load->cpu[i]);
		load_arg(args, "--offset=%llu",
			 (unsigned long long)(load->offset + i * load->job_size));
	}
}

static void __attribute__((noreturn))
load_exec(const struct linux_load *load, char **arg, pid_t parent)
{
	/* fio must not outlive a run that dies. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	dup2(load->out, STDOUT_FILENO);
	dup2(load->err, STDERR_FILENO);
	execvp(arg[0], arg);
	_exit(127);
}

int load_spawn(struct linux_load *load)
{
	struct load_args args = {0};
	pid_t parent = getpid();
	int err = 0;

	load->out = memfd_create("fio-out", MFD_CLOEXEC);
	load->err = memfd_create("fio-err", MFD_CLOEXEC);
	if (load->out < 0 || load->err < 0)
		return -errno;
	load_build_args(load, &args);
	if (args.failed) {
		load_args_free(&args);
		return -ENOMEM;
	}
	load->pid = fork();
	if (!load->pid)
		load_exec(load, args.arg, parent);
	if (load->pid < 0)
		err = -errno;
	load_args_free(&args);
	return err;
}

bool load_ended(struct linux_load *load)
{
	if (load->pid && waitpid(load->pid, NULL, WNOHANG) == load->pid)
		load->pid = 0;
	return !load->pid;
}

bool load_wait_end(struct linux_load *load, unsigned ms)
{
	struct linux_wait wait;

	for (linux_wait_begin(&wait, ms); !load_ended(load);)
		if (!linux_wait(&wait))
			return false;
	return true;
}

/* All that fio printed, as a string; free it. */
static char *load_output(int fd)
{
	off_t len = lseek(fd, 0, SEEK_END);
	char *text = len >= 0 ? calloc(1, len + 1) : NULL;

	if (text && pread(fd, text, len, 0) != len) {
		free(text);
		return NULL;
	}
	return text;
}

static uint64_t load_bytes(json_t *job, const char *direction)
{
	return json_integer_value(json_object_get(json_object_get(job, direction), "io_bytes"));
}

/* A job stops at its first error; a checksum that does not match is EILSEQ. */
static int load_parse(const char *text, struct load_result *result)
{
	const char *start = strchr(text, '{'); /* fio tells of signals first */
	json_t *root, *jobs, *job;
	size_t i;

	root = start ? json_loads(start, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	jobs = json_object_get(root, "jobs");
	if (!json_array_size(jobs)) {
		json_decref(root);
		return -EPROTO;
	}
	json_array_foreach (jobs, i, job) {
		json_int_t error = json_integer_value(json_object_get(job, "error"));

		result->read_bytes += load_bytes(job, "read");
		result->write_bytes += load_bytes(job, "write");
		if (error == EILSEQ)
			result->verify_errors++;
		else if (error)
			result->io_errors++;
	}
	json_decref(root);
	return 0;
}

/* One line for the user where fio complained or printed no result. */
static void load_complain(const struct linux_load *load, int err)
{
	char *text = load_output(load->err);

	if (text && *text)
		warnx("/dev/%s: fio: %.*s", load->disk, (int)strcspn(text, "\n"), text);
	else if (err)
		warnx("/dev/%s: fio ended without a result", load->disk);
	free(text);
}

int load_collect(struct linux_load *load, struct load_result *result)
{
	char *text = load_output(load->out);
	int err;

	if (!text)
		return -ENOMEM;
	result->queues = load->queues;
	err = load_parse(text, result);
	free(text);
	if (err || result->io_errors || result->verify_errors)
		load_complain(load, err);
	return err;
}
