"""What was decoded, in the words of the vectors."""

from .log import Disposition, Epoch, Fork, Lost, Receipt, Seal, Verdict


def value(v):
    names = {"null": (), "integer": ("number",), "decimal": ("coefficient", "scale"), "text": ("text",),
             "date": ("days",), "time": ("seconds",), "moment": ("milliseconds", "offset"), "items": ("items",),
             "flag": ("flag",), "unknown": ("number", "bytes")}[v[0]]
    plain = [list(part) if isinstance(part, tuple) else part.hex() if isinstance(part, bytes) else part
             for part in v[1:]]
    return {"kind": v[0], **dict(zip(names, plain))}


def dot(d):
    return d and {"replica": d[0].hex(), "sequence": d[1]}


def base(b):
    return b and {"position": b.position, "vector": list(map(dot, b.vector)), "dots": list(map(dot, b.dots))}


def payload(p):
    operations = [{"field": name, "item": item, "value": value(v)} for name, item, v in p.operations]
    return {"reason": p.reason, "quotes": dot(p.quotes), "operations": operations}


def record(r):
    if r[0] == "creates":
        return {"kind": "creates"}
    return {"kind": "keyed", "key": r[1].hex()} if r[0] == "keyed" else {"kind": "created", **dot(r[1])}


def time(t):
    return {"milliseconds": t >> 16, "counter": t & 0xFFFF}


def header(h):
    return {"form": h.form, "version": h.version, "target": record(h.target), "author": h.author,
            "time": time(h.time), "base": base(h.base)}


def position(p):
    return {"epoch": p.epoch, "index": p.index, "hash": p.hash.hex()}


def dependency(d):
    return {"position": position(d.position), "catalogue": d.catalogue,
            "exceptions": [{**dot(head), "hash": end.hex()} for head, end in d.exceptions]}


def segment(s):
    return {"space": s.space, "replica": s.replica.hex(), "previous": s.previous.hex(),
            "dependency": dependency(s.dependency), "first": s.first,
            "changes": [{"header": header(h), "payload": p.hex()} for h, p in s.changes],
            "signature": s.signature.hex()}


def receipt(r):
    return {"replica": r.replica.hex(), "first": r.first, "last": r.last, "time": r.time, "waiting": list(r.waiting)}


def entry(e):
    if isinstance(e, Receipt):
        return {"kind": "receipt", **receipt(e), "end": e.end.hex()}
    if isinstance(e, Verdict):
        return {"kind": "verdict", "dot": dot(e.dot), "accepted": e.accepted, "code": e.code,
                "details": dict(e.details)}
    others = {
        Disposition: lambda: {"kind": "disposition", "dot": dot(e.dot), "outcome": e.outcome, "person": e.person,
                              "reason": e.reason, "time": e.time},
        Seal: lambda: {"kind": "seal", "replica": e.replica.hex(), "sequence": e.sequence, "hash": e.link.hex(),
                       "cause": e.cause, "time": e.time},
        Fork: lambda: {"kind": "fork", "parent": e.parent.hex(), "after": e.after, "link": e.link.hex()},
        Epoch: lambda: {"kind": "epoch", "number": e.number, "time": e.time},
        Lost: lambda: {"kind": "lost", "start": position(e.start), "entries": [entry.hex() for entry in e.entries]},
    }
    return others[type(e)]()


def certificate(c):
    return {"publicKey": c.public_key.hex(), "unit": c.unit, "spaces": list(c.spaces), "issued": c.issued,
            "hub": c.hub.hex(), "signature": c.signature.hex()}


def succession(s):
    return {"certificate": certificate(s.certificate), "publicKey": s.public_key.hex(),
            "steps": [{"publicKey": key.hex(), "signature": signature.hex()} for key, signature in s.steps]}


def floor(f):
    if f is None:
        return None
    names = {"claimed": ("index",), "filling": ("name", "loaded"), "declined": ()}[f[0]]
    plain = [part.hex() if isinstance(part, bytes) else part for part in f[1:]]
    return {"kind": f[0], **dict(zip(names, plain))}


def manifest(m):
    return {"space": m.space, "position": position(m.position), "digest": m.digest.hex(),
            "settledRefusals": m.settled.hex(), "time": m.time, "changes": m.changes,
            "chunks": [chunk.hex() for chunk in m.chunks]}


def head(h):
    return {"publicKey": h.public_key.hex(), "replica": h.replica.hex(), "sequence": h.sequence, "link": h.link.hex(),
            "received": h.received}


def left(c):
    refusal = c.refusal and {"code": c.refusal[0], "details": dict(c.refusal[1])}
    return {**dot(c.dot), "depends": c.depends, "received": c.received, "receivedAt": c.received_at,
            "decision": c.decision, "refusal": refusal, "link": c.link.hex(), "header": header(c.header),
            "payload": c.payload.hex(), "rests": list(c.rests),
            "recordLink": None if c.record_link is None else c.record_link.hex()}


def chunk(c):
    return {"heads": list(map(head, c.heads)), "changes": list(map(left, c.changes))}


def snapshot_part(s):
    if s is None:
        return None
    if s[0] == "manifest":
        return {"kind": "manifest", "space": s[1], "manifest": s[2].hex(), "signature": s[3].hex()}
    return {"kind": "chunk", "space": s[1], "number": s[2], "chunk": s[3].hex()}


def knowledge(k):
    if k[0] == "named":
        return {"kind": "named", "name": k[1].hex()}
    places = [{"epoch": epoch, "index": index, "prefix": prefix.hex(), "floor": floor(f)}
              for epoch, index, prefix, f in k[1]]
    return {"kind": "listed", "places": places}


def request_head(h):
    if h.kind[0] == "first":
        kind = {"kind": "first", "replica": h.kind[1].hex(), "offer": h.kind[2].hex()}
    else:
        kind = {"kind": "session", "session": h.kind[1]}
    return {"kind": kind, "counter": h.counter, "clock": h.clock, "answerLimit": h.answer_limit,
            "knowledge": knowledge(h.knowledge)}


def travelling(t):
    if t.depends[0] == "at":
        depends = {"kind": "at", "index": t.depends[1], "catalogue": t.depends[2]}
    else:
        depends = {"kind": "full", "dependency": dependency(t.depends[1])}
    return {"replica": t.replica.hex(), "depends": depends, "first": t.first, "signature": t.signature.hex(),
            "changes": [{"header": h.encode().hex(), "payload": p.hex()} for h, p in t.changes]}


def part(space, items):
    described = []
    for item in items:
        if item[0] == "entry":
            described.append({"kind": "entry", "entry": item[1].hex()})
        else:
            brought = {"segment": travelling(item[2])} if item[0] == "brought" else {}
            described.append({"kind": item[0], **receipt(item[1]), **brought})
    return {"space": space, "items": described}


def frame(f):
    return {"last": f.last, "more": f.more, "certificates": [c.hex() for c in f.certificates],
            "snapshot": snapshot_part(f.snapshot), "parts": [part(*p) for p in f.parts], "signature": f.signature.hex(),
            "notes": [{"space": space, "refusal": refusal, "digest": digest.hex()}
                      for space, refusal, digest in f.notes],
            "lines": [{"space": space, "places": [{"index": index, "prefix": prefix.hex()} for index, prefix in places]}
                      for space, places in f.lines]}
