#include "web/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"
#include "web/api.h"
#include "web/assets.h"
#include "web/visitors.h"
#include "web/guard.h"
#include "web/http.h"
#include "web/listen.h"
#include "web/residents.h"
#include "web/stream.h"
#include "web/token.h"

/* Four times a second there is something new to tell. */
#define TURN (250 * NSEC_PER_MSEC)

/* How long open pages have to take the end. */
#define END_WITHIN NSEC_PER_SEC

#define CONNECTIONS_MAX 256
#define STREAMS_MAX     200
#define HEADERS_MAX     (32 << 10) /* bytes, of a request; an answer's go there too */
#define SILENT_MAX      30         /* s: of a connection that takes nothing */

/* A page that is open: its stream, and what of its last message wasn't taken yet. */
struct reader {
	TAILQ_ENTRY(reader) link;
	struct server *server;
	struct MHD_Connection *connection;
	struct stream *stream;
	struct buf out;
	size_t taken;
	uint64_t turn;  /* of the last message, the server's */
	bool waits;     /* its connection is suspended */
};

struct server {
	struct runs *runs;
	struct guard guard;
	struct place place;
	struct MHD_Daemon *daemon;
	struct visitors visitors;
	struct residents residents;
	uint32_t instance;
	char url[512];
	pthread_t clock;
	pthread_mutex_t lock; /* of the next ones */
	pthread_cond_t wake;
	TAILQ_HEAD(reader_list, reader) readers;
	unsigned readers_n;
	uint64_t turn;
	bool ending;
	struct shelf shelf; /* the answering thread's */
};

/* ---- answers ---- */

static void add_headers(struct MHD_Response *response)
{
	static const char *const headers[][2] = {
	    {"Content-Security-Policy",
	        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
	        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
	    {"Cross-Origin-Opener-Policy", "same-origin"},
	    {"Cross-Origin-Resource-Policy", "same-origin"},
	    {"Referrer-Policy", "no-referrer"},
	    {"X-Content-Type-Options", "nosniff"},
	    {"Cache-Control", "no-store"},
	};
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		MHD_add_response_header(response, headers[i][0], headers[i][1]);
}

/* ---- streams ---- */

/* Whether there is something to send now: what is left, or the news of a turn. */
static bool prepare(struct reader *r)
{
	struct server *s = r->server;
	if (r->taken < r->out.len)
		return true;
	pthread_mutex_lock(&s->lock);
	uint64_t turn = s->turn;
	pthread_mutex_unlock(&s->lock);
	if (r->turn == turn)
		return false;
	r->turn = turn;
	r->out.len = r->taken = 0;
	stream_message(r->stream, &s->shelf, turn, &r->out);
	return r->out.len > 0;
}

/* In one step with the look whether a turn has begun: else it would miss that, and sleep. */
static bool go_to_sleep(struct reader *r)
{
	struct server *s = r->server;
	pthread_mutex_lock(&s->lock);
	bool sleeps = r->turn == s->turn && !s->ending;
	if (sleeps) {
		r->waits = true;
		MHD_suspend_connection(r->connection);
	}
	pthread_mutex_unlock(&s->lock);
	return sleeps;
}

static ssize_t read_stream(void *cls, uint64_t at, char *to, size_t size)
{
	struct reader *r = cls;
	(void)at;
	while (!prepare(r)) {
		if (go_to_sleep(r))
			return 0;
		pthread_mutex_lock(&r->server->lock);
		bool over = r->server->ending && r->turn == r->server->turn;
		pthread_mutex_unlock(&r->server->lock);
		if (over)
			return MHD_CONTENT_READER_END_OF_STREAM;
	}
	size_t n = r->out.len - r->taken < size ? r->out.len - r->taken : size;
	memcpy(to, r->out.data + r->taken, n);
	r->taken += n;
	return (ssize_t)n;
}

static void close_stream(void *cls)
{
	struct reader *r = cls;
	struct server *s = r->server;
	pthread_mutex_lock(&s->lock);
	TAILQ_REMOVE(&s->readers, r, link);
	s->readers_n--;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
	stream_close(r->stream);
	buf_free(&r->out);
	free(r);
}

static struct MHD_Response *open_stream(
    struct server *s, struct MHD_Connection *connection, const struct request *request, struct answer *a)
{
	struct err err = {.status = 0};
	struct stream *stream;
	if (s->readers_n >= STREAMS_MAX) {
		err_set(&err, -EBUSY, "too many pages are open");
		api_refuse(a, 503, &err);
		return NULL;
	}
	if (stream_open(s->runs, request, s->instance, &stream, &err) < 0) {
		api_refuse(a, 400, &err);
		return NULL;
	}
	struct reader *r = mem_alloc(sizeof(*r));
	*r = (struct reader){.server = s, .connection = connection, .stream = stream};
	buf_str(&r->out, STR("retry: 1000\n\n"));
	pthread_mutex_lock(&s->lock);
	TAILQ_INSERT_TAIL(&s->readers, r, link);
	s->readers_n++;
	pthread_mutex_unlock(&s->lock);
	return mem_check(MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 64 << 10, read_stream, r, close_stream));
}

/* ---- requests ---- */

static struct str header(struct MHD_Connection *connection, const char *name)
{
	const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
	return value ? str_of(value) : STR("");
}

static struct str argument(const struct request *r, const char *name)
{
	const char *value = MHD_lookup_connection_value(r->of, MHD_GET_ARGUMENT_KIND, name);
	return value ? str_of(value) : (struct str){0};
}

static void answer_asset(const struct request *r, struct answer *a)
{
	struct err err = {.status = 0};
	a->asset = assets_find(str_is(r->path, "/") ? STR("/index.html") : r->path);
	a->status = 200;
	if (a->asset)
		return;
	err_set(&err, -ENOENT, "there's nothing of that name");
	api_refuse(a, 404, &err);
}

static void answer(struct server *s, const struct request *r, struct answer *a)
{
	struct err err = {.status = 0};
	unsigned refused = guard_check(&s->guard, r, clock_mono(), &a->greets, &err);
	if (refused)
		api_refuse(a, refused, &err);
	else if (str_is(r->path, API_PREFIX "stream"))
		a->streams = true;
	else if (str_begins(r->path, STR(API_PREFIX)))
		api_answer(s->runs, r, a);
	else
		answer_asset(r, a);
}

static struct MHD_Response *respond(struct answer *a)
{
	struct MHD_Response *response;
	if (a->asset) {
		response = MHD_create_response_from_buffer((size_t)(a->asset->end - a->asset->bytes),
		    (void *)(uintptr_t)a->asset->bytes, MHD_RESPMEM_PERSISTENT);
	} else {
		response = MHD_create_response_from_buffer(a->body.len, a->body.data, MHD_RESPMEM_MUST_FREE);
		a->body = (struct buf){0};
	}
	mem_check(response);
	MHD_add_response_header(response, "Content-Type", a->asset ? a->asset->type : a->type);
	if (a->saves)
		MHD_add_response_header(response, "Content-Disposition", "attachment; filename=\"events.jsonl\"");
	if (a->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
	if (a->status == 405)
		MHD_add_response_header(response, "Allow", "GET");
	if (a->status == 429 || a->status == 503)
		MHD_add_response_header(response, "Retry-After", "1");
	return response;
}

static enum MHD_Result send_answer(struct server *s, struct MHD_Connection *connection, const struct request *r)
{
	struct answer a = {.status = 200};
	struct MHD_Response *response = NULL;
	answer(s, r, &a);
	if (a.streams) {
		response = open_stream(s, connection, r, &a);
		if (response)
			MHD_add_response_header(response, "Content-Type", "text/event-stream");
	}
	const union MHD_ConnectionInfo *of =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (of && of->socket_context)
		visitors_note(&s->visitors, of->socket_context, response ? VISITOR_STREAMS : VISITOR_TAKES, clock_mono());
	if (!response)
		response = respond(&a);
	add_headers(response);
	if (a.greets) {
		struct buf cookie = {0};
		guard_cookie(&s->guard, &cookie);
		buf_char(&cookie, '\0');
		MHD_add_response_header(response, "Set-Cookie", cookie.data);
		buf_free(&cookie);
	}
	enum MHD_Result sent = MHD_queue_response(connection, a.status, response);
	MHD_destroy_response(response);
	buf_free(&a.body);
	return sent;
}

/* It's called for the headers of a request first, and again for what follows: a GET has nothing that follows. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *body, size_t *body_size, void **seen)
{
	static int once;
	(void)version, (void)body;
	bool get = strcmp(method, "GET") == 0;
	if (get && !*seen) {
		*seen = &once;
		return MHD_YES;
	}
	if (get && *body_size)
		return MHD_NO;
	struct request r = {.method = str_of(method),
	    .path = str_of(url),
	    .host = header(connection, "Host"),
	    .origin = header(connection, "Origin"),
	    .fetch_site = header(connection, "Sec-Fetch-Site"),
	    .authorization = header(connection, "Authorization"),
	    .cookie = header(connection, "Cookie"),
	    .last_id = header(connection, "Last-Event-ID"),
	    .argument = argument,
	    .of = connection};
	return send_answer(cls, connection, &r);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	struct server *s = cls;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *of =
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		*context = visitors_add(&s->visitors, of->connect_fd, clock_mono());
	} else if (*context) {
		visitors_remove(&s->visitors, *context);
	}
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **seen,
    enum MHD_RequestTerminationCode code)
{
	struct server *s = cls;
	(void)seen, (void)code;
	const union MHD_ConnectionInfo *of =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (of && of->socket_context)
		visitors_note(&s->visitors, of->socket_context, VISITOR_ASKS, clock_mono());
}

/* ---- the clock ---- */

static void turn_live(struct live *live, void *arg)
{
	(void)arg;
	live_look(live);
	live_turn(live);
	live_release(live);
}

static void wake_readers(struct server *s)
{
	struct reader *r;
	TAILQ_FOREACH (r, &s->readers, link) {
		if (r->waits) {
			r->waits = false;
			MHD_resume_connection(r->connection);
		}
	}
}

static void begin_turn(struct server *s, bool ending)
{
	runs_each(s->runs, turn_live, NULL);
	pthread_mutex_lock(&s->lock);
	s->turn++;
	s->ending |= ending;
	wake_readers(s);
	pthread_mutex_unlock(&s->lock);
}

static bool wait_for_turn(struct server *s)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	uint64_t nsec = (uint64_t)until.tv_nsec + TURN;
	until.tv_sec += (time_t)(nsec / NSEC_PER_SEC);
	until.tv_nsec = (long)(nsec % NSEC_PER_SEC);
	pthread_mutex_lock(&s->lock);
	int r = 0;
	while (!s->ending && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&s->wake, &s->lock, &until);
	bool goes_on = !s->ending;
	pthread_mutex_unlock(&s->lock);
	return goes_on;
}

static void *run_clock(void *arg)
{
	struct server *s = arg;
	while (wait_for_turn(s)) {
		residents_look(&s->residents, s->runs);
		begin_turn(s, false);
		visitors_cut(&s->visitors, clock_mono());
	}
	return NULL;
}

/* ---- beginning and end ---- */

static int prepare_place(struct server *s, const struct server_setup *setup, struct err *err)
{
	int r = token_get(setup->token_file, s->guard.token, err);
	if (r == 0)
		r = listen_at(setup->address, &s->place, err);
	if (r < 0)
		return r;
	if (!s->place.loopback && !setup->token_file) {
		close(s->place.fd);
		return err_set(err, -EPERM,
		    "--serve=%s: others can reach that address; give a token of your own by --serve-token-file=FILE",
		    setup->address);
	}
	s->guard.host = s->place.host;
	s->guard.open = !s->place.loopback;
	s->guard.hosts = setup->hosts;
	s->guard.hosts_n = setup->hosts_n;
	snprintf(s->guard.cookie, sizeof(s->guard.cookie), "memtrace-%u", (unsigned)s->place.port);
	snprintf(s->url, sizeof(s->url), "http://%s:%u/?token=%s", s->place.host, (unsigned)s->place.port,
	    setup->token_file ? "TOKEN" : s->guard.token);
	return 0;
}

static int start_threads(struct server *s, struct err *err)
{
	unsigned flags = MHD_USE_EPOLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, s->place.fd,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, SILENT_MAX, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_END);
	if (!s->daemon)
		return err_sys(err, errno ? errno : EIO, "can't start the server of the live page");
	int r = pthread_create(&s->clock, NULL, run_clock, s);
	if (r == 0)
		return 0;
	MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
	return err_sys(err, r, "can't start the server of the live page");
}

static void free_server(struct server *s)
{
	residents_free(&s->residents);
	visitors_free(&s->visitors);
	shelf_free(&s->shelf);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->wake);
	free(s);
}

int server_new(const struct server_setup *setup, struct runs *runs, struct server **ret, struct err *err)
{
	struct server *s = mem_alloc(sizeof(*s));
	pthread_condattr_t attributes;
	s->runs = runs;
	visitors_init(&s->visitors);
	TAILQ_INIT(&s->readers);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (getrandom(&s->instance, sizeof(s->instance), 0) < 0)
		s->instance = (uint32_t)clock_real();
	int r = http_load(err);
	if (r == 0)
		r = prepare_place(s, setup, err);
	if (r < 0)
		free_server(s);
	else
		*ret = s;
	return r;
}

/* Signals are for the thread that traces. */
int server_start(struct server *s, struct err *err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int r = start_threads(s, err);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

const char *server_url(const struct server *s)
{
	return s->url;
}

/* All streams end by themselves once they told all. */
static void wait_for_readers(struct server *s)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(END_WITHIN / NSEC_PER_SEC);
	pthread_mutex_lock(&s->lock);
	while (s->readers_n && pthread_cond_timedwait(&s->wake, &s->lock, &until) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&s->lock);
}

void server_stop(struct server *s)
{
	if (s->daemon) {
		begin_turn(s, true);
		pthread_cond_broadcast(&s->wake);
		pthread_join(s->clock, NULL);
		wait_for_readers(s);
		MHD_stop_daemon(s->daemon);
	} else {
		close(s->place.fd);
	}
	free_server(s);
}
