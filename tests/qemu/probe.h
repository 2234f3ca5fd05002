/* System calls with all registers in the caller's hand (probe.S). */
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>

/* Before and after a call. */
struct probe {
	uint64_t x[32]; /* x30 afterwards only; x[31] is not used */
	uint64_t q[64];
};

void probe_call(struct probe *probe);
void probe_reply_recv(struct probe *probe);
void probe_send(struct probe *probe);
void probe_recv(struct probe *probe);
void probe_reply_send(struct probe *probe);
void probe_signal_recv(struct probe *probe);

/* Code that needs no other memory: a server for a space of its own. */
extern const char adder[], adder_end[];

#endif
