"""rights.md, "Forms": just enough of them to write a record that a hub accepts."""

import json

from . import merge, values
from .changes import Payload, natural_key

SAMPLE = "bản cài đặt thứ hai"


def catalogue_forms(space):
    """The definitions in the catalogue, by (form, version)."""
    found = {}
    for (_, name, _), versions in merge.standing(space.changes.values()).items():
        if name == "definition":
            for change, value in versions:
                if change.form == "@form" and value[0] == "text":
                    definition = json.loads(value[1])
                    found[definition["form"], definition["version"]] = definition
    return found


def sample_value(field):
    kind = field["type"]
    if kind == "text" and "masks" in field:
        return ("text", field["masks"][0].replace("9", "2"))
    if kind == "text":
        return ("text", SAMPLE[:field.get("max_length", 100)])
    if kind == "integer":
        return ("integer", int(field.get("min", field.get("max", 1))))
    if kind == "decimal":
        whole, _, part = field.get("min", field.get("max", "1.5")).partition(".")
        return values.decimal(int(whole + part), len(part))
    if kind == "select_one":
        return ("text", field["choices"][0]["name"])
    return {"date": ("date", 20_000), "time": ("time", 30_000), "dateTime": ("moment", 1_790_000_000_000, 420)}[kind]


def sample_record(definition):
    """A record of the form with every required and key field: its target and payload."""
    operations, keys = [], {}
    fields = definition["fields"]
    wanted = [field for field in fields if field["required"] or field["key"]] or fields[:1]
    for field in wanted:
        if field["type"] == "select_multiple":
            operations.append((field["name"], field["choices"][0]["name"], ("flag", True)))
            continue
        value = sample_value(field)
        operations.append((field["name"], None, value))
        if field["key"]:
            keys[field["name"]] = value
    operations.sort(key=lambda operation: (operation[0].encode(), (operation[1] or "").encode()))
    target = ("keyed", natural_key(definition["form"], keys)) if keys else ("creates",)
    return target, Payload(tuple(operations)).encode()
