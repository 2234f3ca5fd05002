/*
 * What a client and the clock's driver say to each other (<kaal/server.h>): requests are calls, the label of an answer
 * is a status. Times are seconds since 1970-01-01 00:00:00 UTC, without leap seconds, 0 to 2^32 - 1, which is
 * 2106-02-07 06:28:15.
 *
 *   request    words    answer
 *   RTC_READ   none     0: the time
 *   RTC_SET    0: time  none. NO_RIGHT: the driver was not told to allow it.
 *   RTC_WAIT   0: time  0: the time, which is that or a later one. Waits until then.
 *
 * OUT_OF_RANGE: there is no such time. A client has one wait at a time: a later one takes the place of the one before,
 * which is answered CANCELLED, and so ends one that its caller has given up. NO_MEMORY: RTC_CLIENTS_MAX others wait.
 *
 * A request may be made again when the driver has ended before it answered: a wait is for the same time then, and a
 * time that was set is set again, so later by what has passed.
 *
 * This is protocol "kaal,rtc", version 1.0.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum rtc_request {
	RTC_READ = 1,
	RTC_SET = 2,
	RTC_WAIT = 3,
};

#define RTC_CLIENTS_MAX 64u /* that wait at one time */

#endif
