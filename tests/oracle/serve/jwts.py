"""Keys of an OpenID provider, and tokens signed with them and in ways that nobody should accept, by PyJWT.

    jwts.py

Prints one JSON object: `keys` and `later` (JWKS, the second with one more key), `tokens` (name to token), `bad` (names of
those that are to be refused, with what is wrong about them).
"""

from __future__ import annotations

import base64
import json
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER, AUDIENCE = "https://login.example.org/", "pantry"
NOW = int(time.time())
MAKERS = {
    "RS256": (lambda: rsa.generate_private_key(65537, 2048), jwt.algorithms.RSAAlgorithm),
    "ES256": (lambda: ec.generate_private_key(ec.SECP256R1()), jwt.algorithms.ECAlgorithm),
    "EdDSA": (ed25519.Ed25519PrivateKey.generate, jwt.algorithms.OKPAlgorithm),
}


def make(algorithm: str, name: str) -> tuple[object, dict]:
    """A key, and what the provider publishes of it."""
    maker, form = MAKERS[algorithm]
    key = maker()
    public = json.loads(form.to_jwk(key.public_key()))
    return key, public | {"kid": name, "use": "sig"}


def token(key, algorithm: str, kid: str | None = None, without=(), **claims) -> str:
    """A token that is good but for what is said."""
    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 3600, "sub": "al"} | claims
    claims = {name: value for name, value in claims.items() if name not in without}
    return jwt.encode(claims, key, algorithm, {"kid": kid} if kid else None)


def raw(header: dict, claims: dict, signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


pairs = {algorithm: make(algorithm, f"key-{algorithm}") for algorithm in MAKERS}
keys = {algorithm: pair[0] for algorithm, pair in pairs.items()}
rsa_key, other = keys["RS256"], make("RS256", "other")[0]
late, late_public = make("ES256", "late")
published = [pair[1] for pair in pairs.values()]
# A secret, and keys that are for something else, are not to be used.
secret = b"0123456789abcdef0123456789abcdef"
shared = {"kty": "oct", "kid": "secret", "k": base64.urlsafe_b64encode(secret).rstrip(b"=").decode()}
published += [shared, pairs["RS256"][1] | {"kid": "sealed", "use": "enc"}, {"kty": "new", "kid": "unknown"}]
public_pem = rsa_key.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 3600, "sub": "al"}
good = token(rsa_key, "RS256", "key-RS256")
head, _, tail = good.split(".")
tokens = {name: token(keys[name], name, f"key-{name}") for name in MAKERS}
tokens |= {
    "no key name": token(keys["ES256"], "ES256"),
    "audiences": token(rsa_key, "RS256", "key-RS256", aud=["x", AUDIENCE]),
    "groups": token(rsa_key, "RS256", "key-RS256", sub="bo", groups=["g_staff", "g_x"], scope="read:image openid"),
    "late": token(late, "ES256", "late"),
}
jwt.algorithms.HMACAlgorithm.prepare_key = lambda self, key: key  # PyJWT would refuse to make this one
bad = {
    "expired": (token(rsa_key, "RS256", "key-RS256", exp=NOW - 3600), "has expired"),
    "not yet": (token(rsa_key, "RS256", "key-RS256", nbf=NOW + 3600), "not valid yet"),
    "audience": (token(rsa_key, "RS256", "key-RS256", aud="another"), "another audience"),
    "issuer": (token(rsa_key, "RS256", "key-RS256", iss="https://evil.example.org/"), "another provider"),
    "no end": (token(rsa_key, "RS256", "key-RS256", without=["exp"]), "lacks"),
    "no audience": (token(rsa_key, "RS256", "key-RS256", without=["aud"]), "lacks"),
    "no issuer": (token(rsa_key, "RS256", "key-RS256", without=["iss"]), "lacks"),
    "no user": (token(rsa_key, "RS256", "key-RS256", without=["sub"]), "names no user"),
    "user in lines": (token(rsa_key, "RS256", "key-RS256", sub="al\nroot"), "names no user"),
    "unsigned": (raw({"alg": "none"}, claims), "header"),
    "unsigned, named": (raw({"alg": "none", "kid": "key-RS256"}, claims, b"x"), "header"),
    "no signature": (good.rsplit(".", 1)[0] + ".", "not signed"),
    "public key as secret": (token(public_pem, "HS256", "key-RS256"), "not accepted"),
    "published secret": (token(secret, "HS256", "secret"), "not accepted"),
    "other key": (token(other, "RS256", "key-RS256"), "not signed"),
    "key of nobody": (token(other, "RS256", "nobody"), "not signed"),
    "sealing key": (token(rsa_key, "RS256", "sealed"), "not signed"),
    "key of another kind": (token(rsa_key, "RS256", "key-ES256"), "not signed"),
    "changed": (f"{head}.{raw({}, claims | {'sub': 'root'}).split('.')[1]}.{tail}", "not signed"),
    "words": ("a.b.c", "header"),
}
tokens |= {name: token for name, (token, _) in bad.items()}
print(json.dumps({
    "keys": {"keys": published},
    "later": {"keys": [*published, late_public]},
    "tokens": tokens,
    "bad": {name: reason for name, (_, reason) in bad.items()},
}))
