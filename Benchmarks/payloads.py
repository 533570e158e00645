"""The workload as others would send it: payloads only, without a signature, and but for JSON without causality."""

import uuid
import zlib

from workload import lines

VALUE_FIELDS = ["indicator", "unit", "period", "value", "note", "status", "author"]
EDIT_FIELDS = ["value", "status", "note", "author"]
INSPECTION_FIELDS = ["site", "inspector"]
FINDING_FIELDS = ["text", "severity", "lat", "lon", "due"]


def deflate(data, level):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def column(values):
    """A text a line, or, of a few distinct ones, each once and a byte for each use; whichever deflates better."""
    texts = [str(value) for value in values]
    plain = "\n".join(texts).encode()
    distinct = list(dict.fromkeys(texts))
    if len(distinct) > 256:
        return plain
    known = {text: number for number, text in enumerate(distinct)}
    coded = "\n".join(distinct).encode() + b"\0" + bytes(known[text] for text in texts)
    return min(plain, coded, key=lambda data: len(deflate(data, 9)))


def bare(rows, names, level=9):
    """The values alone."""
    return len(deflate(b"\0".join(column(row[name] for row in rows if name in row) for name in names), level))


def naive(rows, names):
    """Ids, times, who is absent, and the values, in columns, deflate 6."""
    parts = []
    if "id" in rows[0]:
        ids = [uuid.UUID(row["id"]).bytes for row in rows]
        parts += [bytes(each[place] for each in ids) for place in range(16)]
    if "ts" in rows[0]:
        times = [row["ts"] for row in rows]
        parts.append(column(after - before for before, after in zip([times[0]] + times, times)))
    if "replica" in rows[0]:
        parts.append(bytes(row["replica"] for row in rows))
    for name in names:
        if not all(name in row for row in rows):
            parts.append(bytes(name in row for row in rows))
        parts.append(column(row[name] for row in rows if name in row))
    return len(deflate(b"".join(parts), 6))


def flat(edits):
    return [{"id": edit["id"], "ts": edit["ts"], "replica": edit["replica"], **edit["set"]} for edit in edits]


def sizes(workload, times):
    """For each part, its bytes as bare values, as naive columns, and as JSON lines with gzip's deflate."""
    edits, small = flat(workload.edits), flat(workload.small)
    findings = [finding for inspection in workload.inspections for finding in inspection["findings"]]
    by_replica = [[edit for edit in edits if edit["replica"] == number] for number in range(1, 21)]
    again = workload.values * times
    result = {
        "W1": {"bare": bare(workload.values, VALUE_FIELDS), "naive": naive(workload.values, VALUE_FIELDS)},
        "W2": {"bare": sum(bare(rows, EDIT_FIELDS) for rows in by_replica), "naive": naive(edits, EDIT_FIELDS)},
        "W3": {"bare": bare(workload.inspections, INSPECTION_FIELDS) + bare(findings, FINDING_FIELDS),
               "naive": naive(workload.inspections, INSPECTION_FIELDS) + naive(findings, FINDING_FIELDS)},
        "W4": {"bare": bare(small, EDIT_FIELDS), "naive": naive(small, EDIT_FIELDS)},
        "first sync": {"bare": bare(again, VALUE_FIELDS), "naive": naive(again, VALUE_FIELDS)},
    }
    for name, rows in {**workload.parts, "first sync": again}.items():
        result[name]["json"] = len(deflate(lines(rows), 6)) + 18
    return result
