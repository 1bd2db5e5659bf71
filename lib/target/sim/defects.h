/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deliberate faults of the model, one table: identifier, name, the rule that must find it, further
 * options without which it has no effect, what goes wrong, and a real bug that it stands for. The
 * identifier is what the model asks for at the place where the fault is.
 */
#ifndef VFWALK_SIM_DEFECTS_H
#define VFWALK_SIM_DEFECTS_H

#define SIM_DEFECTS_CAP(X)                                                                         \
	X(TWO_CAPS, "two-capabilities", "CAP-UNIQ", NULL, "VFs list the MSI-X capability twice",   \
	  NULL)                                                                                    \
	X(SIZE_UNCODED, "size-not-minus-one", "CAP-TS-ENC", NULL,                                  \
	  "Message Control holds a smaller size itself instead of one less",                       \
	  "the DesignWare endpoint controller wrote an interrupt count where N-1 belongs")         \
	X(SIZE_WRITABLE, "size-writable", "CAP-TS-RO", NULL,                                       \
	  "a write to Message Control changes Table Size", NULL)                                   \
	X(RESERVED_WRITABLE, "reserved-writable", "CAP-RSVD", NULL,                                \
	  "the reserved bits of Message Control keep what is written", NULL)                       \
	X(BORN_MASKED, "born-masked", "CAP-EN-DEF", NULL, "VFs appear with Function Mask set",     \
	  NULL)                                                                                    \
	X(UNMASK_ALL, "function-mask-clears-masks", "CAP-FM-INDEP", NULL,                          \
	  "clearing Function Mask clears the mask bit of every entry", NULL)                       \
	X(BIR_RESERVED, "bir-reserved", "CAP-BIR-VALID", NULL, "VFs name BAR 7 for the PBA", NULL) \
	X(BIR_UPPER, "bir-upper-half", "CAP-BIR-LOW", NULL,                                        \
	  "VFs name the upper half of a 64-bit BAR for the PBA", NULL)                             \
	X(BIR_ABSENT, "bir-absent", "CAP-BIR-MEM", NULL,                                           \
	  "VFs name a BAR that is not implemented for the PBA",                                    \
	  "an endpoint controller advertised MSI-X without the memory to back it")                 \
	X(PBA_OUTSIDE, "pba-outside", "CAP-OFF-ALIGN", NULL,                                       \
	  "the PBA offset of VFs is behind the end of the BAR",                                    \
	  "VFs of two vendors give a PBA offset far behind their BAR; QEMU has quirks for both")   \
	X(TABLE_OVERRUN, "table-overrun", "CAP-TBL-FIT", NULL,                                     \
	  "a table that has grown runs over the end of the BAR", NULL)                             \
	X(PBA_OVERRUN, "pba-overrun", "CAP-PBA-FIT", "max=72,size=66",                             \
	  "the BAR ends behind the first QWORD of the PBA of VFs",                                 \
	  "VFs of two vendors have their PBA outside the BAR; QEMU has quirks for both")           \
	X(OVERLAP, "table-into-pba", "CAP-OVERLAP", NULL,                                          \
	  "a table of the largest size runs into the PBA",                                         \
	  "endpoint drivers computed the PBA's offset from the wrong number of entries")           \
	X(PBA_MOVES, "pba-moves", "CAP-LOC-STABLE", NULL, "a resize moves the PBA", NULL)          \
	X(PBA_TIGHT, "pba-tight", "CAP-PBA-STABLE-SIZE", "max=72",                                 \
	  "behind the PBA there is no room for the bits of the largest size", NULL)                \
	X(RESIZE_ENABLED, "resize-while-enabled", "CAP-TS-EN", NULL,                               \
	  "MSI-X stays enabled while Virtualization Management changes Table Size", NULL)          \
	X(INTX_PIN, "interrupt-pin", "CAP-VF-NOINTX", NULL, "VFs show an Interrupt Pin",           \
	  "VFs of several devices report an INTx pin; Linux has a list of them")                   \
	X(MSE_STICKS, "memory-space-sticks", "CAP-VF-CMD-MSE", NULL,                               \
	  "Memory Space Enable can be set in a VF", NULL)                                          \
	X(NO_MSIX, "no-msix", "CAP-VF-MSI-OR-MSIX", NULL, "the last VF has neither MSI nor MSI-X", \
	  NULL)

#define SIM_DEFECTS_TABLE(X)                                                                      \
	X(BORN_UNMASKED, "born-unmasked", "TBL-MASK-DEF", NULL,                                   \
	  "after VF Enable the last entry is unmasked", NULL)                                     \
	X(GROWN_UNMASKED, "grown-unmasked", "TBL-MASK-NEW", NULL,                                 \
	  "entries that a resize adds are unmasked", NULL)                                        \
	X(STALE_ENTRY, "stale-entry", "TBL-STALE", NULL,                                          \
	  "entries that one VF has lost show their contents in the next one that grows", NULL)    \
	X(DATA_16, "data-16-bits", "TBL-RW", NULL, "Message Data keeps its lower half only",      \
	  "a monitor took the wrong offset for a field of the entry")                             \
	X(ALIAS, "entries-alias", "TBL-ALIAS", NULL,                                              \
	  "while MSI-X is off, the last entry and the first are the same", NULL)                  \
	X(ALIAS_VF, "tables-alias", "TBL-ALIAS-VF", NULL,                                         \
	  "Message Data written in one VF is stored in its neighbour too", NULL)                  \
	X(BEYOND_LIVE, "beyond-live", "TBL-BEYOND", NULL,                                         \
	  "an entry behind Table Size sends its message all the time while unmasked",             \
	  "a table write behind the last entry reached the device model's memory")                \
	X(SHRINK_ALIVE, "shrink-alive", "TBL-SHRINK-KILL", NULL,                                  \
	  "a vector that a shrink has taken still sends its old message", NULL)                   \
	X(MASK_IGNORED, "mask-ignored", "TBL-MASKED-NOFIRE", NULL,                                \
	  "a masked entry sends its message all the same",                                        \
	  "a device claims per-vector masking and does not have it")                              \
	X(PENDING_HIDDEN, "pending-hidden", "TBL-PEND-SET", NULL,                                 \
	  "an event of a masked entry sets no pending bit", NULL)                                 \
	X(UNMASK_LOST, "unmask-lost", "TBL-UNMASK-FIRE", NULL,                                    \
	  "unmasking a pending entry sends nothing",                                              \
	  "a message was lost when its outbound window was torn down too early")                  \
	X(FM_LOST, "function-mask-lost", "TBL-FM-PEND", NULL,                                     \
	  "clearing Function Mask drops what is pending", NULL)                                   \
	X(NO_DWORD, "no-dword", "TBL-ACC-DW", NULL, "Message Upper Address takes no DWORD write", \
	  NULL)                                                                                   \
	X(NO_QWORD, "no-qword", "TBL-ACC-QW", NULL, "the upper half of a QWORD write is lost",    \
	  NULL)                                                                                   \
	X(SMALL_ASTRAY, "small-astray", "TBL-ACC-OTHER", NULL,                                    \
	  "a write of less than a DWORD lands in the neighbour's table",                          \
	  "a monitor took accesses of unexpected sizes past the end of its table")                \
	X(PBA_EXCESS, "pba-excess", "PBA-SIZE", NULL,                                             \
	  "the last bit of the PBA's last QWORD is set", NULL)                                    \
	X(BORN_PENDING, "born-pending", "PBA-DEF", NULL, "VFs appear with a pending bit set",     \
	  NULL)                                                                                   \
	X(PBA_WRITABLE, "pba-writable", "PBA-WRITE", NULL, "pending bits can be written", NULL)   \
	X(PBA_KEPT, "pba-kept", "PBA-SHRINK", NULL,                                               \
	  "the pending bits of vectors that a shrink has taken are set", NULL)                    \
	X(PBA_SWAPPED, "pba-swapped", "PBA-IDX", NULL, "even and odd pending bits are swapped",   \
	  NULL)

#define SIM_DEFECTS_SYSFS(X)                                                                      \
	X(COUNT_MODE, "count-readable", "SYS-FILE-VF", NULL, "sriov_vf_msix_count has mode 0644", \
	  NULL)                                                                                   \
	X(TOTAL_MODE, "total-writable", "SYS-FILE-PF", NULL, "sriov_vf_total_msix has mode 0644", \
	  NULL)                                                                                   \
	X(TOTAL_PHANTOM, "total-phantom", "SYS-TOTAL-0", NULL,                                    \
	  "sriov_vf_total_msix tells a number though the PF's driver has no callback", NULL)      \
	X(JUNK_TAKEN, "junk-taken", "SYS-PARSE", NULL,                                            \
	  "what follows a number in sriov_vf_msix_count is ignored", NULL)                        \
	X(NEGATIVE_TAKEN, "negative-taken", "SYS-NEG", NULL,                                      \
	  "the sign of a number in sriov_vf_msix_count is ignored", NULL)                         \
	X(NOCB_ERRNO, "no-callback-errno", "SYS-NOCB", NULL,                                      \
	  "without a callback sriov_vf_msix_count fails with ENODEV", NULL)                       \
	X(BUSY_TAKEN, "busy-taken", "SYS-BUSY", "backend=sysfs",                                  \
	  "sriov_vf_msix_count of a VF with a driver can be written", NULL)                       \
	X(ONE_MORE, "one-more", "SYS-TS-EQ", "backend=sysfs",                                     \
	  "a VF gets a vector more than asked",                                                   \
	  "ice adds one for its own interrupt, so N gives N+1")                                   \
	X(SAME_REFUSED, "same-refused", "SYS-IDEMP", "backend=sysfs",                             \
	  "writing the size that a VF has already is refused",                                    \
	  "ice rebuilt the VF when the same value was written again")                             \
	X(REFUSED_CUT, "refused-cut", "SYS-FAIL-ATOMIC", "backend=sysfs",                         \
	  "a size that is refused leaves the VF with one vector",                                 \
	  "ice can end with a VF's vectors unmapped when a change fails")                         \
	X(WRONG_VF, "wrong-vf", "SYS-SIBLING", "backend=sysfs",                                   \
	  "resizing a VF moves Table Size of the next one",                                       \
	  "mlx5 and ice looked a VF up by device and function number alone")                      \
	X(AUTOPROBE_IGNORED, "autoprobe-ignored", "SYS-AUTOPROBE", NULL,                          \
	  "the last VF is bound although sriov_drivers_autoprobe is 0", NULL)                     \
	X(NUMVFS_ERRNO, "numvfs-errno", "SYS-NUMVFS-ERR", NULL,                                   \
	  "more VFs than there are fails with EINVAL", NULL)                                      \
	X(TOTAL_SMALL, "total-too-small", "POOL-SUM", "backend=sysfs",                            \
	  "the PF tells of fewer vectors than its VFs have", NULL)                                \
	X(OVERCOMMIT, "overcommit", "POOL-EXHAUST", "backend=sysfs",                              \
	  "more vectors are assigned than there are", NULL)                                       \
	X(POOL_LEAK, "pool-leak", "POOL-NOLEAK", NULL,                                            \
	  "the first resize loses a vector of the pool",                                          \
	  "ice kept a reference to the VF on every failing write")

#define SIM_DEFECTS_RESET(X)                                                                       \
	X(NO_FLR, "no-flr", "RST-FLR-SUPP", NULL, "VFs have no Function Level Reset",              \
	  "Linux avoids the FLR of several devices by quirk")                                      \
	X(FLR_ENABLED, "flr-keeps-enable", "RST-FLR-EN", NULL,                                     \
	  "FLR keeps MSI-X Enable and Function Mask", NULL)                                        \
	X(FLR_MASKS, "flr-keeps-masks", "RST-FLR-MASK", NULL, "FLR keeps the mask bits",           \
	  "idxd left its vectors' permissions in place at shutdown")                               \
	X(FLR_PENDING, "flr-pending", "RST-FLR-PBA", NULL, "a pending bit is set after FLR", NULL) \
	X(FLR_SHRINKS, "flr-shrinks", "RST-FLR-TS-KEEP", NULL,                                     \
	  "FLR with MSI-X off or masked takes one from Table Size", NULL)                          \
	X(FLR_NO_LATCH, "flr-no-latch", "RST-FLR-LATCH", "backend=sysfs",                          \
	  "FLR does not show every second size that was assigned", NULL)                           \
	X(FLR_SHRINKS_BOUND, "flr-shrinks-bound", "RST-FLR-BOUND", NULL,                           \
	  "FLR with MSI-X at work takes one from Table Size", NULL)                                \
	X(FLR_SLOW, "flr-slow", "RST-FLR-TIME", NULL,                                              \
	  "config space is silent for more than a minute after FLR",                               \
	  "a VF that misses its deadline after FLR has a quirk in Linux")                          \
	X(FLR_SIBLING, "flr-sibling", "RST-FLR-NOPF", NULL,                                        \
	  "FLR of a VF resets its neighbour and leaves it masked", NULL)                           \
	X(NOT_RESTORED, "not-restored", "RST-FLR-PROGRAM", NULL,                                   \
	  "the kernel does not restore the last vector after a reset",                             \
	  "iavf and hns3 VFs lost their interrupts when the PF reset them")                        \
	X(VFE_KEEPS, "vfe-keeps", "RST-VFE-STATE", NULL,                                           \
	  "a table outlives VF Enable: addresses, data and masks", NULL)                           \
	X(VFE_HAUNTED, "vfe-haunted", "RST-VFE-GONE", NULL,                                        \
	  "config space of a VF answers with VF Enable clear", NULL)                               \
	X(VFE_SMALLER, "vfe-smaller", "RST-VFE-TS", NULL,                                          \
	  "VFs come back from VF Enable with a vector less", NULL)                                 \
	X(VFE_EMPTY, "vfe-empty", "RST-NUMVFS-POOL", NULL,                                         \
	  "VFs come back from VF Enable with one vector", NULL)                                    \
	X(MASKALL_LEFT, "mask-left", "RST-MASKALL-CLEAR", NULL,                                    \
	  "the kernel leaves Function Mask set when it enables MSI-X",                             \
	  "Linux left Function Mask set when enabling MSI-X had failed")

#define SIM_DEFECTS_DRIVER(X)                                                                   \
	X(SIZE_CACHED, "size-cached", "DRV-REBIND", "cpus=8",                                   \
	  "a driver gets the number of vectors there were when it was first bound",             \
	  "FreeBSD kept the MSI-X count of the time of attach")                                 \
	X(MSI_IRQS_LEFT, "msi-irqs-left", "DRV-MSI-IRQS", NULL,                                 \
	  "msi_irqs lists one interrupt too many and keeps it after unbind", NULL)              \
	X(ROWS_LEFT, "rows-left", "DRV-PROC-INT", NULL,                                         \
	  "a row of /proc/interrupts outlives the driver",                                      \
	  "a hypervisor did not clean up the interrupts of a device that was gone")             \
	X(ENTRY_UNPROGRAMMED, "entry-unprogrammed", "DRV-TABLE-PROG", NULL,                     \
	  "the entry of the last vector in use stays masked", NULL)                             \
	X(UNUSED_UNMASKED, "unused-unmasked", "DRV-UNUSED-MASK", NULL,                          \
	  "entries that no driver asked for are left unmasked",                                 \
	  "Linux did not mask unused entries when it enabled MSI-X")                            \
	X(SPURIOUS, "nobody-cared", "DRV-NOSPUR", NULL,                                         \
	  "the kernel finds an interrupt that nobody cares for when a driver is unbound", NULL) \
	X(CPU_OFFLINE, "cpu-offline", "DRV-AFFINITY", NULL,                                     \
	  "a vector has an effective affinity without an online CPU", NULL)                     \
	X(HWSIZE_STALE, "hwsize-stale", "DRV-HWSIZE-STALE", "kernel=6.12",                      \
	  "vectors that came while a driver was bound cannot be allocated",                     \
	  "Linux keeps the size of a function's MSI domain until its driver is unbound")        \
	X(CORRUPT, "corrupt-after-resize", "DRV-LOAD", NULL, "a resized VF returns wrong data", \
	  NULL)                                                                                 \
	X(ONE_QUEUE, "one-vector-for-all", "DRV-SPREAD", NULL,                                  \
	  "all I/O queues of the driver share one vector", NULL)

#define SIM_DEFECTS_VFIO(X)                                                                        \
	X(COUNT_SNAPSHOT, "count-snapshot", "VFIO-IRQCOUNT", NULL,                                 \
	  "GET_IRQ_INFO tells the size of the time when a driver was first bound",                 \
	  "a hypervisor froze Message Control though vectors can change at run time")              \
	X(CONTROL_SHADOW, "control-shadow", "VFIO-CAP-RO", NULL,                                   \
	  "VFIO's view keeps what is written to Message Control",                                  \
	  "guests could write MSI-X fields that the host had to mediate")                          \
	X(OPEN_RESIZED, "open-resized", "VFIO-SNAP", "guard=on",                                   \
	  "a VF that is open in VFIO is resized", NULL)                                            \
	X(RANGE_OPEN, "range-open", "VFIO-SETIRQS-RANGE", NULL,                                    \
	  "SET_IRQS accepts vectors that there are not", "SET_IRQS let start plus count overflow") \
	X(PARTIAL_TAKEN, "partial-taken", "VFIO-SETIRQS-PARTIAL", "irqs=7",                        \
	  "SET_IRQS enables what vectors there are when it cannot have all", NULL)                 \
	X(RESIZE_FLAG, "noresize-missing", "VFIO-NORESIZE", NULL,                                  \
	  "GET_IRQ_INFO lacks the NORESIZE flag", NULL)                                            \
	X(NOT_MAPPABLE, "not-mappable", "VFIO-REGION-CAP", NULL,                                   \
	  "the region of the table lacks the MSIX_MAPPABLE capability", NULL)                      \
	X(HOLE_OPEN, "hole-open", "VFIO-RW-HOLE", NULL,                                            \
	  "read(2) and write(2) reach the table through VFIO",                                     \
	  "guests could write the physical MSI-X table and PBA")                                   \
	X(VFIO_NOT_BUSY, "vfio-not-busy", "VFIO-BUSY", "backend=sysfs",                            \
	  "sriov_vf_msix_count of a VF that VFIO has can be written", NULL)                        \
	X(REOPEN_STALE, "reopen-stale", "VFIO-REOPEN", NULL,                                       \
	  "after a resize VFIO gives no more vectors than before", NULL)                           \
	X(INTX_COUNTED, "intx-counted", "VFIO-INTX-PIN", NULL, "VFIO tells of an INTx of a VF",    \
	  "vfio passed on the INTx pin that buggy VFs report")                                     \
	X(VFIO_RESET_SHRINKS, "vfio-reset-shrinks", "VFIO-RESET", NULL,                            \
	  "VFIO_DEVICE_RESET takes one from Table Size", NULL)                                     \
	X(DYN_REFUSED, "dynamic-refused", "VFIO-DYN", "kernel=6.12",                               \
	  "a vector outside the first set cannot be enabled later",                                \
	  "vfio cleaned up differently when MSI and MSI-X were disabled")

#define SIM_DEFECTS_IOMMU(X)                                                                       \
	X(NO_REMAPPING, "no-remapping", "IOM-PRE-IR", NULL,                                        \
	  "the machine says that interrupt remapping is off", NULL)                                \
	X(IDENTITY, "identity-domain", "IOM-PRE-DMA", NULL, "VFs are in an identity domain", NULL) \
	X(NO_GROUP, "no-group", "IOM-ISOLATED", NULL, "the first VF shows no IOMMU group", NULL)   \
	X(DMA_OPEN, "dma-open", "IOM-ROGUE-DMA", NULL,                                             \
	  "a write to an address without a mapping reaches memory", NULL)                          \
	X(DMA_DROPPED, "dma-dropped", "IOM-ROGUE-MAPPED", NULL,                                    \
	  "a write to a mapped address is dropped", NULL)                                          \
	X(RESERVED_REASON, "reserved-reason", "IOM-IR-RSVD", NULL,                                 \
	  "reserved bits in a request are reported with reason 24h", NULL)                         \
	X(INDEX_REASON, "index-reason", "IOM-IR-INDEX", NULL,                                      \
	  "an index behind the remapping table is reported with reason 22h", NULL)                 \
	X(ABSENT_REASON, "absent-reason", "IOM-IR-NP", NULL,                                       \
	  "an entry that is not present is reported with reason 23h", NULL)                        \
	X(COMPAT_REASON, "compat-reason", "IOM-IR-COMPAT", NULL,                                   \
	  "a compatibility format request is reported with reason 20h", NULL)                      \
	X(SOURCE_REASON, "source-reason", "IOM-IR-SID", NULL,                                      \
	  "a foreign source is reported with reason 22h",                                          \
	  "source validation had gaps for devices behind bridges")                                 \
	X(ABSENT_DELIVERED, "absent-delivered", "IOM-NODELIVER", NULL,                             \
	  "a request for an entry that is not present raises the function's last vector", NULL)    \
	X(SOURCE_UNVERIFIED, "source-unverified", "IOM-VICTIM", NULL,                              \
	  "the source of a request is not verified",                                               \
	  "remapping tables were shared between devices")                                          \
	X(OWN_REFUSED, "own-refused", "IOM-OWN-INDEX", NULL,                                       \
	  "a function cannot use the remapping entry of another of its own vectors", NULL)         \
	X(WRONG_SOURCE, "wrong-source", "IOM-LOG-INTEL", NULL,                                     \
	  "faults are logged with the address of another function", NULL)                          \
	X(QUIET, "quiet", "IOM-QUIET-MODEL", NULL, "interrupts that are blocked are not reported", \
	  "QEMU did not record the faults of interrupt remapping before 8.2")                      \
	X(NMI_THROUGH, "nmi-through", "IOM-NMI", NULL,                                             \
	  "a compatibility format request raises an NMI on the host",                              \
	  "a malformed MSI raised a host NMI past the remapper")                                   \
	X(VECTOR_THROUGH, "vector-through", "IOM-HOSTVEC", NULL,                                   \
	  "a compatibility format request raises any vector it names",                             \
	  "a device that was passed through injected interrupts of its choice")                    \
	X(BYSTANDER, "bystander-hurt", "IOM-BYSTANDER", NULL,                                      \
	  "a blocked request makes jobs on other VFs fail", NULL)

#define SIM_DEFECTS_NVME(X)                                                                      \
	X(MORE_ASSIGNED, "more-assigned", "NVM-CAP", NULL,                                       \
	  "VIRFA says that more is assigned than there is", NULL)                                \
	X(ASSIGN_ONLINE, "assign-online", "NVM-ASSIGN-OFFLINE", NULL,                            \
	  "assigning to an online controller succeeds", NULL)                                    \
	X(CID_STATUS, "cntlid-status", "NVM-BADCID", NULL,                                       \
	  "an unknown controller is refused as an invalid field", NULL)                          \
	X(RT_TAKEN, "resource-taken", "NVM-BADRT", NULL, "a reserved resource type is accepted", \
	  NULL)                                                                                  \
	X(ACT_TAKEN, "action-taken", "NVM-BADACT", NULL, "a reserved action is accepted", NULL)  \
	X(MAX_CLAMPED, "maximum-clamped", "NVM-MAX", NULL,                                       \
	  "more than VIFRSM is accepted and cut down to it", NULL)                               \
	X(POOL_IGNORED, "pool-ignored", "NVM-POOL", NULL, "more than is free can be assigned",   \
	  NULL)                                                                                  \
	X(OFFLINE_KEEPS, "offline-keeps", "NVM-OFFLINE-FREES", NULL,                             \
	  "going offline keeps the interrupt resources", NULL)                                   \
	X(ONLINE_EMPTY, "online-empty", "NVM-ONLINE-MIN", NULL,                                  \
	  "a controller without enough resources goes online", NULL)                             \
	X(ONLINE_LESS, "online-less", "NVM-TS-ONLINE", NULL,                                     \
	  "an online controller shows a vector less than it was assigned", NULL)                 \
	X(ASSIGN_LEAKS, "assign-leaks", "NVM-TS-NOLEAK", NULL,                                   \
	  "assigning moves Table Size before the controller is online", NULL)                    \
	X(NRM_WRONG, "number-wrong", "NVM-NRM", NULL,                                            \
	  "the completion tells a wrong number of resources", NULL)                              \
	X(CC_SHRINKS, "cc-shrinks", "NVM-CC-RESET", NULL,                                        \
	  "clearing CC.EN takes one from Table Size", NULL)                                      \
	X(VFE_ONLINE, "vfe-online", "NVM-VFE0", NULL,                                            \
	  "secondary controllers stay online without VF Enable", NULL)                           \
	X(IV_UNCHECKED, "vector-unchecked", "NVM-IV-RANGE", NULL,                                \
	  "a completion queue can be created for a vector behind Table Size", NULL)              \
	X(OFFLINE_FINE, "offline-fine", "NVM-OFFLINE-FUNC", NULL,                                \
	  "an offline controller does not show CSTS.CFS", NULL)                                  \
	X(GUARD_LESS, "guard-less", "NVM-GUARD", "guard=on",                                     \
	  "Virtualization Management resizes a VF under its driver",                             \
	  "the guard of sriov_vf_msix_count does not exist on the way of NVMe")                  \
	X(OFFLINE_NO_RESET, "offline-no-reset", "NVM-MSIX-RESET", NULL,                          \
	  "going offline and online resets nothing of MSI-X", NULL)

#define SIM_DEFECTS(X)        \
	SIM_DEFECTS_CAP(X)    \
	SIM_DEFECTS_TABLE(X)  \
	SIM_DEFECTS_SYSFS(X)  \
	SIM_DEFECTS_RESET(X)  \
	SIM_DEFECTS_DRIVER(X) \
	SIM_DEFECTS_VFIO(X)   \
	SIM_DEFECTS_IOMMU(X)  \
	SIM_DEFECTS_NVME(X)

enum sim_defect_id {
#define X(id, name, rule, options, what, bug) DEFECT_##id,
	SIM_DEFECTS(X)
#undef X
		SIM_DEFECT_COUNT
};

/* The defect of that name, or -ENOENT. */
int sim_defect_find(const char *name);

#endif
