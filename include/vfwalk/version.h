/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version of the whole, for the record and for --version. */
#ifndef VFWALK_VERSION_H
#define VFWALK_VERSION_H

#define VFWALK_VERSION "0.1.0"

#endif
