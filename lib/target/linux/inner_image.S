/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inner guest's firmware, as fixtures/inner was built; empty where it is no PC's compiler. */
	.section .rodata
	.balign	4
	.globl	inner_image_len
inner_image_len:
	.long	end - inner_image
	.globl	inner_image
inner_image:
#ifdef INNER_IMAGE
	.incbin	INNER_IMAGE
#endif
end:

	.section .note.GNU-stack, "", %progbits
