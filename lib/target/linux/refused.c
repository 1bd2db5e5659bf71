/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses that a device refuses. x86 answers a read with all ones and drops a write; elsewhere the
 * CPU takes an abort, and the kernel sends SIGBUS to the process (arm64: do_sea() in
 * arch/arm64/mm/fault.c). Here that is an error of this one access.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>

#include "linux.h"

static _Thread_local sigjmp_buf *way_out;

static void on_bus_error(int sig)
{
	if (way_out)
		siglongjmp(*way_out, 1);
	/* None of ours: it strikes again, and ends the process. */
	signal(sig, SIG_DFL);
}

/* The signal stays deliverable: nothing puts a mask back when it is left by a jump. */
static void hear_bus_errors(void)
{
	static bool listening;
	struct sigaction action = {.sa_handler = on_bus_error, .sa_flags = SA_NODEFER};

	if (!listening)
		sigaction(SIGBUS, &action, NULL);
	listening = true;
}

int linux_try_access(void (*access)(volatile void *at, unsigned width, uint64_t *value),
		     volatile void *at, unsigned width, uint64_t *value)
{
	sigjmp_buf here;

	hear_bus_errors();
	if (sigsetjmp(here, 0)) {
		way_out = NULL;
		return -EIO;
	}
	way_out = &here;
	access(at, width, value);
	way_out = NULL;
	return 0;
}
