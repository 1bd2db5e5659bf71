/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An inner guest whose VMM is a script: one that runs, refuses, crashes, lies, hangs, or goes away.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <target/linux/inner.h>

#include "kselftest_harness.h"

static const struct bdf vf = {.bus = 1, .devfn = 1};

FIXTURE(vmm)
{
	char path[32], said[32];
	atomic_uint epoch;
	struct linux_target l;
	struct target t;
};

FIXTURE_SETUP(vmm)
{
	strcpy(self->path, "/tmp/vfwalk-vmm-XXXXXX");
	strcpy(self->said, "/tmp/vfwalk-said-XXXXXX");
	ASSERT_EQ(0, close(mkstemp(self->path)));
	ASSERT_EQ(0, close(mkstemp(self->said)));
	self->l.epoch = &self->epoch;
	self->t.priv = &self->l;
	setenv("VFWALK_VMM", self->path, 1);
	setenv("VFWALK_INNER_DEADLINE", "30", 1);
}

FIXTURE_TEARDOWN(vmm)
{
	linux_guest_close(&self->l);
	unlink(self->path);
	unlink(self->said);
}

/* The script: @body has $1 ... as QEMU has them. */
static void write_vmm(const char *path, const char *body)
{
	FILE *f = fopen(path, "w");

	fprintf(f, "#!/bin/bash\n%s\n", body);
	fclose(f);
	chmod(path, 0700);
}

/* Starts a guest whose VMM is @body; what is complained of goes to @said. */
static int start(struct target *t, const char *path, const char *said, const char *body)
{
	int to = open(said, O_WRONLY | O_TRUNC), own = dup(STDERR_FILENO), res;

	write_vmm(path, body);
	dup2(to, STDERR_FILENO);
	res = linux_guest_start(t, vf);
	dup2(own, STDERR_FILENO);
	close(own);
	close(to);
	return res;
}

#define START(body) start(&self->t, self->path, self->said, body)

static bool was_said(const char *said, const char *words)
{
	char text[1024];
	int fd = open(said, O_RDONLY);
	ssize_t len = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return strstr(text, words);
}

/* A function with MSI-X of 3 vectors and no BAR, which answers each look. */
#define SPEAKS                                                                                  \
	"printf -v zeros '%0512d' 0\n"                                                          \
	"space=361b100000001000${zeros:16:88}40${zeros:106:22}1100${SIZE:-0200}\n"              \
	"look() { printf 'config %s\\nend\\n' \"$space${zeros:${#space}}\"; }\n"                \
	"echo 'inner 1'; look\n"                                                                \
	"while read -r -N1 byte; do case $byte in l) look ;; v) printf 'vectors\nend\n' ;; q) " \
	"exit 1 ;; esac; done\n"

TEST_F(vmm, runs)
{
	struct guest_view view;

	ASSERT_EQ(0, START(SPEAKS));
	EXPECT_EQ(-EBUSY, linux_guest_start(&self->t, vf));
	for (unsigned i = 0; i < 3; i++) {
		ASSERT_EQ(0, linux_guest_look(&self->t, vf, &view));
		EXPECT_FALSE(view.refused);
		EXPECT_EQ(3, view.size);
		EXPECT_EQ(0x1b36, view.vendor);
		EXPECT_EQ(0, linux_guest_vectors(&self->t, vf));
	}
	EXPECT_EQ(0, linux_guest_stop(&self->t, vf));
	EXPECT_EQ(-EBADF, linux_guest_look(&self->t, vf, &view));
	EXPECT_EQ(-EBADF, linux_guest_stop(&self->t, vf));
	EXPECT_EQ(-EBADF, linux_guest_vectors(&self->t, vf));
	/* Opening and closing reset the function: nothing cached of it holds. */
	EXPECT_EQ(2, atomic_load(&self->epoch));
}

/* What QEMU is told: the function, the slot, the firmware, whose last bytes are the first step. */
TEST_F(vmm, is_given_the_function_and_the_firmware)
{
	EXPECT_EQ(0,
		  START("for word; do [ \"$last\" != -bios ] || bios=$word; last=$word; done\n"
			"[[ \" $* \" == *' vfio-pci,host=0000:01:00.1,addr=0x10,'* ]] || exit 3\n"
			"[ \"$(stat -L -c %s \"$bios\")\" = 65536 ] || exit 4\n"
			"[ \"$(tail -c 16 \"$bios\" | head -c 1 | od -An -tx1)\" = ' e9' ] || exit "
			"5\n" SPEAKS));
}

TEST_F(vmm, refuses)
{
	struct guest_view view;

	ASSERT_EQ(0,
		  START("echo 'qemu-system-x86_64: warning: something' >&2\n"
			"echo 'qemu-system-x86_64: -device vfio-pci,host=0000:01:00.1,addr=0x10: "
			"vfio "
			"0000:01:00.1: hardware reports invalid configuration, MSIX PBA outside of "
			"specified BAR' >&2\nexit 1\n"));
	ASSERT_EQ(0, linux_guest_look(&self->t, vf, &view));
	EXPECT_TRUE(view.refused);
	EXPECT_STREQ("hardware reports invalid configuration, MSIX PBA outside of specified BAR",
		     view.why);
	EXPECT_EQ(-EBADF, linux_guest_vectors(&self->t, vf));
	EXPECT_EQ(0, linux_guest_stop(&self->t, vf));
}

TEST_F(vmm, crashes)
{
	EXPECT_EQ(-EPROTO, START("echo 'Assertion failed' >&2; kill -ABRT $$"));
	EXPECT_TRUE(was_said(self->said, "QEMU ended with signal 6: Assertion failed"));
	EXPECT_EQ(-EPROTO, START("exit 1"));
	EXPECT_TRUE(was_said(self->said, "QEMU ended with status 1: it said nothing"));
	EXPECT_EQ(-EPROTO, START("echo 'inner 1'; exit 0"));
}

TEST_F(vmm, talks_nonsense)
{
	EXPECT_EQ(-EPROTO, START("echo SeaBIOS; sleep 100"));
	EXPECT_TRUE(was_said(self->said, "not the first line of an inner guest: \"SeaBIOS\""));
}

/* It is killed, which the pipe that it holds open tells. */
TEST_F(vmm, hangs)
{
	char byte;
	int fd[2];

	setenv("VFWALK_INNER_DEADLINE", "3", 1);
	ASSERT_EQ(0, pipe(fd));
	EXPECT_EQ(-ETIMEDOUT, START("exec sleep 100"));
	close(fd[1]);
	EXPECT_EQ(0, read(fd[0], &byte, 1));
	EXPECT_TRUE(was_said(self->said, "hangs before its first word"));
	EXPECT_EQ(-ETIMEDOUT, START("echo 'inner 1'; exec sleep 100"));
	EXPECT_TRUE(was_said(self->said, "hangs as it looks at the function"));
}

TEST_F(vmm, goes_away)
{
	struct guest_view view;

	ASSERT_EQ(0, START("printf 'inner 1\\nnone\\nend\\n'; read -r -N1 byte"));
	EXPECT_EQ(-EPIPE, linux_guest_look(&self->t, vf, &view));
	EXPECT_EQ(-EPIPE, linux_guest_look(&self->t, vf, &view));
	EXPECT_EQ(-EPIPE, linux_guest_vectors(&self->t, vf));
	EXPECT_EQ(0, linux_guest_stop(&self->t, vf));
}

TEST_F(vmm, is_not_there)
{
	struct guest_view view;

	setenv("VFWALK_VMM", "/nonexistent/qemu", 1);
	EXPECT_EQ(-EOPNOTSUPP, linux_guest_start(&self->t, vf));
	EXPECT_EQ(-EOPNOTSUPP, linux_guest_look(&self->t, vf, &view));
	EXPECT_EQ(-EOPNOTSUPP, linux_guest_stop(&self->t, vf));
	EXPECT_EQ(-EOPNOTSUPP, linux_guest_vectors(&self->t, vf));
	setenv("VFWALK_VMM", "no-such-qemu", 1);
	EXPECT_EQ(-EOPNOTSUPP, linux_guest_start(&self->t, vf));
}

TEST_HARNESS_MAIN
