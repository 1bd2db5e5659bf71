/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trace of QEMU joined to a record: lines as QEMU 7.2 and 10.0 write them, each where it belongs,
 * and traces that belong to no such record.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vfwalk/witness.h>

#include "judging.h"
#include "kselftest_harness.h"

#define HEADER "{\"ev\":\"header\",\"t\":0,\"format\":\"vfwalk-evidence\",\"version\":1}\n"
#define SHOT                                                     \
	"{\"ev\":\"act\",\"t\":7,\"act\":\"shot\",\"fn\":\"" VF0 \
	"\",\"addr\":4277133332,\"data\":0}\n"
#define DONE  "{\"ev\":\"done\",\"t\":8,\"act\":\"shot\",\"fn\":\"" VF0 "\",\"res\":\"ok\"}\n"
#define WATCH "{\"ev\":\"obs\",\"t\":9,\"obs\":\"watch\",\"fn\":\"" VF0 "\"}\n"
#define END   "{\"ev\":\"run-end\",\"t\":10,\"outcome\":\"completed\"}\n"

struct joined {
	int res;
	char why[160];
	char *text;
};

static FILE *file_of(const char *text)
{
	FILE *file = *text ? fmemopen((void *)text, strlen(text), "r") : fopen("/dev/null", "r");

	if (!file)
		err(2, "fmemopen");
	return file;
}

static struct joined join(const char *record, const char *trace)
{
	struct joined j = {0};
	FILE *in[] = {file_of(record), file_of(trace), tmpfile()};
	size_t size;
	FILE *out = open_memstream(&j.text, &size);

	for (size_t i = 0; witness_trace_event(i); i++)
		fprintf(in[2], "%s\n", witness_trace_event(i));
	rewind(in[2]);
	j.res = witness_join(in[0], in[1], in[2], out, j.why);
	for (int i = 0; i < 3; i++)
		fclose(in[i]);
	fclose(out);
	return j;
}

/* The trace of a write of @line to the record's port. */
static char *sent(const char *line)
{
	static char text[8][96];
	static unsigned next;
	char *to = text[next++ % 8];

	snprintf(to, sizeof(text[0]), "virtio_console_flush_buf port 1, in_len %zu, out_len %zu\n",
		 strlen(line), strlen(line));
	return to;
}

/* A trace of the record HEADER SHOT DONE WATCH END with @meanwhile in the shot, joined. */
static struct joined join_shot(const char *boot, const char *meanwhile, const char *after)
{
	struct joined j;
	char *trace;

	if (asprintf(&trace, "%s%s%s%s%s%s%s%s", boot, sent(HEADER), sent(SHOT), meanwhile,
		     sent(DONE), sent(WATCH), after, sent(END)) < 0)
		err(2, "trace");
	j = join(HEADER SHOT DONE WATCH END, trace);
	free(trace);
	return j;
}

/* Does @needle stand behind @line and before the next line of the run? */
static bool stands_behind(const struct joined *j, const char *line, const char *needle)
{
	const char *at = strstr(j->text, line);

	for (at = at ? at + strlen(line) : NULL; at && !strncmp(at, "{\"ev\":\"witness\"", 15);
	     at = strchr(at, '\n') + 1) {
		const char *found = strstr(at, needle);

		if (found && found < strchr(at, '\n'))
			return true;
	}
	return false;
}

#define INTEL_REQUEST "vtd_ir_remap_msi_req addr 0xfeefe014 data 0x0\n"
#define INTEL_ENTRY   "vtd_ir_irte_get index 65280 low 0x0 high 0x0\n"
#define INTEL_PASSED                                                      \
	"vtd_ir_remap 24 trigger 0 vector 33 deliver 0 dest 0x1 mode 0\n" \
	"vtd_ir_remap_msi (addr 0xfeefe014, data 0x0) -> (addr 0xfee01004, data 0x4021)\n"

TEST(intel_requests)
{
	struct joined j = join_shot("vtd_ir_enable enable 1\n", INTEL_REQUEST INTEL_ENTRY, "");

	ASSERT_EQ(0, j.res);
	EXPECT_TRUE(stands_behind(&j, HEADER, "\"remapping\":true"));
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"blocked\",\"index\":65280"));
	free(j.text);
	j = join_shot("", INTEL_REQUEST INTEL_ENTRY INTEL_PASSED, "");
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"remapped\""));
	free(j.text);
	/* As it is: what a compatibility format request may not be. */
	j = join_shot("",
		      INTEL_REQUEST "vtd_ir_remap_msi (addr 0xfeefe014, data 0x0) -> "
				    "(addr 0xfeefe014, data 0x0)\n",
		      "");
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"passed\""));
	free(j.text);
}

TEST(intel_faults)
{
	struct joined j = join_shot(
		"",
		INTEL_REQUEST "vtd_frr_new index 0 high 0x2200000101 low 0xff00000000000000\n"
			      "vtd_dmar_fault sid 0x102 fault 5 addr 0x7f12345000 write 1\n"
			      "vtd_frr_new index 0 high 0x4000000500000102 low 0x7f12345000\n",
		"");

	ASSERT_EQ(0, j.res);
	EXPECT_TRUE(stands_behind(&j, SHOT,
				  "\"source\":\"" VF0 "\",\"dma\":false,\"addr\":4277133332,"
				  "\"data\":0,\"outcome\":\"blocked\",\"reason\":34"));
	EXPECT_TRUE(stands_behind(&j, SHOT,
				  "\"source\":\"" VF0 "\",\"kind\":\"interrupt\",\"write\":true,"
				  "\"index\":65280,\"reason\":34"));
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"source\":\"" VF1 "\",\"dma\":true"));
	EXPECT_TRUE(stands_behind(&j, SHOT,
				  "\"source\":\"" VF1 "\",\"kind\":\"dma\",\"write\":false,"
				  "\"addr\":545766264832"));
	free(j.text);
}

#define AMD_REQUEST "amdvi_ir_remap_msi_req addr 0xfeefe014 data 0x0 devid 0x1\n"

TEST(amd_requests)
{
	struct joined j = join_shot("", AMD_REQUEST, "");

	EXPECT_TRUE(stands_behind(&j, SHOT, "\"devfn\":1"));
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"blocked\""));
	EXPECT_TRUE(stands_behind(&j, HEADER, "\"remapping\":null"));
	free(j.text);
	j = join_shot("",
		      AMD_REQUEST "amdvi_ir_remap_msi (addr 0xfeefe014, data 0x0) -> "
				  "(addr 0xfee00004, data 0x21)\n",
		      "");
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"remapped\""));
	free(j.text);
}

#define ITS_REQUEST                                                                            \
	"gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x0 size 4 " \
	"requester_id 0x101\n"
#define ITS_COLLECTION \
	"gicv3_its_cte_read GICv3 ITS: Collection Table read for ICID 0x0: valid 1 RDBase 0x0\n"

TEST(arm_requests)
{
	struct joined j = join_shot("", ITS_REQUEST, "");

	EXPECT_TRUE(stands_behind(&j, SHOT, "\"source\":\"" VF0 "\""));
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"blocked\""));
	free(j.text);
	j = join_shot("", ITS_REQUEST ITS_COLLECTION, "");
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"remapped\""));
	free(j.text);
	/* A command of the kernel's looks up, too: that is none of the request. */
	j = join_shot("",
		      ITS_REQUEST "gicv3_its_process_command GICv3 ITS: processing command at "
				  "offset 0x20: 0xa\n" ITS_COLLECTION,
		      "");
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"blocked\""));
	free(j.text);
	j = join_shot("", "smmuv3_record_event SMMU_EVT_F_TRANSLATION sid=0x101\n", "");
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"source\":\"" VF0 "\",\"dma\":true"));
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"reason\":16"));
	free(j.text);
}

/* What passes and is no shot is left out; what is blocked never. */
TEST(only_shots_pass)
{
	struct joined j = join_shot("", "", INTEL_REQUEST INTEL_PASSED INTEL_REQUEST);

	EXPECT_EQ(NULL, strstr(j.text, "remapped"));
	EXPECT_TRUE(stands_behind(&j, WATCH, "\"outcome\":\"blocked\""));
	free(j.text);
	j = join_shot("",
		      "vtd_ir_remap_msi_req addr 0xfee00018 data 0x0\n"
		      "vtd_ir_remap_msi (addr 0xfee00018, data 0x0) -> (addr 0x1, data 0x1)\n",
		      "");
	EXPECT_EQ(NULL, strstr(j.text, "remapped"));
	free(j.text);
	j = join_shot("", INTEL_REQUEST INTEL_REQUEST, "");
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"count\":2"));
	free(j.text);
}

TEST(commands_and_their_status)
{
	struct joined j = join_shot("",
				    "pci_nvme_virt_mngmt cid 12, act=0x8, ctrlid=3 VI nr=9\n"
				    "pci_nvme_err_req_status cid 13 nsid 0 status 0x4002 opc 0x1c\n"
				    "pci_nvme_err_req_status cid 12 nsid 0 status 0x411f opc 0x1c\n"
				    "pci_nvme_virt_mngmt cid 13, act=0x9, ctrlid=3 VQ nr=0\n",
				    "");

	EXPECT_TRUE(stands_behind(
		&j, SHOT, "\"action\":8,\"resource\":1,\"cntlid\":3,\"nr\":9,\"status\":287"));
	EXPECT_TRUE(stands_behind(
		&j, SHOT, "\"action\":9,\"resource\":0,\"cntlid\":3,\"nr\":0,\"status\":0"));
	free(j.text);
}

/* --- config space --- */

static char *function_line(void)
{
	static char text[4096];
	struct cfg cfg = fake_cfg(0, 5);
	json_t *bytes = json_hex(cfg.byte, cfg.len);

	snprintf(text, sizeof(text),
		 "{\"ev\":\"function\",\"t\":1,\"fn\":\"" VF0 "\",\"bytes\":\"%s\"}\n",
		 json_string_value(bytes));
	json_decref(bytes);
	return text;
}

#define LOOK "{\"ev\":\"obs\",\"t\":4,\"obs\":\"msix\",\"fn\":\"" VF0 "\",\"bytes\":\"00\"}\n"

/* @reads between the function's line and @look, which may be empty. */
static struct joined join_reads_before(const char *reads, const char *look)
{
	const char *line = function_line();
	struct joined j;
	char *record, *trace;

	if (asprintf(&record, "%s%s%s%s", HEADER, line, look, END) < 0 ||
	    asprintf(&trace, "%s%s%s%s%s", sent(HEADER), sent(line), reads, *look ? sent(look) : "",
		     sent(END)) < 0)
		err(2, "trace");
	j = join(record, trace);
	free(record);
	free(trace);
	return j;
}

static struct joined join_reads(const char *reads)
{
	return join_reads_before(reads, LOOK);
}

#define READ(off, value) "pci_cfg_read nvme 01:00.1 @" off " -> " value "\n"
#define ANSWER           "\"what\":\"control\""

TEST(answers_of_config_space)
{
	struct joined j = join_reads(READ("0x42", "0x8004"));

	ASSERT_EQ(0, j.res);
	EXPECT_TRUE(stands_behind(&j, function_line(), "\"fn\":\"" VF0 "\",\"value\":32772"));
	free(j.text);
	/* A DWORD, as the next shows; a word, after which somebody went elsewhere. */
	j = join_reads(READ("0x40", "0x6011") READ("0x44", "0x2000"));
	EXPECT_TRUE(stands_behind(&j, function_line(), "\"value\":0"));
	free(j.text);
	j = join_reads(READ("0x40", "0x6011") READ("0x60", "0x10") READ("0x44", "0x2000"));
	EXPECT_EQ(NULL, strstr(j.text, ANSWER));
	free(j.text);
	/* Another function, and one that is not there. */
	j = join_reads("pci_cfg_read nvme 01:00.2 @0x42 -> 0x4\npci_cfg_read empty 01:00.1 @0x40 "
		       "-> 0x4\n");
	EXPECT_EQ(NULL, strstr(j.text, ANSWER));
	free(j.text);
	/* The last answer counts. */
	j = join_reads(READ("0x42", "0x4") READ("0x42", "0x2"));
	EXPECT_TRUE(stands_behind(&j, function_line(), "\"value\":2"));
	EXPECT_EQ(NULL, strstr(j.text, "\"value\":4"));
	free(j.text);
	/* Nobody has looked at it. */
	j = join_reads_before(READ("0x42", "0x4"), "");
	EXPECT_EQ(NULL, strstr(j.text, ANSWER));
	free(j.text);
}

/* --- what does not belong together --- */

TEST(the_record_stays_as_it_was)
{
	struct joined j = join_shot("", INTEL_REQUEST, "");
	char *left = NULL, *line, *save = NULL;
	size_t size;
	FILE *out = open_memstream(&left, &size);

	for (line = strtok_r(j.text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, "{\"ev\":\"witness\"", 15))
			fprintf(out, "%s\n", line);
	fclose(out);
	EXPECT_STREQ(HEADER SHOT DONE WATCH END, left);
	free(left);
	free(j.text);
}

TEST(pieces_of_a_line)
{
	struct joined j =
		join(HEADER END, "virtio_console_flush_buf port 1, in_len 9, out_len 9\n"
				 "virtio_console_flush_buf port 2, in_len 99, out_len 99\n"
				 "virtio_console_flush_buf port 1, in_len 9, out_len -1\n");

	/* 9 bytes of the record, and it has more. */
	EXPECT_EQ(-EBADMSG, j.res);
	EXPECT_NE(NULL, strstr(j.why, "more than the 9 bytes"));
	free(j.text);
}

TEST(another_trace)
{
	struct joined j = join(HEADER END, "");
	char *trace;

	EXPECT_EQ(-EBADMSG, j.res);
	EXPECT_NE(NULL, strstr(j.why, "no write"));
	free(j.text);
	if (asprintf(&trace, "%s%s%s", sent(HEADER), sent(END), sent(END)) < 0)
		err(2, "trace");
	j = join(HEADER END, trace);
	EXPECT_EQ(-EBADMSG, j.res);
	EXPECT_NE(NULL, strstr(j.why, "less than"));
	free(j.text);
	free(trace);
	j = join("rubbish\n", sent("rubbish\n"));
	EXPECT_EQ(-EBADMSG, j.res);
	EXPECT_NE(NULL, strstr(j.why, "none of vfwalk"));
	free(j.text);
}

TEST(joined_once)
{
	struct joined j = join_shot("", INTEL_REQUEST, ""), again = join(j.text, sent(j.text));

	EXPECT_EQ(-EBADMSG, again.res);
	EXPECT_NE(NULL, strstr(again.why, "has a witness already"));
	free(j.text);
	free(again.text);
}

/* A guest that was killed in mid-line: what it wrote of it is the end. */
TEST(a_record_that_was_cut)
{
	struct joined j;
	char *trace;

	if (asprintf(&trace, "%s%s%s", sent(HEADER), sent(SHOT), INTEL_REQUEST) < 0)
		err(2, "trace");
	j = join(HEADER SHOT "{\"ev\":\"done", trace);
	EXPECT_EQ(0, j.res);
	EXPECT_TRUE(stands_behind(&j, SHOT, "\"outcome\":\"blocked\""));
	EXPECT_NE(NULL, strstr(j.text, "\n{\"ev\":\"done"));
	free(j.text);
	free(trace);
}

TEST_HARNESS_MAIN
