/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses that end in SIGBUS, as refused ones do on arm64: a page behind the end of its file does.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/linux/linux.h"

#include "kselftest_harness.h"

static void read_byte(volatile void *at, unsigned width, uint64_t *value)
{
	(void)width;
	*value = *(volatile uint8_t *)at;
}

static void write_byte(volatile void *at, unsigned width, uint64_t *value)
{
	(void)width;
	*(volatile uint8_t *)at = (uint8_t)*value;
}

FIXTURE(page)
{
	volatile uint8_t *at;
	int fd;
};

FIXTURE_SETUP(page)
{
	self->fd = memfd_create("refused", 0);
	ASSERT_LE(0, self->fd);
	self->at =
		mmap(NULL, (size_t)getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->at);
}

FIXTURE_TEARDOWN(page)
{
	munmap((void *)self->at, (size_t)getpagesize());
	close(self->fd);
}

TEST_F(page, refuses_again_and_again)
{
	uint64_t value = 0;

	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(-EIO, linux_try_access(read_byte, self->at, 1, &value));
		EXPECT_EQ(-EIO, linux_try_access(write_byte, self->at, 1, &value));
	}
}

TEST_F(page, is_reached_once_it_is_there)
{
	uint64_t value = 0x5a;

	ASSERT_EQ(-EIO, linux_try_access(write_byte, self->at, 1, &value));
	ASSERT_EQ(0, ftruncate(self->fd, getpagesize()));
	ASSERT_EQ(0, linux_try_access(write_byte, self->at, 1, &value));
	value = 0;
	ASSERT_EQ(0, linux_try_access(read_byte, self->at, 1, &value));
	EXPECT_EQ(0x5a, value);
}

/* A bus error of anything else is none of ours. */
TEST_F(page, lets_other_bus_errors_end_the_process)
{
	uint64_t value;
	int status;
	pid_t pid = fork();

	if (!pid) {
		linux_try_access(read_byte, self->at, 1, &value);
		_exit(*self->at);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGBUS, WTERMSIG(status));
}

TEST_HARNESS_MAIN
