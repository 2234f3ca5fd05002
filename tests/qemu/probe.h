/* Ways into the kernel with all registers in the caller's hand (probe.S, which knows the offsets). */
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>

/* Before and after. */
struct probe {
	uint64_t x[32]; /* x[31]: NZCV */
	uint64_t q[64];
	uint64_t fpcr, fpsr, tls;
	uint64_t tls_read_only, sp; /* found, never loaded */
	void (*then)(struct probe *probe); /* where probe_start() goes on, and on which stack */
	uint64_t then_sp;
	uint64_t sp_before; /* what SP was */
};

void probe_call(struct probe *probe);
void probe_call_until(struct probe *probe);
void probe_reply_recv(struct probe *probe);
void probe_reply_recv_until(struct probe *probe);
void probe_send(struct probe *probe);
void probe_recv(struct probe *probe);
void probe_recv_until(struct probe *probe);
void probe_reply_send(struct probe *probe);
void probe_signal_recv(struct probe *probe);
void probe_signal(struct probe *probe);
void probe_wait_flags(struct probe *probe);
void probe_ack_wait(struct probe *probe);
void probe_revoke(struct probe *probe);
void probe_sleep(struct probe *probe);
void probe_yield(struct probe *probe);
void probe_no_call(struct probe *probe);   /* a number that no call has */
void probe_wait(struct probe *probe);      /* no call, 500 instructions */
void probe_wait_long(struct probe *probe); /* 16,384 */
void probe_break(struct probe *probe);     /* a breakpoint, at probe_at_break */
void probe_load(struct probe *probe);      /* x1 = *x1, at probe_at_load */
void probe_poke(struct probe *probe);      /* writes w1 to x0, then 500 instructions */
extern const char probe_at_break[], probe_at_load[];

/* Entries of threads. */
extern const char probe_start[], probe_serve_without_fp[];

/* Code that needs no other memory: a server for a space of its own. */
extern const char adder[], adder_end[];

#endif
