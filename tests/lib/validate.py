#!/usr/bin/python3
"""Validate each line of a trace against the JSON schema of the events.

    validate.py SCHEMA TRACE...

Needs fastjsonschema (Debian: python3-fastjsonschema), which knows JSON Schema up to draft-07. The
schema is of draft 2020-12; it is used as draft-07 after a check that it holds nothing in which
the two differ. Its oneOf is decided by "type", which is a constant, each time another, in every
branch; so one branch, compiled alone, gives the same verdict as all of them.

Beyond the schema a line must be one JSON object, UTF-8, without duplicate keys, ended by a
newline, and an integer must be written as one: 1.0 is not. Exits 0 where all lines are valid, 1
with the first five that aren't, 2 on trouble.
"""

import json
import multiprocessing
import sys

import fastjsonschema

SHOWN = 5
WIDTH = 200
DRAFT = "http://json-schema.org/draft-07/schema"
SCHEMA_KEYS = {"items", "additionalProperties"}
LIST_KEYS = {"allOf", "anyOf", "oneOf"}
MAP_KEYS = {"properties", "$defs"}
VALUE_KEYS = {"type", "required", "const", "enum", "pattern", "minimum", "$ref"}
TOP_KEYS = {"$schema", "title", "type", "required", "$defs", "oneOf"}
CONST_TYPES = {bool: "boolean", int: "integer", str: "string"}
VALIDATORS = {}  # by type: compiled once, as they can't be sent to a process, but inherited


class SchemaError(Exception):
    """A schema that this program would not judge rightly."""


class LineError(ValueError):
    """A line that is no proper JSON."""


class WrittenFloat(float):
    """A number with a point or an exponent: never an integer, even if it has no fraction."""

    def is_integer(self):
        return False


def adapt(schema):
    """Return a schema of draft 2020-12 as the same one of draft-07, or refuse."""
    if isinstance(schema, bool):
        return schema
    if not isinstance(schema, dict):
        raise SchemaError(f"no schema: {schema!r}")
    if "$ref" in schema and len(schema) > 1:
        raise SchemaError("draft-07 ignores what stands beside $ref")
    adapted = {key: adapt_value(key, value) for key, value in schema.items()}
    if "const" in schema:
        add_const_type(adapted)
    return adapted


def adapt_value(key, value):
    """Adapt what stands under one keyword."""
    if key in SCHEMA_KEYS:
        return adapt(value)
    if key in LIST_KEYS:
        return [adapt(item) for item in value]
    if key in MAP_KEYS:
        return {name: adapt(item) for name, item in value.items()}
    if key not in VALUE_KEYS:
        raise SchemaError(f"keyword {key!r} isn't known to mean the same in draft-07")
    if key == "enum" and not all(isinstance(item, str) for item in value):
        raise SchemaError("enum of other things than strings")
    return value


def add_const_type(schema):
    """Make const tell true from 1, which Python doesn't."""
    name = CONST_TYPES.get(type(schema["const"]))
    if not name or schema.get("type", name) != name:
        raise SchemaError(f"const {schema['const']!r}")
    schema["type"] = name


def branch_type(branch):
    """Return the constant type of a branch of the schema's oneOf."""
    name = branch.get("properties", {}).get("type", {}).get("const")
    if not isinstance(name, str) or "type" not in branch.get("required", ()):
        raise SchemaError("a branch of oneOf doesn't require a constant type")
    return name


def compile_branches(schema):
    """Make a validating function for each type of event."""
    if set(schema) != TOP_KEYS or schema["type"] != "object" or schema["required"] != ["type"]:
        raise SchemaError("not the expected keywords at the top")
    definitions = adapt_value("$defs", schema["$defs"])
    for branch in schema["oneOf"]:
        name = branch_type(branch)
        if name in VALIDATORS:
            raise SchemaError(f"two branches for type {name}")
        whole = {"$schema": DRAFT, "type": "object", "$defs": definitions,
                 "allOf": [adapt(branch)]}
        VALIDATORS[name] = fastjsonschema.compile(whole)


def unique(pairs):
    """Make an object, unless a key is there twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        raise LineError(f"duplicate key {next(key for key in keys if keys.count(key) > 1)!r}")
    return made


def refuse_constant(text):
    """Refuse NaN and the infinities, which JSON doesn't have."""
    raise LineError(f"{text} isn't JSON")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_float=WrittenFloat,
                           parse_constant=refuse_constant)


def parse(line):
    """Return the object on a line."""
    if not line.endswith(b"\n"):
        raise LineError("no newline at the end")
    text = line.decode("utf-8")
    event = DECODER.decode(text)
    if not isinstance(event, dict):
        raise LineError("not an object")
    if "\\ud" in text or "\\uD" in text:
        json.dumps(event, ensure_ascii=False).encode("utf-8")
    return event


def judge(line):
    """Return why a line is bad, or None."""
    try:
        event = parse(line)
        name = event.get("type")
        if not isinstance(name, str) or name not in VALIDATORS:
            return f"type {name!r} isn't one of {', '.join(VALIDATORS)}"
        VALIDATORS[name](event)
    except (ValueError, RecursionError, fastjsonschema.JsonSchemaException) as error:
        return str(error)
    return None


def judge_file(path):
    """Judge each line of a file. Return their count, and (path, number, reason) for each bad one."""
    number, bad = 0, []
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            reason = judge(line)
            if reason:
                bad.append((path, number, reason))
    return number, bad


def judge_all(paths):
    """Judge files, on all processors. Return the same of all of them."""
    with multiprocessing.get_context("fork").Pool() as pool:
        judged = pool.map(judge_file, paths, chunksize=1)
    return sum(count for count, _ in judged), [line for _, bad in judged for line in bad]


def tell(count, bad):
    """Print the verdict and return the exit status."""
    if not bad:
        print(f"{count} lines valid")
        return 0
    for path, number, reason in bad[:SHOWN]:
        print(f"{path}:{number}: {reason[:WIDTH]}")
    print(f"{len(bad)} of {count} lines not valid")
    return 1


def main(argv):
    """Run the command."""
    if len(argv) < 3:
        print("usage: validate.py SCHEMA TRACE...", file=sys.stderr)
        return 2
    try:
        with open(argv[1], encoding="utf-8") as file:
            compile_branches(json.load(file))
        count, bad = judge_all(argv[2:])
    except (OSError, ValueError, SchemaError, fastjsonschema.JsonSchemaException) as error:
        print(f"validate: {error}", file=sys.stderr)
        return 2
    return tell(count, bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
