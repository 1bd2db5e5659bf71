# SPDX-License-Identifier: GPL-2.0-or-later
# Counts the results in TAP and KTAP files; a known failure (TODO) counts as skipped, not as passed.
# Subtests (indented) are summed up by the line of their rule.
/^not ok / && /# *(TODO|SKIP)/ { skipped++; next }
/^not ok / { failed++; next }
/^ok / && /# *SKIP/ { skipped++; next }
/^ok / { passed++ }
END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }
