/* Capabilities and untyped memory. */
#include "measure.h"

#define SMALLEST_CNODE CNODE_OF(1u)
#define SMALLEST_UNTYPED UNTYPED_OF(12u)
#define COPIES 1000u
#define BADGE 0x77u
#define UNTYPED_CHILDREN 376u
#define RETYPED_AT_ONCE 256u

BARE_CALL(ntfn_poll, KAAL_SYS_NOTIFICATION_POLL)
STUBBED_CALL(ntfn_poll, 1, kaal_sys_notification_poll(a[0], &out[0]))
BARE_CALL(ntfn_signal, KAAL_SYS_NOTIFICATION_SIGNAL)
STUBBED_CALL(ntfn_signal, 0, kaal_sys_notification_signal(a[0]))
BARE_CALL(ntfn_wait, KAAL_SYS_NOTIFICATION_WAIT)
STUBBED_CALL(ntfn_wait, 1, kaal_sys_notification_wait(a[0], &out[0]))
BARE_CALL(cap_identify, KAAL_SYS_CAP_IDENTIFY)
BARE_CALL(cap_copy, KAAL_SYS_CAP_COPY)
BARE_CALL(cap_mint, KAAL_SYS_CAP_MINT)
BARE_CALL(cap_move, KAAL_SYS_CAP_MOVE)
BARE_CALL(cap_delete, KAAL_SYS_CAP_DELETE)
BARE_CALL(cap_revoke, KAAL_SYS_CAP_REVOKE)
BARE_CALL(untyped_retype, KAAL_SYS_UNTYPED_RETYPE)

STUBBED_CALL(cap_identify, 3, kaal_sys_cap_identify(a[0], &out[0], &out[1], &out[2]))
STUBBED_CALL(cap_copy, 0, kaal_sys_cap_copy(a[0], a[1], a[2], a[3], a[4]))
STUBBED_CALL(cap_mint, 0, kaal_sys_cap_mint(a[0], a[1], a[2], a[3], a[4], a[5]))
STUBBED_CALL(cap_move, 0, kaal_sys_cap_move(a[0], a[1], a[2], a[3]))
STUBBED_CALL(cap_delete, 0, kaal_sys_cap_delete(a[0], a[1]))
STUBBED_CALL(cap_revoke, 0, kaal_sys_cap_revoke(a[0], a[1]))
STUBBED_CALL(untyped_retype, 1, kaal_sys_untyped_retype(a[0], a[1], a[2], a[3], a[4], &out[0]))

/* --- what each row starts from ------------------------------------------------------ */

static void copy_original(kaal_cap_t cnode, uint64_t slot)
{
	must("copy", kaal_sys_cap_copy(cnode, slot, CSPACE, at(ORIGINAL), ALL));
}

static void prepare_original(void)
{
	prepare_endpoint();
	copy_original(CSPACE, at(SIBLING));
}

static void prepare_target(void)
{
	prepare_original();
	copy_original(CSPACE, at(TARGET));
}

static void prepare_copies(void)
{
	prepare_endpoint();
	for (unsigned i = 1; i <= COPIES; i++)
		copy_original(at(MANY), i);
}

static void prepare_smallest_children(void)
{
	prepare_block();
	retype(at(BLOCK), SMALLEST_CNODE, at(MANY), 1, UNTYPED_CHILDREN);
}

static void prepare_cnode_children(void)
{
	prepare_block();
	retype(at(BLOCK), CNODE_16, at(MANY), 1, UNTYPED_CHILDREN);
}

static void prepare_notification(void)
{
	prepare_child(KAAL_OBJECT_NOTIFICATION);
}

static void prepare_signalled(void)
{
	prepare_notification();
	must("signal", kaal_sys_notification_signal(at(ORIGINAL)));
}

void measure_caps(void)
{
	const struct row rows[] = {
		/* First of all, while no memory has been used: a page is zeroed on the way. */
		{"untyped.retype.cnode.zeroing", bare_untyped_retype, NULL, 1, prepare_nothing,
		 {memory(), CNODE_16, CSPACE, at(TARGET), 1}},
		/* What seL4 was measured with: a poll of a notification without a flag. */
		{"syscall.null", bare_ntfn_poll, stubbed_ntfn_poll, 1, prepare_notification, {at(ORIGINAL)}},
		{"cap.identify", bare_cap_identify, stubbed_cap_identify, 1, prepare_nothing, {KAAL_SLOT_NULL}},
		{"ntfn.signal.idle", bare_ntfn_signal, stubbed_ntfn_signal, 1, prepare_notification, {at(ORIGINAL)}},
		{"ntfn.wait.pending", bare_ntfn_wait, stubbed_ntfn_wait, 1, prepare_signalled, {at(ORIGINAL)}},
		{"untyped.retype.notification", bare_untyped_retype, NULL, 1, prepare_endpoint,
		 {at(BLOCK), KAAL_OBJECT_NOTIFICATION, CSPACE, at(TARGET), 1}},
		{"untyped.retype.notification256", bare_untyped_retype, NULL, RETYPED_AT_ONCE, prepare_endpoint,
		 {at(BLOCK), KAAL_OBJECT_NOTIFICATION, at(MANY), 1, RETYPED_AT_ONCE}},
		{"cap.copy", bare_cap_copy, stubbed_cap_copy, 1, prepare_original,
		 {CSPACE, at(TARGET), CSPACE, at(ORIGINAL), ALL}},
		{"cap.mint", bare_cap_mint, stubbed_cap_mint, 1, prepare_original,
		 {CSPACE, at(TARGET), CSPACE, at(ORIGINAL), ALL, BADGE}},
		{"cap.move", bare_cap_move, stubbed_cap_move, 1, prepare_original,
		 {CSPACE, at(TARGET), CSPACE, at(SIBLING)}},
		{"cap.delete", bare_cap_delete, stubbed_cap_delete, 1, prepare_target, {CSPACE, at(TARGET)}},
		{"cap.revoke.empty", bare_cap_revoke, stubbed_cap_revoke, 1, prepare_endpoint, {CSPACE, at(ORIGINAL)}},
		{"cap.revoke.child", bare_cap_revoke, NULL, COPIES, prepare_copies, {CSPACE, at(ORIGINAL)}},
		/* Other small objects than the endpoint, notification and thread that seL4's figures are of. */
		{"untyped.retype.cnode", bare_untyped_retype, stubbed_untyped_retype, 1, prepare_endpoint,
		 {at(BLOCK), CNODE_16, CSPACE, at(TARGET), 1}},
		{"untyped.retype.untyped", bare_untyped_retype, NULL, 1, prepare_endpoint,
		 {at(BLOCK), SMALLEST_UNTYPED, CSPACE, at(TARGET), 1}},
		{"untyped.revoke.376", bare_cap_revoke, NULL, 1, prepare_smallest_children, {CSPACE, at(BLOCK)}},
		{"untyped.revoke.376.cnode16", bare_cap_revoke, NULL, 1, prepare_cnode_children, {CSPACE, at(BLOCK)}},
	};

	MEASURE(rows);
}
