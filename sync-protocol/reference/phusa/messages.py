"""exchange.md: refusals, enrolment, and what requests and answers begin with."""

from dataclasses import dataclass

from .basics import Reader, block, listed, require, sha256, signed, text, varint
from .keys import is_equal, is_signed, replica_id
from .log import CODE_BYTES, Certificate, decode_certificate, encode_details, read_details

(FIRST_REQUEST, SESSION_REQUEST, ENROL_REQUEST, ENROL_ANSWER, REFUSAL, FIRST_ANSWER, SESSION_ANSWER, SUCCESSION,
 SUCCESSION_ANSWER) = range(1, 10)
VERSION = 1
HEAD_BYTES = 16 * 1024


def expect(kind, data):
    """A reader of a message that is whole in itself, behind its kind and version."""
    reader = Reader(data)
    require(reader.left > 0 and reader.byte() == kind, "wire.not-a-message")
    require(reader.left > 0 and reader.byte() == VERSION, "wire.version-unknown")
    return reader


# Refusal -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refusal:
    code: str
    details: tuple
    retryable: bool

    def encode(self):
        return (bytes([REFUSAL, VERSION]) + text(self.code) + encode_details(self.details)
                + bytes([self.retryable]))


def decode_refusal(data):
    reader = expect(REFUSAL, data)
    refusal = Refusal(reader.text(CODE_BYTES), read_details(reader), reader.flag())
    reader.finish()
    return refusal


# Enrolment ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EnrolRequest:
    code_name: str
    public_key: bytes
    unit: str
    forms: tuple = ()  # of (form, version, digest), ascending

    def encode(self, code):
        forms = [text(form) + varint(version) + digest for form, version, digest in self.forms]
        body = bytes([ENROL_REQUEST, VERSION]) + text(self.code_name) + self.public_key + text(self.unit)
        body += listed(forms)
        return body + code.proof("phusa enrol request 1", body)


def decode_enrol_request(data, code):
    reader = expect(ENROL_REQUEST, data)
    name, public_key, unit = reader.text(8), reader.raw(32), reader.text(64)
    forms, last = [], None
    for _ in range(reader.count(1000)):
        form, version = reader.text(64), reader.ordinal()
        require(last is None or last < (form.encode(), version), "bytes.not-canonical")
        last = (form.encode(), version)
        forms.append((form, version, reader.hash()))
    proof = reader.raw(32)
    reader.finish()
    require(is_equal(proof, code.proof("phusa enrol request 1", data[:-32])), "enrol.code-unknown")
    return EnrolRequest(name, public_key, unit, tuple(forms))


def encode_enrol_answer(hub_key, certificate, code, request):
    body = bytes([ENROL_ANSWER, VERSION]) + hub_key + block(certificate)
    return body + code.proof("phusa enrol answer 1", request + body)


def decode_enrol_answer(data, code, request):
    """The hub's key and the device's certificate, from a sender that knows the code."""
    reader = expect(ENROL_ANSWER, data)
    proof = code.proof("phusa enrol answer 1", request + data[:-32])
    require(len(data) > 32 and is_equal(data[-32:], proof), "wire.signature-wrong")
    hub_key, certificate = reader.raw(32), reader.block(32 * 1024)
    reader.raw(32)
    reader.finish()
    return hub_key, certificate


# Succession --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Succession:
    certificate: Certificate
    steps: tuple  # of (public key, signature)

    @property
    def public_key(self):
        """The key at the end of the steps."""
        return self.steps[-1][0] if self.steps else self.certificate.public_key


def succession_step(old, new):
    return new.public_key, old.sign("phusa succession 1", old.replica + new.public_key)


def encode_succession(certificate, steps, identity):
    body = bytes([SUCCESSION, VERSION]) + block(certificate) + listed([key + signature for key, signature in steps])
    return body + identity.sign("phusa succeed 1", body)


def decode_succession(data, hub_key):
    reader = expect(SUCCESSION, data)
    certified = reader.block(32 * 1024)
    steps = tuple((reader.raw(32), reader.raw(64)) for _ in range(reader.count(256)))
    signature = reader.raw(64)
    reader.finish()
    succession = Succession(decode_certificate(certified, hub_key), steps)
    key = succession.certificate.public_key
    for following, step in steps:
        holds = is_signed(key, "phusa succession 1", replica_id(key) + following, step)
        require(holds, "wire.signature-wrong")
        key = following
    require(is_signed(key, "phusa succeed 1", data[:-64], signature), "wire.signature-wrong")
    return succession


def decode_succession_answer(data, hub_key):
    reader = expect(SUCCESSION_ANSWER, data)
    certified = reader.block(32 * 1024)
    reader.finish()
    return decode_certificate(certified, hub_key)


# Knowledge ---------------------------------------------------------------------------------------------------------


def knowledge_name(spaces):
    """Names where a device stands: of (space, position, index of the floor) in the order of its certificate."""
    return sha256("phusa knowledge 1", *[text(space) + position.encode() + varint(floor)
                                         for space, position, floor in spaces])[:8]


def encode_knowledge(knowledge):
    kind, held = knowledge
    if kind == "named":
        return b"\0" + held
    have_floors = any(floor for _, _, _, floor in held)
    places = [varint(epoch) + varint(index) + (prefix if index else b"") + (encode_floor(floor) if have_floors else b"")
              for epoch, index, prefix, floor in held]
    return (b"\2" if have_floors else b"\1") + listed(places)


def encode_floor(floor):
    if floor is None:
        return b"\0"
    return {"claimed": lambda: b"\1" + varint(floor[1]), "filling": lambda: b"\2" + floor[1] + varint(floor[2]),
            "declined": lambda: b"\3"}[floor[0]]()


def read_floor(reader, index):
    """None, ("claimed", index), ("filling", the snapshot's name, chunks loaded) or ("declined",)."""
    kind = reader.byte()
    require(kind <= 3, "bytes.unknown-kind")
    if kind == 1:
        floor = reader.ordinal()
        require(1 <= floor <= index, "bytes.inconsistent")
        return ("claimed", floor)
    if kind == 2:
        require(index > 0, "bytes.inconsistent")
        return ("filling", reader.raw(8), reader.ordinal())
    require(kind == 0 or index == 0, "bytes.inconsistent")
    return ("declined",) if kind == 3 else None


def read_knowledge(reader):
    kind = reader.byte()
    require(kind <= 2, "bytes.unknown-kind")
    if kind == 0:
        return ("named", reader.raw(8))
    places = []
    for _ in range(reader.count(512)):
        epoch, index = reader.ordinal(), reader.ordinal()
        require(index > 0 or epoch == 0, "bytes.inconsistent")
        prefix = reader.raw(8) if index else bytes(8)
        places.append((epoch, index, prefix, read_floor(reader, index) if kind == 2 else None))
    require(kind == 1 or any(floor for _, _, _, floor in places), "bytes.not-canonical")
    return ("listed", tuple(places))


# Heads -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestHead:
    kind: tuple  # ("first", replica, offer) or ("session", number)
    counter: int
    clock: int
    answer_limit: int
    knowledge: tuple

    def unproven(self):
        if self.kind[0] == "first":
            begins = bytes([VERSION, VERSION]) + self.kind[1] + self.kind[2]
        else:
            begins = self.kind[1].to_bytes(4, "big")
        return (begins + varint(self.counter) + signed(self.clock) + varint(self.answer_limit)
                + encode_knowledge(self.knowledge))

    def encode_signed(self, identity, hub):
        unproven = self.unproven()
        proof = identity.sign("phusa request 1", hub + unproven)
        return bytes([FIRST_REQUEST]) + block(unproven + proof)

    def encode_proven(self, keys):
        unproven = self.unproven()
        return bytes([SESSION_REQUEST]) + block(unproven + keys.request_proof(unproven))


def request_name(head):
    return sha256("phusa request name 1", head)


def decode_request_head(data, public_key, hub, keys):
    """A head whose proof holds: by the device's key for this hub, or by the session's keys."""
    kind = data[0] if data else 0
    require(kind in (FIRST_REQUEST, SESSION_REQUEST), "wire.not-a-message")
    reader = Reader(data[1:])
    body = reader.block(HEAD_BYTES)
    reader.finish()
    size = 64 if kind == FIRST_REQUEST else 16
    require(len(body) > size, "bytes.truncated")
    unproven, proof = body[:-size], body[-size:]
    reader = Reader(unproven)
    if kind == FIRST_REQUEST:
        versions = unproven[:2]
        require(len(versions) == 2 and versions[0] <= VERSION <= versions[1], "wire.version-unknown")
        reader.raw(2)
        begins = ("first", reader.replica(), reader.raw(32))
    else:
        begins = ("session", int.from_bytes(reader.raw(4), "big"))
    counter, clock = reader.ordinal(), reader.signed()
    require(abs(clock) < 1 << 40, "bytes.too-large")
    head = RequestHead(begins, counter, clock, reader.varint(), read_knowledge(reader))
    reader.finish()
    if kind == FIRST_REQUEST:
        holds = is_signed(public_key, "phusa request 1", hub + unproven, proof)
    else:
        holds = is_equal(proof, keys.request_proof(unproven))
    require(holds, "request.forged")
    return head


@dataclass(frozen=True)
class AnswerHead:
    session: int
    offer: bytes
    epoch: int
    time: int


def decode_answer_head(body, request, hub_key):
    """The signed head of a first answer, without its kind and length."""
    require(len(body) > 64, "bytes.truncated")
    unsigned = body[:-64]
    require(is_signed(hub_key, "phusa answer 1", request + unsigned, body[-64:]), "wire.answer-foreign")
    require(unsigned[0] == VERSION, "wire.version-unknown")
    reader = Reader(unsigned[1:])
    head = AnswerHead(int.from_bytes(reader.raw(4), "big"), reader.raw(32), reader.ordinal(), reader.signed())
    reader.finish()
    return head
