/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record: what is written can be read back, and what is no record is refused in one line. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vfwalk/evidence.h>

#include "kselftest_harness.h"

FIXTURE(record)
{
	char path[64];
	struct ev_reader *reader;
};

FIXTURE_SETUP(record)
{
	strcpy(self->path, "/tmp/vfwalk-evidence.XXXXXX");
	close(mkstemp(self->path));
}

FIXTURE_TEARDOWN(record)
{
	ev_reader_close(self->reader);
	unlink(self->path);
}

#define HEADER "{\"ev\":\"header\",\"t\":0,\"format\":\"vfwalk-evidence\",\"version\":1}\n"

static struct ev_reader *reader_of(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (write(fd, text, strlen(text)) < 0)
		return NULL;
	close(fd);
	return ev_open(path);
}

TEST_F(record, is_read_back_as_written)
{
	struct ev_writer *writer = ev_create(self->path);
	struct event event;

	ASSERT_NE(NULL, writer);
	EXPECT_EQ(0, ev_write(writer, json_pack("{s:s,s:s,s:i}", "ev", "header", "format",
						EVIDENCE_FORMAT, "version", EVIDENCE_VERSION)));
	EXPECT_EQ(0,
		  ev_write(writer, json_pack("{s:s,s:s,s:s,s:s,s:i}", "ev", "done", "act", "resize",
					     "fn", "0000:01:00.1", "res", "EBUSY", "want", 7)));
	EXPECT_EQ(0, ev_write(writer, json_pack("{s:s,s:s,s:o}", "ev", "obs", "obs", "table",
						"bytes", json_hex("\x00\xfe", 2))));
	ev_close(writer);

	self->reader = ev_open(self->path);
	ASSERT_EQ(1, ev_next(self->reader, &event));
	EXPECT_EQ(EV_HEADER, event.kind);
	ASSERT_EQ(1, ev_next(self->reader, &event));
	EXPECT_EQ(2, event.line);
	EXPECT_EQ(EV_DONE, event.kind);
	EXPECT_EQ(ACT_RESIZE, event.act);
	EXPECT_STREQ("0000:01:00.1", event.fn);
	EXPECT_EQ(-EBUSY, event_res(&event));
	EXPECT_EQ(7, event_int(&event, "want", -1));
	ASSERT_EQ(1, ev_next(self->reader, &event));
	unsigned char bytes[2];

	EXPECT_EQ(2, event_hex(&event, "bytes", bytes, sizeof(bytes)));
	EXPECT_EQ(0xfe, bytes[1]);
	EXPECT_EQ(0, ev_next(self->reader, &event));
	EXPECT_FALSE(ev_reader_cut(self->reader));
}

TEST_F(record, cut_in_mid_line_ends_there)
{
	struct event event;

	self->reader = reader_of(self->path, HEADER "{\"ev\":\"act\",\"act\":\"bi");
	EXPECT_EQ(1, ev_next(self->reader, &event));
	EXPECT_EQ(0, ev_next(self->reader, &event));
	EXPECT_TRUE(ev_reader_cut(self->reader));
}

FIXTURE(foreign)
{
	char path[64];
	struct ev_reader *reader;
};

FIXTURE_VARIANT(foreign)
{
	const char *text;
	const char *says;
	int good; /* lines before the refusal */
};

FIXTURE_VARIANT_ADD(foreign, empty_file){
	.text = "",
	.says = "empty",
};
FIXTURE_VARIANT_ADD(foreign, other_text){
	.text = "hello\n",
	.says = "not JSON",
};
FIXTURE_VARIANT_ADD(foreign, other_json){
	.text = "{\"a\":1}\n",
	.says = "no vfwalk header",
};
FIXTURE_VARIANT_ADD(foreign, array){
	.text = "[]\n",
	.says = "no vfwalk header",
};
FIXTURE_VARIANT_ADD(foreign, no_header){
	.text = "{\"ev\":\"begin\"}\n",
	.says = "no vfwalk header",
};
FIXTURE_VARIANT_ADD(foreign, newer_version){
	.text = "{\"ev\":\"header\",\"format\":\"vfwalk-evidence\",\"version\":2}\n",
	.says = "version 2",
};
FIXTURE_VARIANT_ADD(foreign, two_runs){
	.text = HEADER HEADER,
	.says = "line 2: a second header",
	.good = 1,
};
FIXTURE_VARIANT_ADD(foreign, unknown_act){
	.text = HEADER "{\"ev\":\"act\",\"act\":\"dance\"}\n",
	.says = "line 2: no known action",
	.good = 1,
};
FIXTURE_VARIANT_ADD(foreign, cut_header){
	.text = "{\"ev\":\"hea",
	.says = "cut off in its header",
};

FIXTURE_SETUP(foreign)
{
	strcpy(self->path, "/tmp/vfwalk-evidence.XXXXXX");
	close(mkstemp(self->path));
}

FIXTURE_TEARDOWN(foreign)
{
	ev_reader_close(self->reader);
	unlink(self->path);
}

TEST_F(foreign, is_refused_in_a_line)
{
	struct event event;

	self->reader = reader_of(self->path, variant->text);
	for (int i = 0; i < variant->good; i++)
		ASSERT_EQ(1, ev_next(self->reader, &event));
	EXPECT_EQ(-EBADMSG, ev_next(self->reader, &event));
	EXPECT_NE(NULL, strstr(ev_reader_error(self->reader), variant->says))
	{
		TH_LOG("says: %s", ev_reader_error(self->reader));
	}
}

TEST(results_have_names)
{
	EXPECT_STREQ("ok", res_name(0));
	EXPECT_STREQ("EBUSY", res_name(-EBUSY));
	EXPECT_STREQ("ENOTSUPP", res_name(-524));
	EXPECT_EQ(-EBUSY, res_parse("EBUSY"));
	EXPECT_EQ(-524, res_parse("ENOTSUPP"));
	EXPECT_EQ(-EINVAL, res_parse("EGAL"));
}

TEST(every_act_and_observation_has_a_name_that_reads_back)
{
	for (int act = 1; act < ACT_COUNT; act++)
		EXPECT_EQ(act, (int)act_parse(act_name((enum act)act)));
	for (int obs = 1; obs < OBS_COUNT; obs++)
		EXPECT_EQ(obs, (int)obs_parse(obs_name((enum obs)obs)));
	EXPECT_EQ(ACT_NONE, act_parse("dance"));
	EXPECT_EQ(OBS_NONE, obs_parse(NULL));
}

/* Once a write failed nothing more is written, and every caller is told. */
TEST(full_disk_is_told_and_remembered)
{
	struct ev_writer *writer = ev_create("/dev/full");

	ASSERT_NE(NULL, writer);
	EXPECT_EQ(-ENOSPC, ev_write(writer, json_object()));
	EXPECT_EQ(-ENOSPC, ev_write(writer, json_object()));
	ev_close(writer);
}

TEST_HARNESS_MAIN
