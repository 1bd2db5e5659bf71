/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Baselines: what an entry excuses and what it does not, what is stale, and every bad file. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <vfwalk/report.h>

#include "report/versions.h"

#include "kselftest_harness.h"

#define DEVICE "1b36:0010"

FIXTURE(baseline)
{
	struct baseline *baseline;
	json_t *header;
	struct finding finding;
	char path[64], why[512];
	int fd;
};

FIXTURE_SETUP(baseline)
{
	self->header = json_loads("{\"machine\":{\"kernel\":\"6.1.0-28-amd64\","
				  "\"qemu\":\"7.2.15\"}}",
				  0, NULL);
	self->finding = (struct finding){.rule = rules_find("CAP-UNIQ"),
					 .fn = "0000:01:00.1",
					 .verdict = VERDICT_FAIL,
					 .exercised = 2,
					 .failed = 1};
	self->fd = memfd_create("baseline", 0);
	snprintf(self->path, sizeof(self->path), "/proc/self/fd/%d", self->fd);
	ASSERT_NE(NULL, self->finding.rule);
}

FIXTURE_TEARDOWN(baseline)
{
	baseline_free(self->baseline);
	json_decref(self->header);
	close(self->fd);
}

/* Loads @text, written with ' for ". */
static bool load(FIXTURE_DATA(baseline) * self, const char *text)
{
	struct baseline *grown;

	if (ftruncate(self->fd, 0))
		return false;
	for (size_t i = 0; text[i]; i++)
		if (pwrite(self->fd, text[i] == '\'' ? "\"" : &text[i], 1, (off_t)i) != 1)
			return false;
	grown = baseline_load(self->baseline, self->path, self->why, sizeof(self->why));
	if (grown)
		self->baseline = grown;
	return grown;
}

static bool load_entry(FIXTURE_DATA(baseline) * self, const char *keys)
{
	char text[1024];

	snprintf(text, sizeof(text), "{'baseline':1,'entries':[{%s}]}", keys);
	return load(self, text);
}

static const char *reason(FIXTURE_DATA(baseline) * self)
{
	return baseline_reason(self->baseline, &self->finding, DEVICE, true, self->header);
}

#define LINK  "https://example.org/1"
#define ENTRY "'rule':'CAP-UNIQ','device':'1b36:0010','reason':'two of them','link':'" LINK "'"

TEST_F(baseline, excuses_its_rule_on_its_device)
{
	ASSERT_TRUE(load_entry(self, ENTRY));
	EXPECT_STREQ("two of them (" LINK ")", reason(self));
}

TEST_F(baseline, names_the_finding)
{
	ASSERT_TRUE(load_entry(self, ENTRY ",'finding':'F-07'"));
	EXPECT_STREQ("two of them (F-07; " LINK ")", reason(self));
}

TEST_F(baseline, tells_how_to_see_it)
{
	ASSERT_TRUE(load_entry(self, ENTRY ",'reproduce':'make run'"));
	EXPECT_STREQ("two of them (" LINK "; see it by: make run)", reason(self));
}

TEST_F(baseline, excuses_no_other_rule)
{
	ASSERT_TRUE(load_entry(self, ENTRY));
	self->finding.rule = rules_find("CAP-TS-RO");
	EXPECT_EQ(NULL, reason(self));
}

TEST_F(baseline, excuses_no_other_device)
{
	ASSERT_TRUE(load_entry(self, ENTRY));
	EXPECT_EQ(NULL,
		  baseline_reason(self->baseline, &self->finding, "8086:1520", true, self->header));
	EXPECT_EQ(NULL, baseline_reason(self->baseline, &self->finding, NULL, true, self->header));
}

TEST_F(baseline, excuses_no_pass)
{
	ASSERT_TRUE(load_entry(self, ENTRY));
	self->finding.failed = 0;
	EXPECT_EQ(NULL, reason(self));
}

TEST_F(baseline, tells_vf_from_pf)
{
	ASSERT_TRUE(load_entry(self, ENTRY ",'function':'pf'"));
	EXPECT_EQ(NULL, reason(self));
	ASSERT_TRUE(load_entry(self, ENTRY ",'function':'vf'"));
	EXPECT_NE(NULL, reason(self));
	EXPECT_NE(NULL,
		  baseline_reason(self->baseline, &self->finding, DEVICE, false, self->header));
}

TEST_F(baseline, knows_versions)
{
	ASSERT_TRUE(load_entry(self, ENTRY ",'qemu':'>=8.2'"));
	ASSERT_TRUE(load_entry(self, ENTRY ",'kernel':'<6.1'"));
	EXPECT_EQ(NULL, reason(self));
	ASSERT_TRUE(load_entry(self, ENTRY ",'qemu':'>=7.2 <8.2','kernel':'>=6.1'"));
	EXPECT_NE(NULL, reason(self));
}

TEST_F(baseline, with_a_qemu_range_is_for_qemu_only)
{
	ASSERT_TRUE(load_entry(self, ENTRY ",'qemu':'>=7.2'"));
	json_object_set_new(json_object_get(self->header, "machine"), "qemu", json_null());
	EXPECT_EQ(NULL, reason(self));
}

TEST_F(baseline, files_add_up)
{
	ASSERT_TRUE(load_entry(self, ENTRY));
	ASSERT_TRUE(load_entry(
		self, "'rule':'CAP-TS-RO','device':'1b36:0010','reason':'x','finding':'F-01'"));
	EXPECT_NE(NULL, reason(self));
	self->finding.rule = rules_find("CAP-TS-RO");
	EXPECT_NE(NULL, reason(self));
}

/* A file given twice, or two that know the same: one of them is forgotten some day. */
TEST_F(baseline, refuses_what_another_file_has)
{
	ASSERT_TRUE(load_entry(self, ENTRY));
	EXPECT_FALSE(load_entry(self, ENTRY));
	EXPECT_NE(NULL, strstr(self->why, "excused by entry 1 of"));
	EXPECT_TRUE(load_entry(self, ENTRY ",'seen':'two*'"));
	EXPECT_TRUE(load_entry(self, ENTRY ",'function':'vf'"));
	EXPECT_TRUE(load_entry(self, ENTRY ",'kernel':'<6.1'"));
}

TEST_F(baseline, bad_file_leaves_it_as_it_was)
{
	const char **lines;

	ASSERT_TRUE(load_entry(self, ENTRY));
	ASSERT_FALSE(load(self, "{'baseline':1,'entries':[{" ENTRY "},{'rule':'NO-SUCH'}]}"));
	EXPECT_NE(NULL, reason(self));
	EXPECT_EQ(0, baseline_stale(self->baseline, &lines));
}

TEST_F(baseline, stale_entry)
{
	const char **lines;

	ASSERT_TRUE(load_entry(self, ENTRY));
	EXPECT_EQ(0, baseline_stale(self->baseline, &lines)); /* never judged */
	self->finding.failed = 0;
	reason(self);
	ASSERT_EQ(1, baseline_stale(self->baseline, &lines));
	EXPECT_NE(NULL,
		  strstr(lines[0],
			 ": entry 1: CAP-UNIQ passes on 1b36:0010: take the entry out (" LINK ")"));
	self->finding.failed = 1; /* on another function */
	reason(self);
	EXPECT_EQ(0, baseline_stale(self->baseline, &lines));
}

TEST_F(baseline, entry_of_a_rule_that_was_not_exercised_is_not_stale)
{
	const char **lines;

	ASSERT_TRUE(load_entry(self, ENTRY));
	self->finding.exercised = self->finding.failed = 0;
	reason(self);
	EXPECT_EQ(0, baseline_stale(self->baseline, &lines));
}

TEST_F(baseline, no_baseline_excuses_nothing)
{
	const char **lines;

	EXPECT_EQ(NULL, reason(self));
	EXPECT_EQ(0, baseline_stale(NULL, &lines));
}

/* --- bad files: each gives one line that says where and what --- */

static const struct {
	const char *text, *why;
} bad[] = {
	{"", "line 1, column 0: "},
	{"{'baseline':1,\n 'entries':[}", "line 2, column 13: "},
	{"[]", "no baseline: it must begin with {\"baseline\": 1"},
	{"{'entries':[]}", "no baseline: it must begin with {\"baseline\": 1"},
	{"{'baseline':2,'entries':[]}", "baseline version 2; this vfwalk reads version 1"},
	{"{'baseline':1}", "\"entries\" must be an array"},
	{"{'baseline':1,'entries':[{" ENTRY "},7]}", "entry 2: not an object"},
	{"{'baseline':1,'entries':[{'device':'1b36:0010','reason':'x'}]}",
	 "entry 1: \"rule\" is missing"},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','device':'1b36:0010'}]}",
	 "entry 1: \"reason\" is missing"},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','reason':'x'}]}",
	 "entry 1: \"device\" is missing"},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','device':'1b36:0010','reason':''}]}",
	 "entry 1: \"reason\" must be a string that is not empty"},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNKNOWN','device':'1b36:0010','reason':'x'}]}",
	 "entry 1: no rule \"CAP-UNKNOWN\": `vfwalk rules` lists them"},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','device':'nvme','reason':'x'}]}",
	 "entry 1: \"device\" is \"nvme\": give vendor and device like \"1b36:0010\""},
	{"{'baseline':1,'entries':[{" ENTRY ",'qemu':'7.2'}]}",
	 "entry 1: \"qemu\" is \"7.2\": give a range like \">=7.2 <8.2\""},
	{"{'baseline':1,'entries':[{" ENTRY ",'function':'both'}]}",
	 "entry 1: \"function\" is \"both\": give vf, pf or any"},
	{"{'baseline':1,'entries':[{" ENTRY ",'until':'8'}]}", "entry 1: unknown key \"until\""},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','device':'1b36:0010','reason':'x'}]}",
	 "entry 1: nothing to follow: give \"finding\" (in reports/FINDINGS.md), \"link\" or "
	 "\"reproduce\""},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','device':'1b36:0010','reason':'x','link':'"
	 "here'}]}",
	 "entry 1: \"link\" is \"here\": give an address that begins with https://"},
	{"{'baseline':1,'entries':[{" ENTRY "},{" ENTRY ",'finding':'F-01'}]}",
	 "entry 2: CAP-UNIQ on 1b36:0010 is excused by entry 1 of "},
	{"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','rule':'CAP-RSVD'}]}", "line 1, column "},
	{"no baseline", "line 1, column "},
};

TEST_F(baseline, refuses_bad_files)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_FALSE(load(self, bad[i].text)) TH_LOG("%s", bad[i].text);
		EXPECT_NE(NULL, strstr(self->why, bad[i].why))
		{
			TH_LOG("%s: %s", bad[i].text, self->why);
		}
		EXPECT_EQ(0, strncmp(self->why, self->path, strlen(self->path)));
		EXPECT_EQ(NULL, strchr(self->why, '\n'));
	}
}

TEST_F(baseline, refuses_what_cannot_be_read)
{
	EXPECT_EQ(NULL, baseline_load(NULL, "/no/such/file", self->why, sizeof(self->why)));
	EXPECT_STREQ("/no/such/file: cannot be read: No such file or directory", self->why);
	EXPECT_EQ(NULL, baseline_load(NULL, "/", self->why, sizeof(self->why)));
	EXPECT_STREQ("/: is a directory: name each file of it with --baseline", self->why);
}

/* --- versions --- */

TEST(versions)
{
	EXPECT_TRUE(versions_match(">=7.2 <8.2", "7.2.15 (Debian 1:7.2+dfsg-7)"));
	EXPECT_TRUE(versions_match("<=7.2", "7.2.15"));
	EXPECT_TRUE(versions_match("=7.2", "7.2"));
	EXPECT_FALSE(versions_match(">7.2", "7.2.15"));
	EXPECT_FALSE(versions_match("<8.2", "10.0.2"));
	EXPECT_FALSE(versions_match("<8.2", "8.2"));
	EXPECT_TRUE(versions_match(">=6.1", "6.12.117"));
	EXPECT_TRUE(versions_match("<6.12.100", "6.12"));
	EXPECT_FALSE(versions_match(">=6.1", ""));
	EXPECT_FALSE(versions_match(">=6.1", NULL));
	EXPECT_FALSE(versions_match(">=6.1", "unknown"));
}

TEST(ranges)
{
	EXPECT_TRUE(versions_valid(">=6.1"));
	EXPECT_TRUE(versions_valid(" >=6.1  <7 "));
	EXPECT_FALSE(versions_valid(""));
	EXPECT_FALSE(versions_valid("6.1"));
	EXPECT_FALSE(versions_valid(">="));
	EXPECT_FALSE(versions_valid(">= 6.1"));
	EXPECT_FALSE(versions_valid(">=6.1-rc1"));
	EXPECT_FALSE(versions_valid(">=6."));
}

#define WAY                                                             \
	"{'baseline':1,'entries':[{'rule':'CAP-UNIQ','device':'" DEVICE \
	"','seen':'%s','reason':'%s','finding':'F-01'}]}"

static bool load_way(FIXTURE_DATA(baseline) * self, const char *seen, const char *reason)
{
	char text[256];

	snprintf(text, sizeof(text), WAY, seen, reason);
	return load(self, text);
}

TEST_F(baseline, excuses_a_failure_only_when_it_knows_each_way)
{
	self->finding.seen = "two of them";
	self->finding.also[self->finding.nalso++] = "a loop";
	ASSERT_TRUE(load_way(self, "two *", "first"));
	EXPECT_EQ(NULL,
		  baseline_reason(self->baseline, &self->finding, DEVICE, true, self->header));
	ASSERT_TRUE(load_way(self, "a loop", "second"));
	EXPECT_STREQ("first (F-01); second (F-01)",
		     baseline_reason(self->baseline, &self->finding, DEVICE, true, self->header));
	self->finding.more = true;
	EXPECT_EQ(NULL,
		  baseline_reason(self->baseline, &self->finding, DEVICE, true, self->header));
}

TEST_F(baseline, marks_the_ways_it_knows_and_puts_them_last)
{
	struct finding *finding = &self->finding;

	finding->seen = "two of them";
	finding->also[finding->nalso++] = "a loop";
	finding->also[finding->nalso++] = "two others";
	finding->also[finding->nalso++] = "none";
	ASSERT_TRUE(load_entry(self, ENTRY ",'seen':'two *','finding':'F-07'"));
	baseline_mark(self->baseline, finding, DEVICE, true, self->header);
	EXPECT_STREQ("a loop", finding->seen);
	EXPECT_EQ(NULL, finding->known[0]);
	EXPECT_STREQ("none", finding->also[0]);
	EXPECT_EQ(NULL, finding->known[1]);
	EXPECT_STREQ("known, F-07", finding->known[2]);
	EXPECT_STREQ("known, F-07", finding->known[3]);
	EXPECT_STREQ("two of them", finding->also[1]);
	EXPECT_STREQ("two others", finding->also[2]);
}

TEST_F(baseline, tells_of_an_entry_whose_way_is_gone)
{
	const char **lines;

	self->finding.seen = "a loop";
	ASSERT_TRUE(load_way(self, "two *", "first"));
	ASSERT_TRUE(load_way(self, "a loop", "second"));
	EXPECT_STREQ("second (F-01)",
		     baseline_reason(self->baseline, &self->finding, DEVICE, true, self->header));
	EXPECT_EQ(1, baseline_stale(self->baseline, &lines));
}

/* --- files that include others --- */

static void write_beside(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "we");
	for (; out && *text; text++)
		fputc(*text == '\'' ? '"' : *text, out);
	if (out)
		fclose(out);
}

FIXTURE(including)
{
	struct baseline *baseline;
	char dir[32], path[64], why[512];
};

FIXTURE_SETUP(including)
{
	strcpy(self->dir, "/tmp/vfwalk-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/lab.json", self->dir);
	write_beside(self->dir, "one.json", "{'baseline':1,'entries':[{" ENTRY "}]}");
	write_beside(self->dir, "two.json",
		     "{'baseline':1,'include':['one.json'],'entries':[{" ENTRY ",'seen':'x'}]}");
	write_beside(self->dir, "circle.json",
		     "{'baseline':1,'include':['circle.json'],'entries':[]}");
}

FIXTURE_TEARDOWN(including)
{
	static const char *const names[] = {"lab.json", "one.json", "two.json", "circle.json"};
	char path[128];

	baseline_free(self->baseline);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", self->dir, names[i]);
		unlink(path);
	}
	rmdir(self->dir);
}

static bool include(FIXTURE_DATA(including) * self, const char *names)
{
	char text[256];

	snprintf(text, sizeof(text), "{'baseline':1,'include':%s,'entries':[]}", names);
	write_beside(self->dir, "lab.json", text);
	self->baseline = baseline_load(NULL, self->path, self->why, sizeof(self->why));
	return self->baseline;
}

TEST_F(including, counts_a_file_once_whoever_includes_it)
{
	struct finding finding = {.rule = rules_find("CAP-UNIQ"),
				  .fn = "0000:01:00.1",
				  .verdict = VERDICT_FAIL,
				  .exercised = 1,
				  .failed = 1};

	ASSERT_TRUE(include(self, "['one.json','two.json']"));
	EXPECT_NE(NULL, baseline_reason(self->baseline, &finding, DEVICE, true, NULL));
}

TEST_F(including, refuses_what_cannot_be_included)
{
	static const struct {
		const char *names, *why;
	} wrong[] = {
		{"'one.json'", "\"include\" must be an array"},
		{"[1]", "\"include\" must be names of files beside this one"},
		{"['../one.json']", "\"include\" must be names of files beside this one"},
		{"['none.json']", "none.json: cannot be read: No such file or directory"},
		{"['circle.json']", "\"include\" of circle.json: too deep, or in a circle"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		EXPECT_FALSE(include(self, wrong[i].names));
		EXPECT_NE(NULL, strstr(self->why, wrong[i].why))
		{
			TH_LOG("%s", self->why);
		}
	}
}

TEST_HARNESS_MAIN
