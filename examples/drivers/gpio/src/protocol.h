/*
 * What a client and the GPIO driver say to each other (<kaal/server.h>): requests are calls, the label of an answer is
 * a status. Lines are sets: bit i is line i, 0 to 7; levels likewise, a 1 is high.
 *
 *   request       words                      answer
 *   GPIO_CLAIM    0: lines                   none. They are this client's, until it releases them or ends; direction and
 *                                            levels stay. IN_USE: another client has one of them, and nothing has changed
 *   GPIO_RELEASE  0: lines                   none. They are inputs, and nobody's
 *   GPIO_DIRECT   0: lines; 1: outputs; 2:   none. Of these lines the outputs are driven with these levels, the others are
 *                 levels                     inputs. What was watched for is not any more. NO_RIGHT: also of outputs that
 *                                            the driver was not told to allow
 *   GPIO_READ     0: lines                   0: levels of these lines
 *   GPIO_WRITE    0: lines; 1: levels        none. Drives outputs
 *   GPIO_WATCH    0: lines; 1: enum          none. Of inputs: what shall be told. What has happened before is forgotten
 *                 gpio_watch
 *   GPIO_WAIT     0: lines                   0: on which of them it has happened since it was watched for or last told;
 *                                            1: levels of all these lines now. Waits until it is one. NOT_BOUND: none of
 *                                            them is watched
 *
 * NO_RIGHT: a line that the client has not claimed. OUT_OF_RANGE: no line, one that there is not, levels or outputs
 * that are no part of the lines, inputs that were to be written or outputs to be watched. A client has one wait at a
 * time: a later one takes the place of the one before, which is answered CANCELLED; so is one whose lines the client
 * releases.
 *
 * After the driver's end nothing is claimed or watched; lines stay as they are. A request that is made again then is
 * answered NO_RIGHT.
 *
 * This is protocol "kaal,gpio", version 1.0.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

enum gpio_request {
	GPIO_CLAIM = 1,
	GPIO_RELEASE = 2,
	GPIO_DIRECT = 3,
	GPIO_READ = 4,
	GPIO_WRITE = 5,
	GPIO_WATCH = 6,
	GPIO_WAIT = 7,
};

/* Several edges before it is told are told as one. A level is told once for each wait, as long as it lasts. */
enum gpio_watch {
	GPIO_WATCH_NOTHING = 0,
	GPIO_WATCH_RISING = 1,
	GPIO_WATCH_FALLING = 2,
	GPIO_WATCH_EDGES = 3,
	GPIO_WATCH_HIGH = 4,
	GPIO_WATCH_LOW = 5,
};

#endif
