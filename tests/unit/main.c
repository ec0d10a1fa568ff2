/* Runs all suites that are linked in, with one closing line. */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static struct unit_suite *first_suite;

void unit_register(struct unit_suite *suite)
{
	struct unit_suite **at = &first_suite;
	while (*at && strcmp((*at)->name, suite->name) < 0)
		at = &(*at)->next;
	suite->next = *at;
	*at = suite;
}

void unit_add(Suite *suite, const char *name, const TTest *test, int first, int end)
{
	TCase *tcase = tcase_create(name);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, test, first, end);
	suite_add_tcase(suite, tcase);
}

/* A text for people: what can't be printed as \xNN, a long one cut. */
static void put_shown(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.len && i < 1500; i++) {
		if (text.s[i] >= ' ' && text.s[i] <= '~')
			buf_char(b, text.s[i]);
		else
			buf_fmt(b, "\\x%02x", (unsigned)(uint8_t)text.s[i]);
	}
	buf_fmt(b, "' (%zu bytes)", text.len);
}

void unit_same(const char *file, int line, struct str got, struct str expected)
{
	if (str_eq(got, expected))
		return;
	struct buf text = {0};
	buf_fmt(&text, "got '");
	put_shown(&text, got);
	buf_fmt(&text, ", expected '");
	put_shown(&text, expected);
	buf_char(&text, '\0');
	_ck_assert_failed(file, line, "other bytes", "%s", text.data);
}

int main(void)
{
	SRunner *runner = srunner_create(NULL);
	for (struct unit_suite *s = first_suite; s; s = s->next) {
		Suite *suite = suite_create(s->name);
		s->fill(suite);
		srunner_add_suite(runner, suite);
	}
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
