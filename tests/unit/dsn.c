/* src/db/dsn.c */
#include "db/dsn.h"

#include <errno.h>
#include <stdlib.h>

#include "unit.h"

static void parse(const char *text, struct dsn *ret)
{
	struct err err = {0};
	int r = dsn_parse(text, ret, &err);
	ck_assert_msg(r == 0, "%s: %s", text, err.text);
	ck_assert_msg(ret->hosts_n >= 1, "%s: no host", text);
}

/* NULL stands for what wasn't given. */
static void same(const char *text, const char *what, const char *got, const char *expected)
{
	ck_assert_msg(!got == !expected && (!got || strcmp(got, expected) == 0),
	    "%s: %s is '%s', not '%s'", text, what, got ? got : "(none)",
	    expected ? expected : "(none)");
}

struct expected {
	const char *text, *user, *password, *host;
	unsigned port;
	const char *database;
};

static void assert_expected(const struct expected *e)
{
	struct dsn dsn;
	parse(e->text, &dsn);
	same(e->text, "the user", dsn.user, e->user);
	same(e->text, "the password", dsn.password, e->password);
	same(e->text, "the host", dsn.hosts[0].name, e->host);
	same(e->text, "the database", dsn.database, e->database);
	ck_assert_msg(dsn.hosts[0].port == e->port, "%s: port %u", e->text, dsn.hosts[0].port);
	ck_assert_msg(dsn.hosts_n == 1, "%s: %u hosts", e->text, dsn.hosts_n);
	for (enum dsn_key k = 0; k < DSN_KEYS; k++)
		same(e->text, "a key", dsn.values[k], NULL);
	dsn_free(&dsn);
}

static const struct expected plain[] = {
    {"", NULL, NULL, NULL, 0, NULL},
    {"mysql://", NULL, NULL, NULL, 0, NULL},
    {"mysql:///", NULL, NULL, NULL, 0, NULL},
    {"mysql:///db", NULL, NULL, NULL, 0, "db"},
    {"mysql://h", NULL, NULL, "h", 0, NULL},
    {"mysql://h/", NULL, NULL, "h", 0, NULL},
    {"mysql://h?", NULL, NULL, "h", 0, NULL},
    {"mysql://h:1/db", NULL, NULL, "h", 1, "db"},
    {"mysql://h:65535/db", NULL, NULL, "h", 65535, "db"},
    {"mysql://:3307/db", NULL, NULL, NULL, 3307, "db"},
    {"mysql://u@h/db", "u", NULL, "h", 0, "db"},
    {"mysql://u@/db", "u", NULL, NULL, 0, "db"},
    {"mysql://u@", "u", NULL, NULL, 0, NULL},
    {"mysql://@h", NULL, NULL, "h", 0, NULL},
    {"mysql://u:p@h:3306/db", "u", "p", "h", 3306, "db"},
    {"mysql://u:@h", "u", "", "h", 0, NULL},
    {"mysql://:p@h", NULL, "p", "h", 0, NULL},
    {"mysql://u:p@", "u", "p", NULL, 0, NULL},
    {"mysql://u@[::1]/db", "u", NULL, "::1", 0, "db"},
    {"mysql://u@[::1]:3307/db", "u", NULL, "::1", 3307, "db"},
    {"mysql://[2001:db8::7]:3307", NULL, NULL, "2001:db8::7", 3307, NULL},
    {"mysql://[::1]/db", NULL, NULL, "::1", 0, "db"},
    {"mysql://u:p@[fe80::1%25eth0]:3306/db", "u", "p", "fe80::1%eth0", 3306, "db"},
    {"mysql://10.0.0.1:3306", NULL, NULL, "10.0.0.1", 3306, NULL},
    {"mysql://h/d%2Fb", NULL, NULL, "h", 0, "d/b"},
    {"mysql://h/d%3fb", NULL, NULL, "h", 0, "d?b"},
    {"mysql://%75%3a@h", "u:", NULL, "h", 0, NULL},
    {"mysql://u%40corp:p@h", "u@corp", "p", "h", 0, NULL},
    {"mysql://u@%68", "u", NULL, "h", 0, NULL},
    {"mysql://u@h/%E2%82%AC%ff", "u", NULL, "h", 0, "\xe2\x82\xac\xff"},
    /* passwords */
    {"mysql://u:%40%3A%2F%3F%25@h/db", "u", "@:/?%", "h", 0, "db"},
    {"mysql://u:p%61ss@h", "u", "pass", "h", 0, NULL},
    {"mysql://u:%2561@h", "u", "%61", "h", 0, NULL},
    {"mysql://u:a:b@h", "u", "a:b", "h", 0, NULL},
    {"mysql://u:a@b@h:5/db", "u", "a@b", "h", 5, "db"},
    {"mysql://u:@@h", "u", "@", "h", 0, NULL},
    {"mysql://u::@h", "u", ":", "h", 0, NULL},
    {"mysql://u:a,b&c=d#e f@h/db", "u", "a,b&c=d#e f", "h", 0, "db"},
    {"mysql://u:[x]@h/db", "u", "[x]", "h", 0, "db"},
};

START_TEST(parts)
{
	assert_expected(&plain[_i]);
}
END_TEST

START_TEST(several_hosts)
{
	struct dsn dsn;
	parse("mysql://u:p@a,b:1,[::2]:3,,:4,%2C,[::5]/db?socket=s", &dsn);
	static const struct {
		const char *name;
		unsigned port;
	} expected[] = {{"a", 0}, {"b", 1}, {"::2", 3}, {NULL, 0}, {NULL, 4}, {",", 0}, {"::5", 0}};
	ck_assert_uint_eq(dsn.hosts_n, countof(expected));
	for (size_t i = 0; i < countof(expected); i++) {
		same("several", "a host", dsn.hosts[i].name, expected[i].name);
		ck_assert_uint_eq(dsn.hosts[i].port, expected[i].port);
	}
	ck_assert_str_eq(dsn.values[DSN_SOCKET], "s");
	dsn_free(&dsn);
	struct buf text = {0};
	buf_fmt(&text, "mysql://h0:1");
	for (unsigned i = 1; i < 1000; i++)
		buf_fmt(&text, ",h%u:%u", i, i + 1);
	buf_char(&text, '\0');
	parse(text.data, &dsn);
	ck_assert_uint_eq(dsn.hosts_n, 1000);
	ck_assert_str_eq(dsn.hosts[999].name, "h999");
	ck_assert_uint_eq(dsn.hosts[999].port, 1000);
	dsn_free(&dsn);
	buf_free(&text);
}
END_TEST

START_TEST(keys)
{
	static const char *const names[DSN_KEYS] = {[DSN_SOCKET] = "socket",
	    [DSN_SSL_MODE] = "ssl-mode",
	    [DSN_SSL_CA] = "ssl-ca",
	    [DSN_SSL_CAPATH] = "ssl-capath",
	    [DSN_SSL_CERT] = "ssl-cert",
	    [DSN_SSL_KEY] = "ssl-key",
	    [DSN_SSL_CIPHER] = "ssl-cipher",
	    [DSN_DEFAULTS_FILE] = "defaults-file"};
	struct buf text = {0};
	struct dsn dsn;
	buf_fmt(&text, "mysql://u@h/db?&");
	for (enum dsn_key k = 0; k < DSN_KEYS; k++)
		buf_fmt(&text, "%s=/v%%20%u%%26=x&&", names[k], k);
	buf_char(&text, '\0');
	parse(text.data, &dsn);
	for (enum dsn_key k = 0; k < DSN_KEYS; k++) {
		char expected[16] = "/v 0&=x";
		expected[3] = (char)('0' + k);
		same(names[k], "the value", dsn.values[k], expected);
	}
	dsn_free(&dsn);
	parse("mysql://?socket=/tmp/a&socket=/tmp/b&ssl-ca=", &dsn);
	ck_assert_str_eq(dsn.values[DSN_SOCKET], "/tmp/b");
	ck_assert_str_eq(dsn.values[DSN_SSL_CA], "");
	ck_assert_ptr_null(dsn.database);
	dsn_free(&dsn);
	buf_free(&text);
}
END_TEST

/* An @ behind the host may be refused, but must not make another host of what follows it. */
START_TEST(at_behind_the_host)
{
	static const char *const texts[] = {"mysql://h/db?socket=/a@b",
	    "mysql://h:5/db?socket=/a@b", "mysql://u@h/db?socket=/a@b",
	    "mysql://u:p@h:5/db?socket=/a@b", "mysql://[::1]/db?socket=/a@b",
	    "mysql://[::1]:5/db?socket=/a@b"};
	struct dsn dsn;
	struct err err = {0};
	if (dsn_parse(texts[_i], &dsn, &err) < 0)
		return;
	same(texts[_i], "the host", dsn.hosts[0].name, texts[_i][8] == '[' ? "::1" : "h");
	same(texts[_i], "the password", dsn.password, strstr(texts[_i], ":p@") ? "p" : NULL);
	same(texts[_i], "the database", dsn.database, "db");
	same(texts[_i], "the socket", dsn.values[DSN_SOCKET], "/a@b");
	dsn_free(&dsn);
}
END_TEST

/* ---- what is refused ---- */

static void refuse(const char *text, const char *secret)
{
	struct err err = {0};
	struct dsn dsn;
	memset(&dsn, 0xee, sizeof(dsn));
	int r = dsn_parse(text, &dsn, &err);
	ck_assert_msg(r == -EINVAL, "%s was taken", text);
	ck_assert_msg(strlen(err.text) > 10 && !strchr(err.text, '\n'), "%s", err.text);
	ck_assert_msg(!secret || !strstr(err.text, secret), "%s: %s", text, err.text);
	ck_assert(!dsn.user && !dsn.password && !dsn.database && !dsn.hosts && !dsn.hosts_n);
	for (enum dsn_key k = 0; k < DSN_KEYS; k++)
		ck_assert_ptr_null(dsn.values[k]);
	dsn_free(&dsn);
}

START_TEST(no_dsns)
{
	static const char *const texts[] = {" ", "h", "u@h/db", "mysql", "mysql:", "mysql:/",
	    "mysql:h", "mysql:/h", "MYSQL://h", " mysql://h", "postgres://h", "mariadb://h", "//h",
	    "?socket=s"};
	for (size_t i = 0; i < countof(texts); i++)
		refuse(texts[i], NULL);
}
END_TEST

START_TEST(bad_ports)
{
	static const char *const ports[] = {"", "0", "65536", "99999999999999999999", "-1", "+1",
	    "1x", "x", " 1", "1 ", "0x10", "1.0", "3306:1", "00000000", "%31", "1e3"};
	for (size_t i = 0; i < countof(ports); i++) {
		static const char *const forms[] = {"mysql://u:geheim@h:%s",
		    "mysql://u:geheim@h:%s/db", "mysql://u:geheim@a,h:%s,c/db",
		    "mysql://u:geheim@[::1]:%s?socket=s"};
		for (size_t k = 0; k < countof(forms); k++) {
			struct buf text = {0};
			const char *at = strstr(forms[k], "%s");
			buf_add(&text, forms[k], (size_t)(at - forms[k]));
			buf_fmt(&text, "%s%s%c", ports[i], at + 2, '\0');
			refuse(text.data, "geheim");
			buf_free(&text);
		}
	}
}
END_TEST

START_TEST(bad_hosts)
{
	static const char *const hosts[] = {"::1", "[::1", "[::1]x", "[::1]x:5", "[::1]5", "a:1:2"};
	for (size_t i = 0; i < countof(hosts); i++) {
		struct buf text = {0};
		buf_fmt(&text, "mysql://u:geheim@%s/db%c", hosts[i], '\0');
		refuse(text.data, "geheim");
		buf_free(&text);
	}
}
END_TEST

START_TEST(bad_percents)
{
	static const char *const wrong[] = {
	    "%", "%4", "%x", "%4x", "%x4", "%%", "%%41", "a%", "%-1", "%+1", "% 1", "%00", "a%00b"};
	static const char *const forms[] = {"mysql://%s@h/db", "mysql://u:geheim%s@h/db",
	    "mysql://u:geheim@%s/db", "mysql://u:geheim@a,%s:5/db", "mysql://u:geheim@h/%s",
	    "mysql://u:geheim@h/db?socket=%s", "mysql://u:geheim@h/db?ssl-key=%s&socket=s"};
	for (size_t i = 0; i < countof(wrong) * countof(forms); i++) {
		const char *form = forms[i % countof(forms)], *at = strstr(form, "%s");
		struct buf text = {0};
		buf_add(&text, form, (size_t)(at - form));
		buf_fmt(&text, "%s%s%c", wrong[i / countof(forms)], at + 2, '\0');
		refuse(text.data, "geheim");
		buf_free(&text);
	}
}
END_TEST

START_TEST(bad_keys)
{
	static const char *const queries[] = {"x=1", "Socket=1", "socket", "=1", "socket%3D1",
	    "socke=1", "sockets=1", "socket=1&x=2", "ssl_mode=1", "%73ocket=1", " socket=1",
	    "socket=1?socket"
	    "=2&x"};
	for (size_t i = 0; i < countof(queries); i++) {
		struct buf text = {0};
		buf_fmt(&text, "mysql://u:geheim@h/db?%s%c", queries[i], '\0');
		refuse(text.data, "geheim");
		text.len = 0;
		buf_fmt(&text, "mysql://?%s%c", queries[i], '\0');
		refuse(text.data, NULL);
		buf_free(&text);
	}
}
END_TEST

/* A password that should have been encoded is secret all the same. */
START_TEST(errors_without_the_password)
{
	static const char *const texts[] = {"mysql://u:geheim%@h", "mysql://u:a/geheim@h:x",
	    "mysql://u:a?geheim@h?x=y", "mysql://u:a@geheim@h:x", "mysql://u:geheim@b@h:x",
	    "mysql://u:a:geheim@h:x", "mysql://u:a@b/geheim@h:x", "mysql://u:a@b:geheim/c@h/db",
	    "mysql://u:a@b?geheim@h/db", "mysql://u:a@b?geheim=1@h/db", "mysql://u:a/b?geheim@h:x",
	    "u:geheim@h", "mysql:/u:geheim@h", "mysq://u:geheim@h", "mysql//u:geheim@h/db"};
	struct err err = {0};
	struct dsn dsn;
	dsn_parse(texts[_i], &dsn, &err);
	ck_assert_msg(!strstr(err.text, "geheim"), "%s: %s", texts[_i], err.text);
	dsn_free(&dsn);
}
END_TEST

START_TEST(long_texts)
{
	struct buf text = {0};
	buf_str(&text, STR("mysql://u:geheim@h:"));
	for (unsigned i = 0; i < 100000; i++)
		buf_char(&text, '9');
	buf_char(&text, '\0');
	refuse(text.data, "geheim");
	text.len = 0;
	buf_str(&text, STR("mysql://u:geheim@h?"));
	for (unsigned i = 0; i < 100000; i++)
		buf_char(&text, 'k');
	buf_char(&text, '\0');
	refuse(text.data, "geheim");
	buf_free(&text);
}
END_TEST

START_TEST(looks)
{
	static const char *const are[] = {"mysql://", "mysql://h", "mysql://u:p@h/%"};
	static const char *const are_not[] = {
	    "", "m", "mysql", "mysql:/", "mysql:/h", "ls", "/bin/ls", "./mysql://", "http://h"};
	for (size_t i = 0; i < countof(are); i++)
		ck_assert_msg(dsn_looks(are[i]), "%s", are[i]);
	for (size_t i = 0; i < countof(are_not); i++)
		ck_assert_msg(!dsn_looks(are_not[i]), "%s", are_not[i]);
}
END_TEST

/* ---- hiding ---- */

static void assert_hidden(const char *text, const char *expected)
{
	/* Memory of its own, so that writes beyond it show. */
	char *copy = strdup(text);
	dsn_hide(copy);
	ck_assert_msg(strlen(copy) == strlen(text), "%s became %s", text, copy);
	ck_assert_msg(strcmp(copy, expected) == 0, "%s became %s, not %s", text, copy, expected);
	dsn_hide(copy);
	ck_assert_str_eq(copy, expected);
	free(copy);
}

static const struct {
	const char *text, *expected;
} hidden[] = {
    {"mysql://u:geheim@h:1/db?socket=s", "mysql://u:xxxxxx@h:1/db?socket=s"},
    {"mysql://u:g@h", "mysql://u:x@h"},
    {"mysql://:geheim@h", "mysql://:xxxxxx@h"},
    {"mysql://u:ge:eim@h", "mysql://u:xxxxxx@h"},
    {"mysql://u:ge@eim@h/db", "mysql://u:xxxxxx@h/db"},
    {"mysql://u:ge/eim@h/db", "mysql://u:xxxxxx@h/db"},
    {"mysql://u:ge?eim@h/db?ssl-ca=x", "mysql://u:xxxxxx@h/db?ssl-ca=x"},
    {"mysql://u:ge%eim@h/db", "mysql://u:xxxxxx@h/db"},
    {"mysql://u:%67%65@h/db", "mysql://u:xxxxxx@h/db"},
    {"mysql://u:geheim@", "mysql://u:xxxxxx@"},
    {"mysql://u:geheim@a:1,b:2/db", "mysql://u:xxxxxx@a:1,b:2/db"},
    {"mysql://u:geheim@[::1]:5/db", "mysql://u:xxxxxx@[::1]:5/db"},
    {"mysql://u:/@h", "mysql://u:x@h"},
    {"mysql://u:?@h", "mysql://u:x@h"},
    /* nothing to hide */
    {"", ""},
    {"mysql://", "mysql://"},
    {"mysql://u@h/db", "mysql://u@h/db"},
    {"mysql://u:@h/db", "mysql://u:@h/db"},
    {"mysql://h:3306/db", "mysql://h:3306/db"},
    {"mysql://[::1]:3306/db", "mysql://[::1]:3306/db"},
    {"mysql://u@[::1]:3306/db", "mysql://u@[::1]:3306/db"},
    {"mysql://a:1,b:2", "mysql://a:1,b:2"},
    {"ls", "ls"},
    {"/bin/ls", "/bin/ls"},
    {"a:b", "a:b"},
    {"@", "@"},
    {":", ":"},
    {"%", "%"},
    {"?", "?"},
    /* no DSN, but a password */
    {"u:geheim@h", "u:xxxxxx@h"},
    {"u:geheim@h/db", "u:xxxxxx@h/db"},
    {":geheim@h", ":xxxxxx@h"},
};

START_TEST(hides_the_password)
{
	assert_hidden(hidden[_i].text, hidden[_i].expected);
}
END_TEST

/* However wrong it is: the secret is gone, what comes before the login and behind it stays. */
static const char *const leaks[] = {"mysql:/u:geheim@h/db", "mysql:u:geheim@h/db",
    "mysql//u:geheim@h/db", "mysq://u:geheim@h/db", "MYSQL://u:geheim@h/db",
    "mariadb://u:geheim@h/db", "//u:geheim@h/db", "/u:geheim@h/db", "mysql:///u:geheim@h/db",
    " mysql://u:geheim@h/db", "mysql://u:a@b?geheim@h/db", "mysql://u:a/b?geheim@h/db",
    "mysql://u:a?b/geheim@h/db", "mysql://u?v:geheim@h/db", "mysql://u@corp:ge/geheim@h/db"};

START_TEST(hides_wherever_it_is)
{
	char *copy = strdup(leaks[_i]);
	size_t len = strlen(copy);
	dsn_hide(copy);
	ck_assert_uint_eq(strlen(copy), len);
	ck_assert_msg(!strstr(copy, "geheim"), "%s became %s", leaks[_i], copy);
	ck_assert_msg(str_ends(str_of(copy), STR("@h/db")), "%s became %s", leaks[_i], copy);
	free(copy);
}
END_TEST

START_TEST(hides_in_any_text)
{
	static const char bytes[] = "mysql://u:p@h?/:@%,[]=&\xff";
	uint64_t random = 5;
	for (unsigned n = 0; n < 200000; n++) {
		char text[24], copy[24];
		size_t len = unit_below(&random, sizeof(text)), fixed = unit_below(&random, 2) * 8;
		for (size_t i = 0; i < len; i++)
			text[i] =
			    i < fixed ? bytes[i] : bytes[unit_below(&random, sizeof(bytes) - 1)];
		text[len] = '\0';
		memcpy(copy, text, sizeof(copy));
		dsn_hide(copy);
		unit_check(strlen(copy) == len, "%s became %s", text, copy);
		struct dsn dsn;
		struct err err = {0};
		if (dsn_parse(text, &dsn, &err) < 0 || !dsn.password)
			unit_check(strchr(text, '@') || strcmp(copy, text) == 0, "%s", text);
		else
			unit_check(strstr(copy, ":x") || !dsn.password[0], "%s", copy);
		dsn_free(&dsn);
	}
}
END_TEST

/* ---- showing ---- */

/* A part that shows back as what it was. */
static void assert_same_dsn(const char *text, const struct dsn *a, const struct dsn *b)
{
	same(text, "the user", b->user, a->user);
	same(text, "the database", b->database, a->database);
	ck_assert_msg(a->hosts_n == b->hosts_n, "%s: %u hosts", text, b->hosts_n);
	for (unsigned i = 0; i < a->hosts_n; i++) {
		same(text, "a host", b->hosts[i].name, a->hosts[i].name);
		ck_assert_msg(a->hosts[i].port == b->hosts[i].port, "%s", text);
	}
	for (enum dsn_key k = 0; k < DSN_KEYS; k++)
		same(text, "a key", b->values[k], a->values[k]);
	ck_assert_msg(!b->password, "%s", text);
}

static void show_again(const struct dsn *dsn)
{
	static const char option[] = "--mysql=";
	struct buf shown = {0};
	struct dsn again;
	struct err err = {0};
	buf_str(&shown, STR("add "));
	dsn_show(dsn, &shown);
	buf_char(&shown, '\0');
	const char *text = shown.data + 4;
	ck_assert_msg(!strstr(text, "geheim"), "%s", text);
	for (const char *p = text; *p; p++)
		ck_assert_msg(*p > ' ' && *p < 0x7f, "%s", text);
	bool bare = strcmp(text, "--mysql") == 0;
	ck_assert_msg(bare || strncmp(text, option, strlen(option)) == 0, "%s", text);
	int r = dsn_parse(bare ? "" : text + strlen(option), &again, &err);
	ck_assert_msg(r == 0, "%s: %s", text, err.text);
	assert_same_dsn(text, dsn, &again);
	dsn_free(&again);
	buf_free(&shown);
}

static const char *const shown[] = {"", "mysql://", "mysql:///", "mysql://u:geheim@h:1/db",
    "mysql://:geheim@h", "mysql://u:geheim@", "mysql:///db", "mysql://h?socket=/a",
    "mysql://?socket=s",
    "mysql://u@a:1,b,[::1]:2,:3,/db?ssl-ca=/c%20d&ssl-key=%26%3D%3F&defaults-file=%25",
    "mysql://u%40c%3A%2B@h/db", "mysql://u@h/d%3Fb%2F%23%41", "mysql://u@[::1]", "mysql://u@,/db",
    "mysql://%E2%82%AC@%C3%A4/%ff", "mysql://u@h/db?socket=&ssl-ca=", "mysql://:3306",
    "mysql://u@[fe80::1%25eth0]:3306/db", "mysql://u%2Fv@h/db", "mysql://u@%2Ftmp%2Fs/db",
    "mysql://u@a%2Cb/db", "mysql://u@%5Bx%5D/db", "mysql://u@a%3Ab/db", "mysql://u@a%3Ab%2Cc/db",
    "mysql://u@a%3Ab%5D:5/db", "mysql://u@a%3Ab%2Fc/db", "mysql://u@a%3Ab%40c/db",
    "mysql://u@h%40i/db", "mysql://u@h/d%40b", "mysql://h:5/d%40b", "mysql://h:5/db?ssl-ca=%40"};

START_TEST(shows_it_again)
{
	struct dsn dsn;
	parse(shown[_i], &dsn);
	show_again(&dsn);
	dsn_free(&dsn);
}
END_TEST

START_TEST(shows_little)
{
	static const char *const rows[][2] = {{"", "--mysql"}, {"mysql://", "--mysql"},
	    {"mysql://:geheim@", "--mysql"}, {"mysql://u:geheim@h/db", "--mysql=mysql://u@h/db"},
	    {"mysql:///db", "--mysql=mysql:///db"},
	    {"mysql://h:3307?socket=s", "--mysql=mysql://h:3307/?socket=s"},
	    {"mysql://u@[::1]:5/db", "--mysql=mysql://u@[::1]:5/db"}};
	for (size_t i = 0; i < countof(rows); i++) {
		struct dsn dsn;
		struct buf b = {0};
		parse(rows[i][0], &dsn);
		dsn_show(&dsn, &b);
		assert_buf(&b, rows[i][1]);
		buf_free(&b);
		dsn_free(&dsn);
	}
}
END_TEST

/* Any bytes in any part, encoded all of them: they come out, and are shown, as they are. */
START_TEST(any_parts)
{
	uint64_t random = 17;
	for (unsigned n = 0; n < 20000; n++) {
		static const char *const before[] = {"mysql://", ":", "@", "/", "?socket="};
		struct buf text = {0};
		char parts_[5][8] = {""};
		for (unsigned i = 0; i < 5; i++) {
			size_t len = 1 + unit_below(&random, 6);
			buf_str(&text, str_of(before[i]));
			for (size_t k = 0; k < len; k++) {
				static const char bytes[] = "a@:/?%,[]&=+ '\"\\\xff";
				parts_[i][k] = bytes[unit_below(&random, sizeof(bytes) - 1)];
				buf_fmt(&text, "%%%02x", (unsigned)(uint8_t)parts_[i][k]);
			}
		}
		buf_char(&text, '\0');
		struct dsn dsn;
		parse(text.data, &dsn);
		same(text.data, "the user", dsn.user, parts_[0]);
		same(text.data, "the password", dsn.password, parts_[1]);
		same(text.data, "the host", dsn.hosts[0].name, parts_[2]);
		same(text.data, "the database", dsn.database, parts_[3]);
		same(text.data, "the socket", dsn.values[DSN_SOCKET], parts_[4]);
		show_again(&dsn);
		dsn_free(&dsn);
		buf_free(&text);
	}
}
END_TEST

TEST_SUITE(dsn)
{
	TEST_LOOP(parts, countof(plain));
	TEST(several_hosts);
	TEST(keys);
	TEST_LOOP(at_behind_the_host, 6);
	TEST(no_dsns);
	TEST(bad_ports);
	TEST(bad_hosts);
	TEST(bad_percents);
	TEST(bad_keys);
	TEST_LOOP(errors_without_the_password, 15);
	TEST(long_texts);
	TEST(looks);
	TEST_LOOP(hides_the_password, countof(hidden));
	TEST_LOOP(hides_wherever_it_is, countof(leaks));
	TEST(hides_in_any_text);
	TEST_LOOP(shows_it_again, countof(shown));
	TEST(shows_little);
	TEST(any_parts);
}
