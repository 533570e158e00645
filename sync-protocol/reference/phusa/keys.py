"""identity.md: keys, names and words; Ed25519, X25519, HMAC and HKDF."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .basics import Refused, require, sha256, varint

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def replica_id(public_key):
    return sha256("phusa replica 1", public_key)[:16]


def is_signed(public_key, tag, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, tag.encode() + message)
        return True
    except (InvalidSignature, ValueError):
        return False


class Identity:
    """The key pair of a replica."""

    def __init__(self, secret):
        self.key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public_key = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.replica = replica_id(self.public_key)

    def __deepcopy__(self, _):
        return self

    def sign(self, tag, message):
        return self.key.sign(tag.encode() + message)


def is_equal(a, b):
    return hmac.compare_digest(a, b)


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


# Sessions ----------------------------------------------------------------------------------------------------------


def offer_of(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class SessionKeys:
    """The first half proves requests, the second the frames of answers."""

    def __init__(self, keys):
        self.keys = keys

    def request_proof(self, unproven):
        return mac(self.keys[:32], unproven)[:16]

    def frame_proof(self, frame, number, request):
        return mac(self.keys[32:], request + number.to_bytes(8, "big") + frame)[:16]


def agree(secret, other, request):
    """The session's keys: HKDF over the X25519 agreement, with the request's name as salt."""
    try:
        shared = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:
        # A half of small order agrees on zero with everybody.
        raise Refused("wire.session-wrong") from None
    pseudo = mac(request, shared)
    first = mac(pseudo, b"phusa session 1\x01")
    return SessionKeys(first + mac(pseudo, first + b"phusa session 1\x02"))


# Words -------------------------------------------------------------------------------------------------------------


def word(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(ALPHABET[int(bits[at:at + 5], 2)] for at in range(0, len(bits), 5))


def change_word(change, link):
    return f"{word(change[0])}-{change[1]}-{link[:4].hex()}"


def record_word(space, record, link):
    tag = sha256("phusa space 1", space.encode())[:4]
    if record[0] == "keyed":
        return "r" + word(tag + record[1])
    return "r" + word(tag + record[1][0] + varint(record[1][1]) + link[:4])


def read_word(letters):
    """The bytes of a word; None unless it is written as `word` writes it."""
    if any(letter not in ALPHABET for letter in letters):
        return None
    bits = "".join(f"{ALPHABET.index(letter):05b}" for letter in letters)
    data = bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))
    return data if word(data) == letters else None


# Enrolment codes ---------------------------------------------------------------------------------------------------


class Code:
    """Four characters that name it and sixteen that are the secret."""

    def __init__(self, typed):
        plain = typed.upper().replace("-", "").replace(" ", "")
        plain = plain.replace("O", "0").replace("I", "1").replace("L", "1")
        require(len(plain) == 20 and all(letter.lower() in ALPHABET for letter in plain), "enrol.code-invalid")
        self.name, self.secret = plain[:4], plain[4:].encode()

    @property
    def text(self):
        plain = self.name + self.secret.decode()
        return "-".join(plain[at:at + 4] for at in range(0, 20, 4))

    def proof(self, tag, message):
        return mac(self.secret, tag.encode() + message)
