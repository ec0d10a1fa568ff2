#!/usr/bin/python3
"""Look for what MariaDB from 10.6 and MySQL from 8.0 don't share, and for form, in files of SQL.

    check_sql.py FILE...     one line for each sin; exit status 1 if there are any
    check_sql.py --self-test  each rule catches what it is for, and nothing that both have

Comments and the content of texts don't count as words.
"""

import re
import sys
from pathlib import Path

# Why it's refused, a pattern of what is, and what it must catch.
RULES = [
    ("MariaDB's alone",
     r"\bOR\s+REPLACE\s+(?!(ALGORITHM\b.*?|DEFINER\b.*?|SQL\s+SECURITY\s+\w+\s+)?VIEW\b)",
     ["CREATE OR REPLACE PROCEDURE p() x", "create or replace table t",
      "CREATE OR REPLACE  FUNCTION f", "CREATE OR REPLACE TRIGGER t", "CREATE OR REPLACE INDEX i",
      "CREATE OR REPLACE ROLE r"]),
    ("MariaDB's, or MySQL's from 8.0.29",
     r"\bCREATE\s+(?:DEFINER\s*=\s*\S+\s+)?(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|SEQUENCE"
     r"|PACKAGE|(?:UNIQUE\s+)?INDEX)\s+IF\s+NOT\s+EXISTS",
     ["CREATE PROCEDURE IF NOT EXISTS p", "CREATE FUNCTION IF NOT EXISTS f",
      "CREATE TRIGGER IF NOT EXISTS t", "CREATE UNIQUE INDEX IF NOT EXISTS i",
      "CREATE INDEX IF NOT EXISTS i"]),
    ("MariaDB's, or MySQL's from 9",
     r"\bVIEW\s+IF\s+NOT\s+EXISTS",
     ["CREATE VIEW IF NOT EXISTS v"]),
    ("MariaDB's alone",
     r"\b(?:ADD|DROP|MODIFY|CHANGE|ALTER|RENAME)\s+(?:COLUMN\s+|INDEX\s+|KEY\s+"
     r"|CONSTRAINT\s+|PARTITION\s+|FOREIGN\s+KEY\s+)IF\s+(?:NOT\s+)?EXISTS",
     ["ALTER TABLE t ADD COLUMN IF NOT EXISTS c INT", "ALTER TABLE t DROP COLUMN IF EXISTS c",
      "ALTER TABLE t DROP INDEX IF EXISTS i", "ALTER TABLE t MODIFY COLUMN IF EXISTS c INT",
      "ALTER TABLE t DROP CONSTRAINT IF EXISTS c"]),
    ("MariaDB's alone",
     r"\b(?:ADD|DROP|MODIFY|CHANGE)\s+IF\s+(?:NOT\s+)?EXISTS",
     ["ALTER TABLE t ADD IF NOT EXISTS c INT"]),
    ("MariaDB's alone",
     r"\bALTER\s+TABLE\s+IF\s+EXISTS|\bRENAME\s+TABLE\s+IF\s+EXISTS"
     r"|\bDROP\s+INDEX\s+IF\s+EXISTS",
     ["ALTER TABLE IF EXISTS t", "RENAME TABLE IF EXISTS a TO b", "DROP INDEX IF EXISTS i ON t"]),
    ("MariaDB's alone",
     r"\b(?:CREATE|DROP|ALTER)\s+SEQUENCE\b|\b(?:NEXTVAL|LASTVAL|SETVAL)\s*\(|\b(?:NEXT"
     r"|PREVIOUS)\s+VALUE\s+FOR\b|\bseq_\d+_to_\d+",
     ["CREATE SEQUENCE s", "SELECT NEXTVAL(s)", "SELECT NEXT VALUE FOR s",
      "SELECT seq FROM seq_1_to_9"]),
    ("MariaDB's alone",
     r"\bRETURNING\b",
     ["INSERT INTO t VALUES (1) RETURNING id", "delete from t returning id"]),
    ("MariaDB's alone",
     r"\b(?:UUID|INET4|INET6)\b(?!\s*\()",
     ["id UUID NOT NULL", "a INET6", "a INET4 NULL"]),
    ("MariaDB's alone",
     r"\b(?:SYSTEM\s+VERSIONING|FOR\s+SYSTEM_TIME|PERIOD\s+FOR|WITHOUT\s+OVERLAPS)\b",
     ["CREATE TABLE t (a INT) WITH SYSTEM VERSIONING", "SELECT 1 FROM t FOR SYSTEM_TIME ALL"]),
    ("MariaDB's alone",
     r"\b(?:PERSISTENT|PAGE_COMPRESSED|COMPRESSED)\b|\bENGINE\s*=\s*(?!InnoDB\b)",
     ["a INT AS (1) PERSISTENT", "PAGE_COMPRESSED=1", "c BLOB COMPRESSED", "ENGINE=Aria",
      "ENGINE = MyISAM"]),
    ("MariaDB's alone",
     r"\b(?:NOT\s+ATOMIC|EXECUTE\s+IMMEDIATE|MEDIAN|JSON_DETAILED|JSON_COMPACT"
     r"|JSON_LOOSE|JSON_EXISTS|JSON_QUERY|JSON_EQUALS|JSON_NORMALIZE|NATURAL_SORT_KEY"
     r"|SFORMAT|TO_CHAR|ADD_MONTHS|DECODE_ORACLE|NVL2?|CRC32C|REGEXP_SUBSTR_ORACLE"
     r"|SYS_GUID|LENGTHB|ROWNUM|KDF|COLUMN_GET|COLUMN_CREATE|UUID_V4|UUID_V7|UUIDV7)\b",
     ["BEGIN NOT ATOMIC", "EXECUTE IMMEDIATE 'x'", "SELECT NVL(a, 1)", "SELECT SFORMAT('x')",
      "SELECT JSON_DETAILED(a)", "SELECT JSON_QUERY(a, b)", "SELECT UUID_V7()"]),
    ("MariaDB's from 10.10",
     r"\bRANDOM_BYTES\b",
     ["SELECT RANDOM_BYTES(16)"]),
    ("MySQL's alone",
     r"\b(?:UUID_TO_BIN|BIN_TO_UUID|IS_UUID|ANY_VALUE|GROUPING|JSON_STORAGE_SIZE"
     r"|JSON_PRETTY|JSON_SCHEMA_VALID|REGEXP_LIKE|ICU_VERSION|MEMBER\s+OF|GTID_SUBSET"
     r"|STATEMENT_DIGEST|FORMAT_PICO_TIME|FORMAT_BYTES)\b",
     ["SELECT UUID_TO_BIN(a)", "SELECT BIN_TO_UUID(a)", "SELECT IS_UUID(a)", "SELECT ANY_VALUE(a)",
      "SELECT REGEXP_LIKE(a, b)", "SELECT 1 MEMBER OF(a)"]),
    ("MySQL's alone",
     r"->>?|\bLATERAL\b|\bINSTANT\b|\bSET\s+PERSIST|\bVALUES\s+ROW\b|\bINVISIBLE\b"
     r"|\bVISIBLE\b|\bIGNORED\b",
     ["SELECT a->'$.b'", "a ->> b", "JOIN LATERAL (SELECT 1) l", "SET PERSIST a = 1",
      "VALUES ROW(1)", "c INT INVISIBLE"]),
    ("MySQL's alone",
     r"\)\s*AS\s+\w+(?:\s*\([^)]*\))?\s+ON\s+DUPLICATE\b|\butf8mb4_0900\w*"
     r"|\butf8mb4_uca1400\w*",
     ["INSERT INTO t VALUES (1) AS new ON DUPLICATE KEY UPDATE a = new.a",
      "COLLATE utf8mb4_0900_ai_ci", "COLLATE utf8mb4_uca1400_ai_ci"]),
    ("of another meaning in each",
     r"\bJSON_TABLE\b|\b\w+\s+JSON\b(?!\s*\()",
     ["SELECT 1 FROM JSON_TABLE(a, b)", "body JSON NULL"]),
    ("of another meaning by sql_mode",
     r'\|\||(?<!\|)"',
     ["SELECT a || b", 'SELECT "text"']),
    ("of another meaning by time zone",
     r"\bFROM_UNIXTIME\b|\b(?:CURDATE|CURTIME|CURRENT_DATE|CURRENT_TIME"
     r"|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP|SYSDATE)\b|\bTIMESTAMP\b(?!\s*'|\s*\()",
     ["SELECT FROM_UNIXTIME(1)", "SELECT CURRENT_TIMESTAMP", "SELECT SYSDATE()",
      "a TIMESTAMP NULL"]),
    ("the stock client's alone",
     r"\bDELIMITER\b|^\s*(?:USE|SOURCE)\b|\\[gG]",
     ["DELIMITER //", "USE memtrace", "SELECT 1\\G"]),
    ("another character set than it says",
     r"\butf8(?:mb3)?(?:_\w+)?\b",
     ["CHARACTER SET utf8", "COLLATE utf8mb3_bin", "utf8"]),
    ("of no effect, or gone in MySQL 9",
     r"\bSQL_CALC_FOUND_ROWS\b|\bINT\s*\(\d+\)|\bZEROFILL\b|\bFLOAT\s*\(|\bMASTER_\w+"
     r"|\bBINARY\s+\w+\s*=",
     ["SELECT SQL_CALC_FOUND_ROWS 1", "a INT(11)", "a INT ZEROFILL", "WHERE BINARY a = b"]),
]

# Words that one server or the other reserves: a column of that name needs quotes on it.
RESERVED = set("""
accessible add all alter analyze and as asc asensitive before between bigint binary blob both by
call cascade case change char character check collate column condition constraint continue convert
create cross cube cume_dist current_date current_role current_time current_timestamp current_user
cursor database databases day_hour day_microsecond day_minute day_second dec decimal declare
default delayed delete delete_domain_id dense_rank desc describe deterministic distinct
distinctrow div do_domain_ids double drop dual each else elseif empty enclosed escaped except
exists exit explain false fetch first_value float float4 float8 for force foreign from fulltext
function general generated get grant group grouping groups having high_priority hour_microsecond
hour_minute hour_second if ignore ignore_domain_ids ignore_server_ids in index infile inner 
insensitive insert int int1 int2 int3 int4 int8 integer intersect interval into io_after_gtids
io_before_gtids is iterate join json_table key keys kill lag last_value lateral lead leading leave
left library like limit linear lines load localtime localtimestamp lock long longblob longtext
loop low_priority manual master_bind master_heartbeat_period master_ssl_verify_server_cert match
maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies
natural no_write_to_binlog not nth_value ntile null numeric of offset on optimize optimizer_costs
option optionally or order out outer outfile over page_checksum parallel parse_vcol_expr partition
percent_rank precision primary procedure purge qualify range rank read read_write reads real
recursive ref_system_id references regexp release rename repeat replace require resignal restrict
return returning revoke right rlike row row_number rows rownum schema schemas second_microsecond
select sensitive separator set show signal slow smallint spatial specific sql sql_big_result
sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl starting
stats_auto_recalc stats_persistent stats_sample_pages stored straight_join system table
tablesample terminated then tinyblob tinyint tinytext to trailing trigger true undo union unique
unlock unsigned update usage use using utc_date utc_time utc_timestamp values varbinary varchar
varcharacter varying vector virtual when where while window with write xor year_month zerofill
""".split())

RESERVED.add("in" "out")

# What else stands behind AS: in CREATE VIEW and CAST.
BEHIND_AS = {"select", "char", "binary", "decimal", "double", "float", "unsigned", "interval"}

TYPES = (r"(?:TINY|SMALL|MEDIUM|BIG)?INT|INTEGER|(?:VAR)?(?:BINARY|CHAR)|DECIMAL|DOUBLE|FLOAT"
         r"|ENUM|BIT|(?:TINY|MEDIUM|LONG)?(?:TEXT|BLOB)|DATE(?:TIME)?|TIME|BOOLEAN")
FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL


def code_of(text):
    """Return SQL without comments, its texts emptied."""
    pattern = r"'(?:[^']|'')*'|--[ \t][^\n]*"
    return re.sub(pattern, lambda part: "''" if part[0][0] == "'" else "", text)


def words_of(text):
    """Yield what breaks a rule."""
    for why, pattern, _ in RULES:
        for found in re.finditer(pattern, text, FLAGS):
            yield f"{' '.join(text[found.start():found.start() + 40].split())}: {why}"


def form_of(text, code):
    """Yield what a reader that splits files at each ; at the end of a line takes wrongly."""
    for rest in re.findall(r";[ \t]*([^\s;][^\n]*)", code):
        yield f"behind a semicolon: {rest}"
    if re.search(r";[ \t\r]+$", text, re.MULTILINE):
        yield "blanks behind a semicolon"
    if not re.search(r";\n\s*\Z", text):
        yield "the last statement lacks its ; at the end of a line"
    if code.count("(") != code.count(")"):
        yield "parentheses"
    plain = re.sub(r"^\s*--[^\n]*\n", "\n", text, flags=re.MULTILINE)
    if any(statement.count("'") % 2 for statement in plain.split(";\n")):
        yield "a text is cut by a semicolon"
    if re.search(r"--[ \t][^\n']*;$", plain, re.MULTILINE):
        yield "a comment behind code ends with a semicolon"


def names_of(code):
    """Yield names that are reserved: of columns, of parameters, in keys, and what AS gives."""
    before = r"(?:^|,|\(|\bIN\s|\bOUT\s|\bCOLUMN\s)"
    names = re.findall(rf"{before}\s*(\w+)\s+(?:{TYPES})\b", code, FLAGS)
    names += [name for name in re.findall(r"\bAS\s+(\w+)\s*(?:,|\)|\n|;|FROM\b)", code, FLAGS)
              if name.lower() not in BEHIND_AS]
    for columns in re.findall(r"\bKEY\s+\w*\s*\(([\w\s,]+)\)", code, FLAGS):
        names += re.split(r"\s*,\s*", columns.strip())
    for name in names:
        if name.lower() in RESERVED:
            yield f"{name} is a reserved word"


def sins_of(text):
    """Return all that is wrong with a file."""
    code = code_of(text)
    return [*words_of(code), *form_of(text, code), *names_of(code)]


# ---- the test of the test ----

FORMS = [
    ("behind a semicolon", "DO 0; DO 1;\n"),
    ("blanks behind a semicolon", "DO 0; \n"),
    ("the last statement lacks its ;", "DO 0\n"),
    ("the last statement lacks its ;", "DO 0;"),
    ("parentheses", "SELECT (1;\n"),
    ("a text is cut", "SELECT 'a;\nb';\n"),
    ("a comment behind code", "SELECT 1, -- one;\n2;\n"),
    ("rank is a reserved word", "CREATE PROCEDURE p(IN rank INT) DO 0;\n"),
    ("groups is a reserved word", "CREATE TABLE t (a INT, KEY b (a, groups));\n"),
]

GOOD = """
-- CREATE OR REPLACE TABLE x; RETURNING; a || b
CREATE OR REPLACE VIEW v AS SELECT 'a || b RETURNING "x" it''s -- ', UUID() AS u,
  TIMESTAMP'1970-01-01 00:00:00' AS t;
CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT 1 AS b;
CREATE OR REPLACE ALGORITHM = MERGE VIEW v AS SELECT 1 AS b;
CREATE TABLE IF NOT EXISTS t (a INT UNSIGNED, -- a column
  b VARCHAR(9) CHARACTER SET utf8mb4, PRIMARY KEY (a)) ENGINE=InnoDB;
DROP PROCEDURE IF EXISTS p;
CREATE ROLE IF NOT EXISTS r;
INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a);
CREATE VIEW v AS
SELECT CAST(a AS CHAR), CAST(b AS DATETIME) AS c FROM t;
SELECT UTC_TIMESTAMP(6), TIMESTAMPDIFF(SECOND, a, b), JSON_VALID(c), HEX(a) FROM t ORDER BY a;
"""


def self_test():
    """Return what the rules miss, and what they catch wrongly."""
    wrong = []
    cases = list(FORMS)
    for why, _, sins in RULES:
        for sin in sins:
            spread = "DO 0;\n" + sin.replace(" ", "\n   ")
            cases += [(why, f"{text};\n") for text in (sin, sin.swapcase(), spread)]
    for word in sorted(RESERVED):
        why = f"{word} is a reserved word"
        cases += [(why, f"CREATE TABLE t ({word} INT NOT NULL);\n"),
                  (why, f"CREATE TABLE t (a INT,\n  {word} VARCHAR(9) NULL);\n"),
                  (why, f"SELECT 1 AS {word} FROM t;\n")][:2 + (word not in BEHIND_AS)]
    for why, text in cases:
        if not any(why in sin for sin in sins_of(text)):
            wrong.append(f"not caught ({why}): {text!r}")
    return wrong + [f"wrongly caught: {sin}" for sin in sins_of(GOOD)]


def main(paths):
    """Look at files, or at the rules."""
    if paths == ["--self-test"]:
        return self_test()
    return [f"{Path(path).name}: {sin}" for path in paths
            for sin in sins_of(Path(path).read_text(encoding="utf-8"))]


if __name__ == "__main__":
    told = main(sys.argv[1:])
    print("\n".join(told))
    sys.exit(bool(told))
