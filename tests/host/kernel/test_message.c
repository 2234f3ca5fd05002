/* What is in a message: words in registers and buffer, capabilities copied and moved. */
#include "ipc_fixture.h"

#define SEED 5000u
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

TestSuite(message, .init = ipc_start);

/* The label is kept, and the words of a message of `words`, no more of the buffer than that. */
static void words_came(thread_t receiver, unsigned words)
{
	unsigned expected = words < KAAL_MESSAGE_REGISTERS ? KAAL_MESSAGE_REGISTERS : words;

	cr_assert_eq(status_of(receiver), KAAL_OK);
	cr_assert_eq(result_of(receiver, 1), kaal_message(words, 0, 7));
	cr_assert_eq(words_from(receiver, SEED), expected, "%u words: %u came", words, words_from(receiver, SEED));
	write_words(receiver, 0);
}

Test(message, any_number_of_words_in_all_directions)
{
	for (unsigned words = 0; words <= KAAL_MESSAGE_WORDS_MAX; words++) {
		uint64_t message = kaal_message(words, 0, 7);

		write_words(T(0), SEED);
		write_words(T(3), 0);
		cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, message), WAITS);
		cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
		words_came(T(3), words);
		cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
		write_words(T(0), SEED);
		cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, message), WAITS);
		words_came(T(3), words);
		write_words(T(0), 0);
		write_words(T(3), SEED);
		cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, message, REPLY), WAITS);
		words_came(T(0), words);
		write_words(T(0), SEED);
		write_words(T(3), 0);
		cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, message), WAITS);
		words_came(T(3), words);
		write_words(T(0), 0);
		write_words(T(3), SEED);
		cr_assert_eq(act(T(3), REPLY_SEND, REPLY, message), KAAL_OK);
		words_came(T(0), words);
	}
}

Test(message, words_do_not_come_without_a_receivers_buffer)
{
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD + 3, 0, 1), KAAL_OK);
	write_words(T(0), SEED);
	cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, 20), WAITS);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(result_of(T(3), 1), 8 | KAAL_MESSAGE_TRUNCATED);
	cr_assert_eq(words_from(T(3), SEED), 8);
	cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 9, REPLY), KAAL_NO_BUFFER);
	cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, 8, REPLY), WAITS);
	cr_assert_eq(result_of(T(0), 1), 8);
	write_words(T(0), SEED);
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, 8), KAAL_OK);
	cr_assert_eq(result_of(T(3), 1), 8, "eight words are not truncated");
}

/* Who waits loses its buffer with the frame. */
Test(message, a_buffer_revoked_while_its_thread_waits)
{
	for (unsigned direction = 0; direction < 3; direction++) {
		ipc_start();
		buffer_of(T(0))->caps[0] = EP2;
		write_words(T(0), SEED);
		write_words(T(3), SEED);
		if (direction == 0) {
			cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, 64 + KAAL_MESSAGE_CAPS_UNIT), WAITS);
		} else {
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
			if (direction == 2)
				cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, 0), WAITS);
		}
		cr_assert_eq(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_FRAME + 12 * 256, A, FREE, 1), KAAL_OK);
		cr_assert_eq(driver(CAP_REVOKE, A, FRAME), KAAL_OK);
		for (unsigned i = 0; i < THREADS; i++)
			cr_assert_eq(thread_view[T(i)].buffer, 0);
		if (direction == 0) {
			cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD + 3, FREE, 0), KAAL_OK);
			cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
			cr_assert_eq(status_of(T(0)), KAAL_OK);
		} else if (direction == 1) {
			cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FREE, 0), KAAL_OK);
			cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, 64 + KAAL_MESSAGE_CAPS_UNIT * 0), KAAL_OK);
		} else {
			cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD + 3, FREE, 0), KAAL_OK);
			cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 64), KAAL_OK);
		}
		cr_assert_eq(result_of(T(direction == 2 ? 0 : 3), 1), 8 | KAAL_MESSAGE_TRUNCATED, "direction %u", direction);
	}
}

Test(message, two_threads_with_the_same_buffer)
{
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD + 3, FRAME, 0), KAAL_OK);
	write_words(T(0), SEED);
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, kaal_message(64, 0, 7)), WAITS);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	words_came(T(3), 64);
}

/* --- capabilities -------------------------------------------------------------------------- */

/* Where T(3) wants capabilities, in B. */
static void receive_into(uint64_t cnode, uint64_t slot)
{
	buffer_of(T(3))->receive_cnode = cnode;
	buffer_of(T(3))->receive_slot = slot;
}

static void send_caps(unsigned caps, uint64_t a, uint64_t b, uint64_t c, uint64_t move)
{
	buffer_of(T(0))->caps[0] = a;
	buffer_of(T(0))->caps[1] = b;
	buffer_of(T(0))->caps[2] = c;
	buffer_of(T(0))->move = move;
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP, kaal_message(2, caps, 7)), WAITS);
}

/* The message has come with so many capabilities, the others stayed. */
static void caps_came(unsigned caps)
{
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(result_of(T(3), 1), kaal_message(2, caps, 7), "%lu came", (unsigned long)kaal_message_caps(result_of(T(3), 1)));
	cr_assert_eq(status_of(T(0)), KAAL_OK);
}

static struct slot *at(slot_t cnode, uint32_t index)
{
	return &slot_view[cnode + index];
}

static bool is_empty(slot_t cnode, uint32_t index)
{
	return cap_is_null(at(cnode, index)->cap);
}

static bool same_cap(slot_t cnode, uint32_t index, struct cap cap)
{
	const struct cap *found = &at(cnode, index)->cap;

	return found->data == cap.data && found->object == cap.object && found->word == cap.word;
}

#define TARGET 100u

Test(message, capabilities_are_copied)
{
	for (unsigned caps = 0; caps <= KAAL_MESSAGE_CAPS_MAX; caps++) {
		receive_into(B, TARGET);
		send_caps(caps, EP_BADGED, REPLY_READ, FRAME, 0);
		caps_came(caps);
		for (unsigned i = 0; i < KAAL_MESSAGE_CAPS_MAX; i++) {
			static const enum index from[] = {EP_BADGED, REPLY_READ, FRAME};

			cr_assert_eq(is_empty(CNODE_B, TARGET + i), i >= caps);
			if (i < caps) {
				cr_assert(same_cap(CNODE_B, TARGET + i, cap_at(from[i])), "capability %u, rights and badge", i);
				cr_assert_eq(at(CNODE_B, TARGET + i)->parent, CNODE_A + from[i], "derived from the sender's");
				cr_assert_eq(driver(CAP_DELETE, B, TARGET + i), KAAL_OK);
			}
		}
	}
	receive_into(B, TARGET);
	send_caps(1, EP_BADGED, 0, 0, 0);
	caps_came(1);
	cr_assert_eq(driver(CAP_REVOKE, A, EP_BADGED), KAAL_OK);
	cr_assert(is_empty(CNODE_B, TARGET), "revoking the sender's takes the copy");
}

Test(message, capabilities_are_moved_with_their_place)
{
	slot_t parent = at(CNODE_A, NTFN)->parent;

	cr_assert_eq(driver(CAP_REVOKE, A, NTFN), KAAL_OK);
	cr_assert_eq(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_UNTYPED + 256 * 12, A, FREE, 1), KAAL_OK);
	receive_into(B, TARGET);
	send_caps(3, NTFN, FREE, EP2, 3);
	caps_came(3);
	cr_assert(is_empty(CNODE_A, NTFN) && is_empty(CNODE_A, FREE) && !is_empty(CNODE_A, EP2));
	cr_assert_eq(at(CNODE_B, TARGET)->parent, parent);
	cr_assert_eq(cap_type(at(CNODE_B, TARGET)->cap), KAAL_OBJECT_NOTIFICATION);
	cr_assert_eq(at(CNODE_B, TARGET + 1)->parent, parent);
	cr_assert_eq(cap_type(at(CNODE_B, TARGET + 1)->cap), KAAL_OBJECT_UNTYPED);
	cr_assert_eq(at(CNODE_B, TARGET + 2)->parent, CNODE_A + EP2);
	cr_assert_eq(act(T(3), UNTYPED_RETYPE, TARGET + 1, KAAL_OBJECT_REPLY, B, TARGET + 3, 1), KAAL_OK, "it can be used");
}

Test(message, capabilities_come_with_a_call_and_an_answer)
{
	receive_into(B, TARGET);
	buffer_of(T(0))->caps[0] = EP2;
	buffer_of(T(0))->receive_cnode = A;
	buffer_of(T(0))->receive_slot = TARGET;
	buffer_of(T(3))->caps[0] = NTFN + 1;
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(act(T(0), ENDPOINT_CALL, EP, KAAL_MESSAGE_CAPS_UNIT), WAITS);
	cr_assert_eq(result_of(T(3), 1), KAAL_MESSAGE_CAPS_UNIT);
	cr_assert_eq(at(CNODE_B, TARGET)->parent, CNODE_A + EP2);
	cr_assert_eq(act(T(3), ENDPOINT_REPLY_RECV, EP, KAAL_MESSAGE_CAPS_UNIT, REPLY), WAITS);
	cr_assert_eq(result_of(T(0), 1), KAAL_MESSAGE_CAPS_UNIT);
	cr_assert_eq(at(CNODE_A, TARGET)->parent, CNODE_B + NTFN + 1);
}

/* Where the second does not fit, the first has come and the third stays. */
Test(message, what_finds_no_empty_slot_stays)
{
	receive_into(B, TARGET);
	cr_assert_eq(driver(CAP_COPY, B, TARGET + 1, A, EP, 15), KAAL_OK);
	send_caps(3, EP, EP2, NTFN, 0);
	caps_came(1);
	cr_assert(is_empty(CNODE_B, TARGET + 2));
	cr_assert_eq(driver(CAP_DELETE, B, TARGET), KAAL_OK);
	receive_into(B, (1u << RADIX) - 1);
	send_caps(2, EP, EP2, 0, 0);
	caps_came(1);
	receive_into(B, TARGET + 1);
	send_caps(1, EP, 0, 0, 0);
	caps_came(0);
	copy_in_both(TARGET + 50, B, KAAL_RIGHT_READ);
	static const uint64_t nowhere[][2] = {{B, 0},
					      {B, 1u << RADIX},
					      {B, UINT64_MAX},
					      {B, UINT64_MAX - 1},
					      {0, TARGET},
					      {EP, TARGET},
					      {FREE, TARGET},
					      {1000, TARGET},
					      {TARGET + 50, TARGET}};
	cr_assert_eq(driver(UNTYPED_RETYPE, MEMORY, KAAL_OBJECT_REPLY, A, FREE + 1, 1), KAAL_OK);
	for (unsigned i = 0; i < COUNT(nowhere); i++) {
		receive_into(nowhere[i][0], nowhere[i][1]);
		send_caps(2, FREE + 1, EP, 0, 1);
		caps_came(0);
		cr_assert(!is_empty(CNODE_A, FREE + 1), "row %u: a moved one stays", i);
	}
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD + 3, 0), KAAL_OK);
	send_caps(1, EP, 0, 0, 0);
	caps_came(0);
}

Test(message, a_capability_that_changes_while_the_message_waits)
{
	/* Deleted; then all after it stay, too. */
	receive_into(B, TARGET);
	copy_in_both(FREE, EP2, 15);
	send_caps(3, EP, FREE, NTFN, 0);
	cr_assert_eq(driver(CAP_DELETE, A, FREE), KAAL_OK);
	caps_came(1);
	cr_assert_eq(driver(CAP_DELETE, B, TARGET), KAAL_OK);
	/* It has a child by now. */
	cr_assert_eq(driver(CAP_COPY, A, FREE, A, EP2, 15), KAAL_OK);
	send_caps(1, FREE, 0, 0, 1);
	cr_assert_eq(driver(CAP_COPY, A, FREE + 1, A, FREE, 15), KAAL_OK);
	caps_came(0);
	/* Another one lies there. */
	send_caps(1, FREE + 1, 0, 0, 0);
	cr_assert_eq(driver(CAP_DELETE, A, FREE + 1), KAAL_OK);
	cr_assert_eq(driver(CAP_MOVE, A, FREE + 1, A, MEMORY), KAAL_OK);
	caps_came(0);
	cr_assert(is_empty(CNODE_B, TARGET), "an untyped is not copied");
	/* The program names another one in its buffer. */
	send_caps(1, EP, 0, 0, 0);
	buffer_of(T(0))->caps[0] = UINT64_MAX;
	caps_came(0);
}

Test(message, the_same_capability_twice)
{
	receive_into(B, TARGET);
	copy_in_both(FREE, EP2, 15);
	send_caps(2, FREE, FREE, 0, 3);
	caps_came(1);
	cr_assert_eq(driver(CAP_DELETE, B, TARGET), KAAL_OK);
	copy_in_both(FREE + 1, EP2, 15);
	send_caps(2, FREE + 1, FREE + 1, 0, 2);
	caps_came(1);
	cr_assert(!is_empty(CNODE_A, FREE + 1), "its copy is its child");
}

/* Sender and receiver share a CNode; one sends the very slot that the other wants it in, or its own CNode. */
Test(message, within_one_cspace)
{
	buffer_of(T(1))->receive_cnode = A;
	buffer_of(T(1))->receive_slot = EP2;
	cr_assert_eq(driver(CAP_REVOKE, A, EP2), KAAL_OK);
	send_caps(1, EP2, 0, 0, 1);
	cr_assert_eq(act(T(1), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(kaal_message_caps(result_of(T(1), 1)), 0);
	cr_assert(!is_empty(CNODE_A, EP2));
	cr_assert_eq(driver(CAP_REVOKE, A, EP_BADGED), KAAL_OK);
	buffer_of(T(1))->receive_slot = TARGET;
	send_caps(2, A, EP_BADGED, 0, 2);
	cr_assert_eq(act(T(1), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert_eq(kaal_message_caps(result_of(T(1), 1)), 2);
	cr_assert_eq(cap_type(at(CNODE_A, TARGET)->cap), KAAL_OBJECT_CNODE);
	cr_assert(is_empty(CNODE_A, EP_BADGED) && at(CNODE_A, TARGET + 1)->cap.data == BADGE);
}

/* The capability that is moved is the one that the message is sent through, or that the receiver waits at. */
Test(message, the_endpoint_itself_is_moved)
{
	cr_assert_eq(driver(CAP_REVOKE, A, EP_BADGED), KAAL_OK);
	receive_into(B, TARGET);
	buffer_of(T(0))->caps[0] = EP_BADGED;
	buffer_of(T(0))->move = 1;
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), WAITS);
	cr_assert_eq(act(T(0), ENDPOINT_CALL, EP_BADGED, KAAL_MESSAGE_CAPS_UNIT), WAITS);
	cr_assert_eq(result_of(T(3), 2), BADGE);
	cr_assert(is_empty(CNODE_A, EP_BADGED) && !is_empty(CNODE_B, TARGET));
	cr_assert_eq(act(T(3), REPLY_SEND, REPLY, 0), KAAL_OK);
}

Test(message, capabilities_do_not_come_without_grant)
{
	receive_into(B, TARGET);
	buffer_of(T(0))->caps[0] = EP2;
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP_NO_GRANT, KAAL_MESSAGE_CAPS_UNIT), KAAL_NO_RIGHT);
	cr_assert_eq(act(T(0), ENDPOINT_SEND, EP_NO_GRANT, 2), WAITS);
	cr_assert_eq(act(T(3), ENDPOINT_RECV, EP, REPLY), KAAL_OK);
	cr_assert(is_empty(CNODE_B, TARGET));
}

/* --- thread_set_buffer ----------------------------------------------------------------------- */

Test(message, where_a_buffer_may_be)
{
	for (uint64_t offset = 0; offset < 4096; offset += 256)
		cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FRAME, offset), offset % 512 == 0 ? KAAL_OK : KAAL_OUT_OF_RANGE);
	cr_assert_eq(buffer_view + thread_view[T(0)].buffer, (void *)(host_arena + ((uint64_t)cap_at(FRAME).object << 5) + 3584));
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FRAME, 4096), KAAL_OUT_OF_RANGE);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FRAME, UINT64_MAX - 511), KAAL_OUT_OF_RANGE);
	cr_assert_eq(driver(THREAD_SET_BUFFER, 1000, FRAME, 0), KAAL_INVALID_CAP);
	cr_assert_eq(driver(THREAD_SET_BUFFER, FRAME, FRAME, 0), KAAL_WRONG_TYPE);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, 1000, 0), KAAL_INVALID_CAP);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, EP, 0), KAAL_WRONG_TYPE);
	copy_in_both(FREE, THREAD, KAAL_RIGHT_READ);
	copy_in_both(FREE + 1, FRAME, KAAL_RIGHT_READ);
	copy_in_both(FREE + 2, FRAME, KAAL_RIGHT_WRITE);
	fixture_put(FREE + 3, frame_cap(0x200000, 12, true));
	cr_assert_eq(driver(THREAD_SET_BUFFER, FREE, FRAME, 0), KAAL_NO_RIGHT);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FREE + 1, 0), KAAL_NO_RIGHT);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FREE + 2, 0), KAAL_NO_RIGHT);
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, FREE + 3, 0), KAAL_WRONG_TYPE, "device memory");
	cr_assert_eq(thread_view[T(0)].buffer % 8, 7, "nothing has changed");
	cr_assert_eq(driver(THREAD_SET_BUFFER, THREAD, 0, 77), KAAL_OK);
	cr_assert_eq(thread_view[T(0)].buffer, 0);
}
