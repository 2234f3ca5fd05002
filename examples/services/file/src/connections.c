#include "connections.h"

#include <string.h>

#include <kaal/channel.h>

#define CONNECTIONS 60u /* a flag of the server's signals each */

struct connection {
	struct kaal_channel channel; /* closed: the place is free */
	struct engine_session session;
	uint64_t badge, number;
	struct engine *engine;
};

static struct connection connections[CONNECTIONS];
static struct connection *last = connections; /* asked: often the next, too */

static bool is_used(const struct connection *connection)
{
	return connection->engine != NULL;
}

static void end(struct connection *connection)
{
	engine_session_end(connection->engine, &connection->session);
	connection->engine = NULL;
	/* What the broker does not take back now, it takes when its time is over (KAAL_BROKER_CLOSE_MS). */
	kaal_ignore(kaal_channel_close(&connection->channel));
	*connection = (struct connection){0};
}

void connections_ended(struct kaal_server *server, uint64_t badge)
{
	(void)server;
	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		if (is_used(&connections[i]) && kaal_badge_ends_with(connections[i].badge, badge))
			end(&connections[i]);
	}
}

/* A flag of the channel: messages are looked at with their requests, so an end is what matters. */
static void come(struct kaal_server *server, void *context)
{
	struct connection *connection = context;

	(void)server;
	if (is_used(connection) && kaal_channel_check(&connection->channel) != KAAL_OK)
		end(connection);
}

/* A place for one more of this client; NULL: it has enough, or there is none. Those whose clients have left go first. */
static struct connection *free_place(uint64_t badge)
{
	struct connection *found = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		struct connection *connection = &connections[i];

		if (is_used(connection) && (uint32_t)connection->badge == (uint32_t)badge &&
		    (connection->badge != badge || kaal_channel_check(&connection->channel) != KAAL_OK))
			end(connection);
		if (is_used(connection))
			count += connection->badge == badge;
		else
			found = connection;
	}
	return count < KAAL_FILE_CONNECTIONS ? found : NULL;
}

uint64_t connections_connect(struct kaal_server *server, struct kaal_request *request)
{
	struct engine *engine = server->setup.context;
	struct connection *connection = free_place(request->badge);
	struct file_account *account = engine_account(engine, (uint32_t)request->badge);
	kaal_status_t status;

	if (connection == NULL || account == NULL)
		return kaal_answer(KAAL_NO_MEMORY, 0);
	status = kaal_channel_accept(&connection->channel, &server->signals, request->badge, request->words[KAAL_CHANNEL_WORD_NUMBER]);
	if (status != KAAL_OK)
		return kaal_answer(status, 0);
	connection->badge = request->badge;
	connection->number = request->words[KAAL_CHANNEL_WORD_NUMBER];
	connection->session.account = account;
	connection->engine = engine;
	status = kaal_server_on(server, connection->channel.flag, come, connection);
	if (status != KAAL_OK)
		end(connection);
	return kaal_answer(status, 0);
}

static struct connection *find(uint64_t badge, uint64_t number)
{
	if (is_used(last) && last->badge == badge && last->number == number)
		return last;
	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		if (is_used(&connections[i]) && connections[i].badge == badge && connections[i].number == number)
			return last = &connections[i];
	}
	return NULL;
}

static enum kaal_file_reason room(void *context, uint64_t bytes, void **memory)
{
	struct connection *connection = context;

	return kaal_channel_reserve(&connection->channel, bytes, 0, memory) == KAAL_OK ? KAAL_FILE_REASON_NONE : KAAL_FILE_REASON_ROOM;
}

static uint64_t refuse(struct kaal_request *request, enum kaal_file_reason reason)
{
	request->words[0] = reason;
	return kaal_answer(engine_status(reason), 1);
}

/* With what the request brings, which is taken whatever the answer: the next one brings its own. */
static enum kaal_file_reason carry_out(struct connection *connection, struct engine_request *asked, bool brings)
{
	struct kaal_channel *channel = &connection->channel;
	enum kaal_file_reason reason;

	if (brings && kaal_channel_peek(channel, 0, &asked->message, &asked->message_bytes) != KAAL_OK)
		asked->message = NULL;
	reason = engine_request(connection->engine, &connection->session, asked);
	if (asked->message != NULL)
		kaal_ignore(kaal_channel_release(channel));
	if (reason == KAAL_FILE_REASON_NONE && asked->room_bytes != 0)
		kaal_ignore(kaal_channel_commit(channel, asked->room_bytes));
	return reason;
}

static bool brings(enum kaal_file_request number)
{
	enum { NOTHING, DATA, PATH, PATHS };
	static const uint8_t messages[] = {
#define KAAL_FILE_REQUEST(name, label, words, message, asks, answer) [label] = message,
#include <kaal/file_requests.def>
#undef KAAL_FILE_REQUEST
	};

	return messages[number] != NOTHING;
}

uint64_t connections_request(struct kaal_server *server, struct kaal_request *request)
{
	struct connection *connection = find(request->badge, request->words[0]);
	struct engine_request asked = {.number = (enum kaal_file_request)kaal_message_label(request->message), .room = room, .context = connection};
	enum kaal_file_reason reason;

	(void)server;
	if (connection == NULL)
		return refuse(request, KAAL_FILE_REASON_CONNECTION);
	memcpy(asked.words, request->words, sizeof asked.words);
	asked.room_max = kaal_channel_send_max(&connection->channel);
	reason = carry_out(connection, &asked, brings(asked.number));
	/* The client has written into the queue what cannot be, or is not there any more. */
	if (kaal_channel_state(&connection->channel) != KAAL_CHANNEL_OPEN) {
		end(connection);
		return refuse(request, KAAL_FILE_REASON_CONNECTION);
	}
	if (reason != KAAL_FILE_REASON_NONE)
		return refuse(request, reason);
	memcpy(request->words, asked.words, sizeof asked.words);
	return kaal_answer(KAAL_OK, asked.answer_words);
}
