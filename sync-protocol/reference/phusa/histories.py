"""How vectors of merging, policies and whole exchanges are run."""

import copy

from . import describe, keys, merge
from .basics import Refused
from .changes import Base
from .columns import PACKED_BYTES, frame_contents, take_block
from .epochs import untold, untold_roots
from .messages import (FIRST_REQUEST, HEAD_BYTES, decode_enrol_answer, decode_enrol_request, decode_request_head,
                       decode_succession, decode_succession_answer, encode_succession, knowledge_name, succession_step)
from .replica import Device, known_spaces
from .vectors import read_dot, read_record, read_value, unhex


def read_time(t):
    return t["milliseconds"] << 16 | t["counter"]


# Merging -----------------------------------------------------------------------------------------------------------


def read_change(event):
    base = event["base"]
    seen = Base(base["position"], tuple(map(read_dot, base["vector"])), tuple(map(read_dot, base["dots"])))
    return merge.Change(read_dot(event["dot"]), read_record(event["record"]), seen, read_time(event["time"]),
                        unhex(event["payload"]))


def learn(event, changes, index):
    """Adds what an event tells to the set of changes; gives the index of the hub's log after it."""
    if event["kind"] == "change":
        change = read_change(event)
        changes[change.dot] = change
        return index
    if event["kind"] == "receipt":
        for sequence in range(event["first"], event["last"] + 1):
            change = changes[(unhex(event["replica"]), sequence)]
            change.received, change.received_at = index + 1, event["time"]
            if sequence not in event["waiting"]:
                change.decision = merge.ACCEPTED
    else:
        change = changes[read_dot(event["dot"])]
        change.decision = merge.ACCEPTED if event["accepted"] else merge.REFUSED
    return index + 1


def run_merge(vector):
    fields = {f["name"]: (f["policy"], f["order"]) for f in vector["fields"]}
    for order in vector["orders"]:
        changes, index = {}, 0
        for number, digest in zip(order["order"], order["digests"]):
            index = learn(vector["events"][number], changes, index)
            if merge.digest(changes.values()).hex() != digest:
                return f"another digest after event {number}"
        wrong = compare(vector, merge.standing(changes.values()), fields)
        if wrong or merge.digest(changes.values()).hex() != vector["digest"]:
            return wrong or "another digest"
    return None


def compare(vector, state, fields):
    standing = [(describe.record(record), name, item, describe.dot(change.dot))
                for (record, name, item), versions in state.items() for change, _ in versions]
    expected = [(s["record"], s["field"], s["item"], s["dot"]) for s in vector["standing"]]
    if sorted(map(repr, standing)) != sorted(map(repr, expected)):
        return "other versions stand"
    for shown in vector["shown"]:
        deleted, values, contested = merge.shown(read_record(shown["record"]), state, fields)
        found = {"record": shown["record"], "deleted": deleted, "contested": contested,
                 "fields": {name: describe.value(value) for name, value in values.items()}}
        if found != shown:
            return f"shows {found}"
    return None


def run_policy(vector):
    versions = [(read_dot(v["dot"]), read_time(v["time"]), read_value(v["value"])) for v in vector["versions"]]
    value, contested = merge.outcome(vector["policy"], versions, vector["order"])
    if describe.value(value) != vector["shows"] or contested != vector["contested"]:
        return f"shows {value}, contested: {contested}"
    return None


# Exchanges ---------------------------------------------------------------------------------------------------------


class Exchanged(Exception):
    """A step of a transcript did not come out as it says."""


def same(found, expected, what):
    if found != expected:
        raise Exchanged(f"{what}: {found}, not {expected}")


def run_transcript(vector):
    devices = {d["name"]: Device(keys.Identity(unhex(d["secret"]))) for d in vector["devices"]}
    images, hub_key = {}, unhex(vector["hub"]["publicKey"])
    for number, step in enumerate(vector["steps"]):
        name = step["device"]
        try:
            if step["step"] == "copy":
                images[step["image"]] = copy.deepcopy(devices[name])
            elif step["step"] == "restore":
                devices[name] = copy.deepcopy(images[step["image"]])
            else:
                run = {"enrol": enrol, "sync": exchange, "succeed": succeed}[step["step"]]
                run(devices[name], step, unhex(step["request"]), unhex(step["answer"]), hub_key)
        except (Exchanged, Refused) as problem:
            return f"step {number}: {problem}"
    ends = {end["space"]: end for end in vector["hubSpaces"]}
    for name, device in devices.items():
        for space in device.spaces:
            end = ends[space.name]
            is_there = describe.position(space.position) == end["position"] and not device.waiting(space)
            if is_there and space.digest().hex() != end["digest"]:
                return f"{space.name} of {name} differs from the hub's"
    return None


def enrol(device, step, request, answer, hub_key):
    code = keys.Code(step["code"])
    asked = decode_enrol_request(request, code)
    same(asked.public_key, device.identity.public_key, "key")
    found, certificate = decode_enrol_answer(answer, code, request)
    same(found, hub_key, "hub's key")
    device.join(found, certificate)


def succeed(device, step, request, answer, hub_key):
    """The device tells the hub under which key it goes on, or shows its certificate only (I-7 to I-10)."""
    shown = decode_succession(request, hub_key)
    writer = keys.Identity(unhex(step["secret"]))
    same(request, encode_succession(device.certificate, shown.steps, writer), "succession")
    same(shown.steps[:len(device.steps)], tuple(device.steps), "steps")
    if device.goes_on:
        step_to_writer = succession_step(device.identity, writer)
        same(shown.steps[len(device.steps):], (step_to_writer,), "the new step")
        device.go_on(writer, step_to_writer)
    same(writer.replica, device.identity.replica, "who goes on")
    device.succeeded(decode_succession_answer(answer, hub_key).encode())


def exchange(device, step, request, answer, _):
    same(device.goes_on, False, "goes on under an old key")
    came = take_block(request, 1, HEAD_BYTES)
    head_bytes, at = request[:1] + came[0], came[3]
    session = device.session
    head = decode_request_head(head_bytes, device.identity.public_key, device.hub, session and session[1])
    begins = request[0] == FIRST_REQUEST
    scope = "first" if begins else head.kind[1]
    if device.counters.get(scope, 0) >= head.counter:
        raise Exchanged("the counter does not rise")
    device.counters[scope] = head.counter
    clock = head.clock if begins else session[3] + head.clock
    check_knowledge(device, head.knowledge)
    tangled = [(number, space) for number, space in enumerate(device.spaces) if space.branches or space.lost or space.roots]
    wanted = {(number, change.dot) for number, space in tangled for change in device.waiting(space)}
    device.offered, device.given_back = set(), []
    while at < len(request):
        _, body, _, at = take_block(request, at, PACKED_BYTES)
        device.take_upload(frame_contents(body, device.dictionaries()), clock)
    same(wanted - device.offered, set(), "what waits and was not offered")
    for number, space in tangled:
        check_evidence(space, [piece for brought, piece in device.given_back if brought == number])
    secret = step.get("offerSecret")
    if secret:
        same(keys.offer_of(unhex(secret)), head.kind[2], "offer")
    try:
        more, notes = device.take_answer(answer, head_bytes, clock, secret and unhex(secret))
        same((more, notes, None), (step["more"], step["notes"], step["refused"]), "outcome")
        check_bare(device)
    except Refused as refused:
        same(refused.code, step["refused"], "refusal")
        # Another has used a greater counter.
        device.goes_on = device.goes_on or refused.code == "request.replayed" and begins
    same(device.goes_on, step.get("goesOn", False) or step["refused"] == "request.replayed" and begins, "goes on")
    for after in step["after"]:
        space = next(space for space in device.spaces if space.name == after["space"])
        same(describe.position(space.position), after["position"], space.name)
        same(describe.floor(space.place[3]), after["floor"], f"floor of {space.name}")
        same(space.digest().hex(), after["digest"], f"digest of {space.name}")


def check_evidence(space, pieces):
    """A request gives back all that the hub is not known to have, in pieces that follow what is known (H-6)."""
    brought, roots = set(), set()
    for piece in pieces:
        places = piece.part.places()
        start = piece.part.start
        if not piece.part.entries:
            roots.add(start.hash)
        elif space.hash_at(start.index) != start.hash and not space.is_lost(start):
            raise Exchanged("evidence that begins nowhere")
        brought |= {end for _, _, end, _ in places}
    same(roots, untold_roots(space), "places of snapshots that were let go of")
    wanted = untold(space)
    same(sorted(end.hex()[:8] for end in brought - wanted), [], "evidence of what is not lost")
    same(sorted(end.hex()[:8] for end in wanted - brought), [], "evidence that was left out")


def check_bare(device):
    """Receipts come without their segments only where the device is known to hold them (X-30)."""
    for number, receipt in device.bare:
        is_own = device.identity.replica == receipt.replica
        dots = {(number, (receipt.replica, sequence)) for sequence in range(receipt.first, receipt.last + 1)}
        family = device.spaces[number].family(receipt.replica)
        same((is_own, dots - device.offered, len(family)), (True, set(), 1), "a receipt without its segment")


def check_knowledge(device, knowledge):
    if knowledge[0] == "named":
        same([space.name for space in device.spaces if space.filling], [], "spaces without a name")
        same(knowledge[1], knowledge_name(known_spaces(device)), "knowledge")
    else:
        same(knowledge[1], tuple(space.place for space in device.spaces), "knowledge")
