/*
 * SQLite on files. First start: makes a database of 1000 rows, looks at it, closes it, opens it again; ends as if it had failed, in the middle of a
 * transaction. Second start: the rows are there, and nothing of what was not committed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kaal/startup.h>
#include <sqlite3.h>

#define ROWS 1000

static sqlite3 *database;

static void must(int result, int expected, const char *what)
{
	if (result == expected)
		return;
	printf("%s: %s (%d), %s\n", what, sqlite3_errstr(result), result, sqlite3_errmsg(database));
	exit(2);
}

static void run(const char *statement)
{
	must(sqlite3_exec(database, statement, NULL, NULL, NULL), SQLITE_OK, statement);
}

static void open_database(void)
{
	must(sqlite3_open("/people.db", &database), SQLITE_OK, "opening");
}

static void close_database(void)
{
	must(sqlite3_close(database), SQLITE_OK, "closing");
	database = NULL;
}

/* The first column of the first row, as a text. */
static const char *ask(const char *question)
{
	static char answer[64];
	sqlite3_stmt *statement;

	must(sqlite3_prepare_v2(database, question, -1, &statement, NULL), SQLITE_OK, question);
	must(sqlite3_step(statement), SQLITE_ROW, question);
	(void)snprintf(answer, sizeof answer, "%s", (const char *)sqlite3_column_text(statement, 0));
	must(sqlite3_finalize(statement), SQLITE_OK, question);
	return answer;
}

static void expect(const char *question, const char *answer)
{
	const char *came = ask(question);

	if (strcmp(came, answer) == 0)
		return;
	printf("%s: %s, expected %s\n", question, came, answer);
	exit(2);
}

static void insert(void)
{
	sqlite3_stmt *statement;
	char name[32];

	run("BEGIN");
	must(sqlite3_prepare_v2(database, "INSERT INTO people(name, age, note) VALUES (?, ?, ?)", -1, &statement, NULL), SQLITE_OK, "a statement");
	for (int i = 0; i < ROWS; i++) {
		(void)snprintf(name, sizeof name, "name %d", i);
		must(sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT), SQLITE_OK, "a name");
		must(sqlite3_bind_int(statement, 2, i % 90), SQLITE_OK, "an age");
		must(sqlite3_bind_zeroblob(statement, 3, i % 300), SQLITE_OK, "a note");
		must(sqlite3_step(statement), SQLITE_DONE, "a row");
		must(sqlite3_reset(statement), SQLITE_OK, "again");
	}
	must(sqlite3_finalize(statement), SQLITE_OK, "the end of a statement");
	run("COMMIT");
}

static void look(void)
{
	expect("SELECT count(*) FROM people", "1000");
	expect("SELECT sum(age) FROM people", "44100");
	expect("SELECT name FROM people WHERE age = 89 ORDER BY id DESC LIMIT 1", "name 989");
	expect("SELECT printf('%.2f', avg(length(note))) FROM people", "139.50");
	expect("SELECT a.name || ' ' || b.name FROM people a JOIN people b ON b.id = a.id + 1 WHERE a.name = 'name 41'", "name 41 name 42");
	expect("PRAGMA integrity_check", "ok");
}

/* Another connection, while this one has the database open and does nothing. */
static void *look_from_a_thread(void *result)
{
	sqlite3 *own;
	sqlite3_stmt *statement;

	must(sqlite3_open_v2("/people.db", &own, SQLITE_OPEN_READONLY, NULL), SQLITE_OK, "a second connection");
	must(sqlite3_prepare_v2(own, "SELECT max(id) FROM people", -1, &statement, NULL), SQLITE_OK, "its statement");
	must(sqlite3_step(statement), SQLITE_ROW, "its row");
	*(int *)result = sqlite3_column_int(statement, 0);
	must(sqlite3_finalize(statement), SQLITE_OK, "its end");
	must(sqlite3_close(own), SQLITE_OK, "its closing");
	return result;
}

static void change(void)
{
	pthread_t thread;
	int last = 0;

	run("CREATE INDEX by_age ON people(age)");
	run("BEGIN; DELETE FROM people WHERE age > 10; ROLLBACK");
	look();
	must(sqlite3_exec(database, "INSERT INTO people(id, name) VALUES (1, 'again')", NULL, NULL, NULL), SQLITE_CONSTRAINT, "a row that is there");
	must(pthread_create(&thread, NULL, look_from_a_thread, &last), 0, "a thread");
	must(pthread_join(thread, NULL), 0, "its end");
	must(last, ROWS, "what it saw");
}

int main(void)
{
	if (kaal_startup()->start == 0) {
		printf("SQLite %s\n", sqlite3_libversion());
		open_database();
		run("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER, note BLOB)");
		insert();
		look();
		close_database();
		open_database();
		look();
		change();
		run("PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN; UPDATE people SET name = 'lost', note = zeroblob(2000)");
		puts("1000 rows written and found; ends in a transaction");
		(void)fflush(stdout);
		_Exit(1);
	}
	open_database();
	look();
	run("VACUUM; DELETE FROM people WHERE id > 500");
	expect("SELECT count(*) FROM people", "500");
	close_database();
	puts("1000 rows found after the restart");
	return 0;
}
