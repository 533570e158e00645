"""How each kind of vector is run: decoded, checked, encoded again, and compared with what the file says."""

from . import (attachments, changes, columns, describe, devices, epochs, floors, forks, keys, log, merge, messages, snapshots, testimony,
               values, writing)
from .answers import read_frame
from .basics import Reader, Refused, require
from .batches import Context, Room, read_part, read_upload
from .replica import Device, Space


def unhex(text):
    return bytes.fromhex(text)


def read_dot(d):
    return d and (unhex(d["replica"]), d["sequence"])


def read_record(r):
    return ("keyed", unhex(r["key"])) if r["kind"] == "keyed" else ("created", read_dot(r))


def read_value(v):
    """The value that a description describes."""
    v = {**v, "bytes": unhex(v.get("bytes", "")), "items": tuple(v.get("items", ()))}
    names = {"null": (), "integer": ("number",), "decimal": ("coefficient", "scale"), "text": ("text",),
             "date": ("days",), "time": ("seconds",), "moment": ("milliseconds", "offset"), "items": ("items",),
             "flag": ("flag",), "unknown": ("number", "bytes")}[v["kind"]]
    return (v["kind"], *[v[name] for name in names])


# Canonical encodings: each gives the description and the encoding again ----------------------------------------------


def value(data, _):
    v = values.decode(data)
    return describe.value(v), values.encode(v)


def payload(data, _):
    p = changes.decode_payload(data)
    return describe.payload(p), p.encode()


def base(data, _):
    reader = Reader(data)
    b = changes.read_base(reader)
    reader.finish()
    return describe.base(b), b.encode()


def header(data, _):
    h = changes.decode_header(data)
    return describe.header(h), h.encode()


def receipts(context):
    return {read_dot(r): r["index"] for r in context["receipts"]}


def segment(data, context):
    s = changes.decode_segment(data)
    known = receipts(context)
    require("before" not in context or s.dependency.encode().hex() == context["before"], "wire.signature-wrong")
    links = s.verify(unhex(context["publicKey"]),
                     lambda d: d in known and known[d] <= s.dependency.position.index)
    return {"segment": describe.segment(s), "links": [link.hex() for link in links]}, s.encode()


def entry(data, _):
    e = log.decode_entry(data)
    return describe.entry(e), e.encode()


def certificate(data, context):
    c = log.decode_certificate(data, unhex(context["hubKey"]))
    return {**describe.certificate(c), "replica": c.replica.hex()}, c.encode()


def refusal(data, _):
    r = messages.decode_refusal(data)
    return {"code": r.code, "details": dict(r.details), "retryable": r.retryable}, r.encode()


def enrol_request(data, context):
    code = keys.Code(context["code"])
    r = messages.decode_enrol_request(data, code)
    forms = [{"form": form, "version": version, "digest": digest.hex()} for form, version, digest in r.forms]
    described = {"codeName": r.code_name, "publicKey": r.public_key.hex(), "unit": r.unit, "forms": forms}
    return described, r.encode(code)


def enrol_answer(data, context):
    code, request = keys.Code(context["code"]), unhex(context["request"])
    hub_key, certified = messages.decode_enrol_answer(data, code, request)
    described = {"hubKey": hub_key.hex(), "certificate": certified.hex()}
    return described, messages.encode_enrol_answer(hub_key, certified, code, request)


def succession(data, context):
    s = messages.decode_succession(data, unhex(context["hubKey"]))
    return describe.succession(s), data


def told(data, context):
    signed, key = testimony.decode_testimony(data), unhex(context["hubKey"])
    places = [sorted(testimony.places(ends, key).items()) for ends in signed]
    described = [[{"space": space, "position": describe.position(at)} for space, at in ends] for ends in places]
    return {"told": described}, testimony.encode_testimony(signed)


def two_histories(data, context):
    proof = testimony.decode_proof(data)
    space, _, _, line, entries = proof
    place = testimony.proven(proof, unhex(context["hubKey"]))
    return {"space": space, "place": describe.position(place), "hash": line.hex(),
            "entries": [entry.hex() for entry in entries]}, testimony.encode_proof(*proof)


def succession_answer(data, context):
    c = messages.decode_succession_answer(data, unhex(context["hubKey"]))
    return {"certificate": describe.certificate(c)}, data


def item(found):
    return {"hash": found[0].hex(), "bytes": found[1]}


def proof(context):
    return unhex(context["publicKey"]), unhex(context["hub"])


def attachment_word(data, _):
    word = attachments.decode_word(data)
    return {**item(word), "kind": word[2]}, attachments.encode_word(word)


def attachment_query(data, context):
    replica, items = attachments.decode_query(data, *proof(context))
    return {"replica": replica.hex(), "items": list(map(item, items))}, None


def attachment_answer(data, context):
    standings = attachments.decode_answer(data, context["count"])
    described = [{"kind": s} if isinstance(s, str) else {"kind": "chunks", "count": s} for s in standings]
    return {"standings": described}, attachments.encode_answer(standings)


def attachment_put(data, context):
    replica, listed, first, chunks = attachments.decode_put(data, *proof(context))
    return {"replica": replica.hex(), "item": item(listed), "first": first, "chunks": [c.hex() for c in chunks]}, None


def attachment_get(data, context):
    replica, name, first = attachments.decode_get(data, *proof(context))
    return {"replica": replica.hex(), "hash": name.hex(), "first": first}, None


def device_report(data, context):
    names = ("replica", "counter", "version", "waiting", "photos", "free", "epoch")
    told = dict(zip(names, devices.decode_report(data, *proof(context))))
    return {**told, "replica": told["replica"].hex()}, None


def password_change(data, _):
    wish = attachments.decode_password(data)
    return dict(zip(("person", "old", "new"), wish)), attachments.encode_password(*wish)


def request_head(data, context):
    session = keys.SessionKeys(unhex(context["keys"]))
    head = messages.decode_request_head(data, unhex(context["publicKey"]), unhex(context["hub"]), session)
    again = data if head.kind[0] == "first" else head.encode_proven(session)
    return {"head": describe.request_head(head), "name": messages.request_name(data).hex()}, again


def answer_head(data, context):
    require(data and data[0] == messages.FIRST_ANSWER, "wire.not-a-message")
    reader = Reader(data[1:])
    body = reader.block(messages.HEAD_BYTES)
    reader.finish()
    request = unhex(context["request"])
    head = messages.decode_answer_head(body, request, unhex(context["hubKey"]))
    session = keys.agree(unhex(context["offerSecret"]), head.offer, request)
    return {"session": head.session, "offer": head.offer.hex(), "epoch": head.epoch, "time": head.time,
            "keys": session.keys.hex()}, data


# Columns -------------------------------------------------------------------------------------------------------------


def column(read):
    def run(data, context):
        reader = columns.Columns(data)
        found = read(reader, context)
        reader.finish()
        return found, None

    return run


uints = column(lambda reader, context: reader.uints(context["count"]))
deltas = column(lambda reader, context: reader.deltas(context["count"], context["start"]))
numbers = column(lambda reader, context: [
    {"coefficient": coefficient, "scale": scale} for coefficient, scale in reader.numbers(context["count"])])
strings = column(lambda reader, context: [
    data.hex() for data in reader.strings(context["count"], context["limit"])])


def frame(data, context):
    reader = Reader(data)
    body = reader.block(columns.PACKED_BYTES)
    reader.finish()
    known = {columns.dictionary_name(unhex(d)): unhex(d) for d in context["dictionaries"]}
    found, tail = columns.frame_contents(body, known)
    return {"columns": found.hex(), "tail": tail.hex()}, None


class Known(Space):
    """A space that holds what the exceptions of its vector name."""

    def exception_name(self, replica, sequence, link, told):
        return replica


class Holder:
    """What the context of a batch says that its reader holds: one space."""

    def __init__(self, context, forbidden):
        self.context, self.forbidden = context, forbidden
        self.place = context["spaces"][0]
        self.space = Known(self.place["space"], self.place["epoch"])
        self.space.log = [(None, unhex(end)) for end in self.place["log"]]
        self.known = receipts(self.place)
        self.records = {read_dot(r): read_record(r["record"]) for r in self.place["records"]}
        self.keys = {keys.replica_id(unhex(key)): unhex(key) for key in context["publicKeys"]}
        # Changes that are held without their segments.
        for change, index in self.known.items():
            held = merge.Change(change, self.records.get(change), changes.Base(), 0, b"", received=index)
            self.space.changes[change] = held

    def empty(self):
        """The same space for a device that holds nothing of it."""
        return Space(self.space.name)

    def context_of(self, number):
        require(number == self.place["number"], self.forbidden)
        first = {index: change[0] for change, index in self.known.items()}
        return Context(unhex(self.context["device"]), unhex(self.context["hub"]), self.context["clock"],
                       self.place["known"], first.get, self.records.get)

    def take(self, travelling):
        """Takes in what the device itself sends."""
        require(travelling.replica in self.keys, "wire.signature-wrong")
        return self.space.take(travelling, self.keys[travelling.replica])[0]

    def take_items(self, items):
        """The canonical segments that items bring."""
        taken = []
        device = Device(keys.Identity(bytes(32)))
        device.keys_of, device.spaces = self.keys, [self.space]
        for item in items:
            device.take_item(0, item)
            if item[0] == "brought":
                taken.append(self.rebuilt(item[2]).encode().hex())
        return taken

    def rebuilt(self, travelling):
        previous = self.space.link_at(travelling.replica, travelling.first - 1)
        return travelling.segment(self.space.name, previous, self.space.position_at)


def upload(data, context, tail):
    holder, reader = Holder(context, "space.forbidden"), columns.Columns(data, tail)
    space, segments = read_upload(reader, holder.context_of, Room())
    reader.finish()
    taken = [holder.take(travelling) for travelling in segments]
    canonical = [segment.encode().hex() for segment in taken]
    if rewritten(space, taken, context) != canonical:
        raise ValueError("written again it is something else")
    return {"space": space, "segments": list(map(describe.travelling, segments)), "canonical": canonical}, None


def rewritten(number, segments, context):
    """The canonical segments of an upload that this implementation writes of them."""
    holder = Holder(context, "space.forbidden")
    place = holder.context_of(number)
    written = writing.write_upload(number, segments, place.known, place.device, place.hub, place.clock)
    reader = columns.Columns(*written)
    _, again = read_upload(reader, holder.context_of, Room())
    reader.finish()
    return [holder.take(travelling).encode().hex() for travelling in again]


def request_frame(data, context, tail):
    holder, reader = Holder(context, "space.forbidden"), columns.Columns(data, tail)
    room, hub_key = Room(), unhex(context["hubKey"])
    uploads = [read_upload(reader, holder.context_of, room) for _ in range(reader.number(512))]
    certificates, evidence = epochs.read_given_back(reader)
    reader.finish()
    for certified in certificates:
        log.decode_certificate(certified, hub_key)
    described = []
    for number, piece in evidence:
        holder.context_of(number)
        end = piece.proven_end(holder.space.name, hub_key)
        described.append({"space": number, "part": describe.entry(piece.part), "end": describe.position(end)})
    taken = [holder.take(travelling) for _, segments in uploads for travelling in segments]
    return {"segments": [segment.encode().hex() for segment in taken],
            "certificates": [certified.hex() for certified in certificates], "evidence": described}, None


def log_part(data, context, tail):
    holder, reader = Holder(context, "wire.answer-incomplete"), columns.Columns(data, tail)
    space, items = read_part(reader, holder.context_of, Room())
    reader.finish()
    canonical = holder.take_items(items)
    end = describe.position(holder.space.position)
    return {"part": describe.part(space, items), "canonical": canonical, "end": end}, None


def snapshot_manifest(data, _):
    m = snapshots.decode_manifest(data)
    return {"manifest": describe.manifest(m), "name": m.name.hex()}, m.encode()


def snapshot_chunk(data, context):
    named = {h["received"]: unhex(h["replica"]) for h in context["heads"]}
    chunk = snapshots.read_chunk(data, unhex(context["hub"]), context["position"], context["time"], named.get)
    return describe.chunk(chunk), None


def answer_frame(data, context):
    holder, hub_key = Holder(context, "wire.answer-incomplete"), unhex(context["hubKey"])
    came = columns.take_block(data, 0, columns.PACKED_BYTES, 16)
    require(came, "wire.answer-cut")
    whole, body, proof, end = came
    session = keys.SessionKeys(unhex(context["keys"]))
    genuine = session.frame_proof(whole, 0, unhex(context["request"]))
    require(keys.is_equal(proof, genuine), "wire.answer-foreign")
    require(end == len(data), "bytes.trailing")
    found = read_frame(columns.frame_contents(body, {}), holder.context_of)
    if found.snapshot and found.snapshot[0] == "manifest":
        floors.begin(holder.empty(), found.snapshot[2], found.snapshot[3], hub_key)
    for certified in found.certificates:
        log.decode_certificate(certified, hub_key)
    for _, items in found.parts:
        holder.take_items(items)
    ends = [holder.space.position for _ in found.parts]
    if ends:
        signed = log.checkpoint_bytes([(holder.space.name, end) for end in ends])
        require(keys.is_signed(hub_key, "phusa checkpoint 1", signed, found.signature), "wire.chain-broken")
    return {"frame": describe.frame(found), "ends": list(map(describe.position, ends))}, None


ENCODINGS = {
    "value": value, "payload": payload, "base": base, "header": header, "segment": segment, "entry": entry,
    "certificate": certificate, "refusal": refusal, "enrol-request": enrol_request, "enrol-answer": enrol_answer,
    "request-head": request_head, "answer-head": answer_head, "uints": uints, "deltas": deltas, "numbers": numbers,
    "strings": strings, "frame": frame, "upload": upload, "log-part": log_part, "answer-frame": answer_frame,
    "request-frame": request_frame, "succession": succession, "succession-answer": succession_answer,
    "testimony": told, "two-histories": two_histories,
    "attachment-word": attachment_word, "attachment-query": attachment_query, "attachment-answer": attachment_answer,
    "attachment-put": attachment_put, "attachment-get": attachment_get, "password-change": password_change,
    "device-report": device_report,
    "snapshot-manifest": snapshot_manifest, "snapshot-chunk": snapshot_chunk,
}


def decode(vector, data, tail):
    """The description of the bytes, and their encoding again."""
    arguments = [data, vector.get("context")] + ([tail] if "tail" in vector else [])
    return ENCODINGS[vector["encoding"]](*arguments)


def run_encoding(vector):
    """What is wrong with how the bytes came out; None when nothing is."""
    data = unhex(vector["bytes"])
    try:
        described, again = decode(vector, data, unhex(vector.get("tail", "")))
    except Refused as refused:
        return None if vector.get("code") == refused.code else f"refused: {refused.code}"
    if "code" in vector:
        return f"taken, not refused with {vector['code']}"
    if described != vector["decoded"]:
        return f"decoded as {described}"
    return None if again is None or again == data else f"encoded again as {again.hex()}"


# Damage --------------------------------------------------------------------------------------------------------------


def damaged(data, damage):
    at, how = damage["at"], damage["how"]
    if how == "dropped":
        return data[:at] + data[at + 1:]
    changed = data[at:at + 1] * 2 if how == "doubled" else bytes([data[at] ^ how])
    return data[:at] + changed + data[at + 1:]


def run_damage(vector, genuine):
    """Damages the bytes of another vector, and compares with what became of them elsewhere."""
    for damage in vector["damages"]:
        parts = {"bytes": unhex(genuine["bytes"]), "tail": unhex(genuine.get("tail", ""))}
        parts[damage["part"]] = damaged(parts[damage["part"]], damage)
        try:
            decode(genuine, parts["bytes"], parts["tail"])
            code = None
        except Refused as refused:
            code = refused.code
        if code != damage["code"]:
            return f"{damage}: {code}"
    return None


# Hashes, proofs and words ----------------------------------------------------------------------------------------------


def element(e):
    if "refused" in e:
        return merge.refusal_element(read_dot(e["refused"]), unhex(e["commitment"]))
    return merge.version_element(
        read_record(e["record"]), e["field"], e["item"], read_dot(e["dot"]), unhex(e["commitment"]))


def known_spaces(spaces):
    return [(s["space"], read_place(s["position"]), s["floor"]) for s in spaces]


def read_place(p):
    return changes.Position(p["epoch"], p["index"], unhex(p["hash"]))


def link_word(i):
    return keys.record_word(i["space"], read_record(i["record"]), unhex(i["link"] or ""))


DERIVED = {
    "branch-name": lambda i: forks.branch_name(unhex(i["signer"]), unhex(i["link"])).hex(),
    "replica-id": lambda i: keys.replica_id(unhex(i["publicKey"])).hex(),
    "commitment": lambda i: changes.commitment(unhex(i["payload"])).hex(),
    "chain-origin": lambda i: changes.origin(i["space"], unhex(i["replica"])).hex(),
    "log-link": lambda i: log.log_link(unhex(i["previous"]), i["index"], unhex(i["entry"])).hex(),
    "natural-key": lambda i: changes.natural_key(
        i["form"], {v["name"]: values.decode(unhex(v["value"])) for v in i["values"]}).hex(),
    "knowledge-name": lambda i: messages.knowledge_name(known_spaces(i["spaces"])).hex(),
    "chunk-hash": lambda i: snapshots.chunk_hash(unhex(i["bytes"])).hex(),
    "snapshot-name": lambda i: snapshots.decode_manifest(unhex(i["manifest"])).name.hex(),
    "dictionary-name": lambda i: columns.dictionary_name(unhex(i["bytes"])).hex(),
    "frame-proof": lambda i: keys.SessionKeys(unhex(i["keys"])).frame_proof(
        unhex(i["frame"]), i["number"], unhex(i["request"])).hex(),
    "replica-word": lambda i: keys.word(unhex(i["replica"])),
    "change-word": lambda i: keys.change_word(read_dot(i), unhex(i["link"])),
    "record-word-created": link_word,
    "record-word-keyed": link_word,
    "code-text": lambda i: keys.Code(i["typed"]).text,
    "state-digest": lambda i: merge.total(map(element, i["elements"])).hex(),
}


def run_derived(vector):
    found = DERIVED[vector["derived"]](vector["input"])
    return None if found == vector["output"] else f"came out as {found}"
