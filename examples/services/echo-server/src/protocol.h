/*
 * What a client and the echo server say to each other (<kaal/server.h>, <kaal/channel.h>).
 *
 *   request        words      answer
 *   ECHO_WORDS     0..7: any  the same
 *   ECHO_COUNTS    none       0: messages that have come back by channels; 1: bytes of these; 2: channels that are open
 *
 * By a channel, of any sizes and purpose, each message comes back as it was, in order. A client has ECHO_CHANNELS at a
 * time by one use, and all together ECHO_CHANNELS_MAX; beyond that a channel is refused with NO_MEMORY. All of it may
 * be made again after the server's end.
 *
 * This is protocol "kaal,echo", version 1.0.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum echo_request {
	ECHO_WORDS = 1,
	ECHO_COUNTS = 2,
};

#define ECHO_CHANNELS 2u
#define ECHO_CHANNELS_MAX 32u

#endif
