/* Contracts of object/endpoint.h. */
#ifndef PROOF_ENDPOINT_H
#define PROOF_ENDPOINT_H

/*@
	// EP-3 for a thread that waits alone.
	logic integer state_alone{L}(integer t) =
		thread_view[t].state != THREAD_RECEIVING ? (integer)ENDPOINT_SENDING :
		thread_view[t].reply != REPLY_NONE && thread_view[t].timer.rank == 0 ? (integer)ENDPOINT_ONE_RECEIVER :
		(integer)ENDPOINT_RECEIVING;
	// EP-1 and EP-3, as far as the first one in the queue tells.
	logic integer state_by_first{L}(integer t) =
		t == THREAD_NONE ? (integer)ENDPOINT_IDLE :
		state_alone(t) == ENDPOINT_ONE_RECEIVER && thread_view[t].wait.next != THREAD_NONE ? (integer)ENDPOINT_RECEIVING :
		state_alone(t);
*/
/*@
	requires base < 0x2000000000;
	terminates \true; exits \false; assigns \nothing;
	ensures is_first(\result, base, KAAL_OBJECT_ENDPOINT);
*/
static inline struct cap endpoint_cap(uint64_t base);
/*@
	terminates \true; exits \false; assigns \nothing;
	ensures \result == cap.object;
*/
static inline endpoint_t endpoint_of(struct cap cap);
/*@
	terminates \true; exits \false;
	assigns endpoint_view[endpoint].waiting.first;
	ensures endpoint_view[endpoint].waiting.first == THREAD_NONE;
	ensures \old(endpoints_ok) ==> endpoints_ok;
*/
void endpoint_start(endpoint_t endpoint);
/*@
	requires endpoints_ok;
	terminates \true; exits \false; assigns \nothing;
	ensures is_thread_or_none(\result);
	ensures \result == (endpoint_view[endpoint].state == ENDPOINT_SENDING ? endpoint_view[endpoint].waiting.first : THREAD_NONE);
*/
thread_t endpoint_sender(endpoint_t endpoint);
/*@
	requires endpoints_ok;
	terminates \true; exits \false; assigns \nothing;
	ensures is_thread_or_none(\result);
	ensures \result ==
		(endpoint_view[endpoint].state >= ENDPOINT_RECEIVING ? endpoint_view[endpoint].waiting.first : THREAD_NONE);
*/
thread_t endpoint_receiver(endpoint_t endpoint);
/*@
	requires is_thread(thread) && threads_ok && endpoints_ok;
	exits \false;
	assigns endpoint_view[endpoint].state, endpoint_view[endpoint].waiting.first, thread_view[0 .. THREAD_VIEW_END - 1];
	ensures threads_ok;
	ensures endpoints_ok;
	ensures \old(endpoint_view[endpoint].state) == ENDPOINT_IDLE ==>
		endpoint_view[endpoint].waiting.first == thread && endpoint_view[endpoint].state == state_alone(thread);
	ensures \old(endpoint_view[endpoint].state) != ENDPOINT_IDLE ==>
		endpoint_view[endpoint].state == state_by_first(endpoint_view[endpoint].waiting.first);
*/
void endpoint_add(endpoint_t endpoint, thread_t thread);
/*@
	requires is_thread(thread) && threads_ok && endpoints_ok;
	exits \false;
	assigns endpoint_view[endpoint].state, endpoint_view[endpoint].waiting.first, thread_view[0 .. THREAD_VIEW_END - 1];
	ensures endpoint_view[endpoint].state == state_by_first(endpoint_view[endpoint].waiting.first);
	ensures threads_ok && is_thread_or_none(endpoint_view[endpoint].waiting.first);
	ensures endpoints_ok;
	ensures \forall integer t; is_thread(t) ==> thread_view[t].fault == \old(thread_view[t].fault);
	ensures \forall integer t; is_thread(t) ==> thread_view[t].frame.argument[1] == \old(thread_view[t].frame.argument[1]);
*/
void endpoint_remove(endpoint_t endpoint, thread_t thread);
/*@
	requires is_thread_or_none(endpoint_view[endpoint].waiting.first);
	terminates \true; exits \false;
	assigns endpoint_view[endpoint].state;
	ensures endpoint_view[endpoint].state == state_by_first(endpoint_view[endpoint].waiting.first);
	ensures \old(endpoints_ok) ==> endpoints_ok;
*/
void endpoint_update(endpoint_t endpoint);

#endif
