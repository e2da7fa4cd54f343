"""Accounts and tokens: the keys that this server trusts, the assertions signed with them, and users' refresh tokens.

Design rule: the token endpoint refuses what Google's refuses and says why in one sentence; time is an argument.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .errors import PermissionDeniedError, TokenRefusedError, UnauthenticatedError

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
REFRESH_GRANT = "refresh_token"
CLIENT = {"client_id": "emulator.apps.googleusercontent.com", "client_secret": "GOCSPX-sheets-emulator"}
"""The program that users have logged in with."""
CONSENTED = frozenset({"https://www.googleapis.com/auth/spreadsheets", "https://www.googleapis.com/auth/drive"})
"""What they have allowed it."""
PROJECT = "sheets-emulator"
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes as audience, whatever the key's token_uri says."""
LIFETIME = 3600
SKEW = 300
MAIN = "emulator"
"""The name of the account that a server begins with."""
_NAME = re.compile(r"[a-z0-9-]{1,30}\Z")

Json = dict[str, Any]


def email_of(name: str) -> str:
    """The e-mail of the account of this name; raises ValueError for a name that no service account has."""
    if not _NAME.match(name):
        raise ValueError(f"An account's name is at most 30 small letters, digits and hyphens, not {name[:80]!r}.")
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


@dataclass(slots=True)
class Account:
    """A service account with its private key."""

    email: str
    key: rsa.RSAPrivateKey
    key_id: str

    @classmethod
    def create(cls, email: str) -> Account:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return cls(email, key, secrets.token_hex(20))

    @classmethod
    def from_json(cls, stored: Json) -> Account:
        key = serialization.load_pem_private_key(stored["private_key"].encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("the stored key isn't an RSA key")
        return cls(stored["client_email"], key, stored["private_key_id"])

    def credentials(self, base_url: str) -> Json:
        """The key file of the account, whose token_uri is this server's own."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": self.key_id,
            "private_key": pem.decode(),
            "client_email": self.email,
            "client_id": "100000000000000000001",
            "auth_uri": f"{base_url}/o/oauth2/auth",
            "token_uri": f"{base_url}/token",
            "auth_provider_x509_cert_url": f"{base_url}/oauth2/v1/certs",
            "client_x509_cert_url": f"{base_url}/robot/v1/metadata/x509/{quote(self.email)}",
            "universe_domain": "googleapis.com",
        }

    @property
    def refresh_token(self) -> str:
        """What a user of this name is remembered by; it follows from the key, so that a state file needn't keep it."""
        return "1//emulator-" + hashlib.sha256(self.key_id.encode()).hexdigest()

    def user_credentials(self) -> Json:
        """The token file of a user of this name, as gcloud writes it: it names no address."""
        return {
            "account": self.email,
            **CLIENT,
            "refresh_token": self.refresh_token,
            "type": "authorized_user",
            "universe_domain": "googleapis.com",
        }


@dataclass(slots=True)
class Accounts:
    """Who may call: the accounts by e-mail, and the tokens given out. `trust_any` takes every bearer token."""

    known: dict[str, Account]
    trust_any: bool = False
    consented: dict[str, frozenset[str]] = field(default_factory=dict)
    """What users have allowed when they logged in, by e-mail, where it isn't spreadsheets and files."""
    _tokens: dict[str, tuple[str, float, frozenset[str]]] = field(default_factory=dict)

    def exchange(self, form: dict[str, str], token_uris: tuple[str, ...], now: float) -> Json:
        """A token for a signed assertion (RFC 7523) or a refresh token (RFC 6749); raises TokenRefusedError."""
        if form.get("grant_type") == REFRESH_GRANT:
            return self._refresh(form, now)
        if form.get("grant_type") != GRANT:
            raise TokenRefusedError("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        claims = self._verified(form.get("assertion", ""))
        self._check_times(claims, now)
        if claims.get("aud") not in token_uris:
            raise TokenRefusedError(
                "invalid_grant", f"Invalid JWT: aud must be {token_uris[0]}, not {claims.get('aud')}."
            )
        scopes = frozenset(str(claims.get("scope") or "").split())
        if not scopes:
            raise TokenRefusedError("invalid_scope", "Empty or missing scope not allowed.")
        return self._give(str(claims["iss"]), now, scopes)

    def _give(self, email: str, now: float, scopes: frozenset[str]) -> Json:
        token = "ya29.emulator-" + secrets.token_urlsafe(24)
        self._tokens[token] = (email, now + LIFETIME, scopes)
        return {"access_token": token, "expires_in": LIFETIME - 1, "token_type": "Bearer"}

    def _refresh(self, form: dict[str, str], now: float) -> Json:
        if any(form.get(name) != value for name, value in CLIENT.items()):
            raise TokenRefusedError("invalid_client", "The OAuth client was not found.")
        users = {account.refresh_token: account.email for account in self.known.values()}
        email = users.get(form.get("refresh_token", ""))
        if email is None:
            raise TokenRefusedError("invalid_grant", "Token has been expired or revoked.")
        consented = self.consented.get(email, CONSENTED)
        scopes = frozenset(form.get("scope", "").split()) or consented
        if not scopes <= consented:
            raise TokenRefusedError("invalid_scope", "Bad Request")
        return {**self._give(email, now, scopes), "scope": " ".join(sorted(scopes))}

    def _verified(self, assertion: str) -> Json:
        """The claims of an assertion whose RS256 signature is that of its issuer."""
        parts = assertion.split(".")
        try:
            header, claims = (msgspec.json.decode(_unpadded(part)) for part in parts[:2])
            signature = _unpadded(parts[2])
            account = self.known.get(str(claims.get("iss", "")))
            algorithm = header.get("alg")
        except (IndexError, ValueError, AttributeError, binascii.Error) as error:
            raise TokenRefusedError(
                "invalid_grant", "Invalid JWT: it must be a signed assertion of three base64url parts."
            ) from error
        if account is None:
            raise TokenRefusedError("invalid_grant", f"Invalid grant: account not found: {claims.get('iss')}")
        if algorithm != "RS256":
            raise TokenRefusedError("invalid_grant", f"Invalid JWT: the algorithm must be RS256, not {algorithm}.")
        try:
            signed = ".".join(parts[:2]).encode()
            account.key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise TokenRefusedError("invalid_grant", "Invalid JWT Signature.") from error
        return dict(claims)

    @staticmethod
    def _check_times(claims: Json, now: float) -> None:
        issued, expires = claims.get("iat"), claims.get("exp")
        if not isinstance(issued, (int, float)) or not isinstance(expires, (int, float)):
            issued = expires = 0
        short_lived = 0 < expires - issued <= LIFETIME + SKEW
        if not short_lived or expires < now - SKEW or issued > now + SKEW:
            raise TokenRefusedError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                f"Check your iat and exp values in the JWT claim (iat {issued}, exp {expires}, now {int(now)}).",
            )

    def authenticate(self, header: str, now: float, scopes: frozenset[str]) -> str:
        """The e-mail of the caller whose Authorization header this is, and whose token has one of the scopes.

        Raises UnauthenticatedError or PermissionDeniedError.
        """
        scheme, _, token = header.partition(" ")
        if self.trust_any and token:
            return email_of(MAIN)
        if not header:
            raise UnauthenticatedError(
                "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or "
                "other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
                [_error_info("CREDENTIALS_MISSING")],
            )
        email, expires, granted = self._tokens.get(token, ("", 0.0, frozenset()))
        if scheme.lower() != "bearer" or expires <= now:
            raise UnauthenticatedError(
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
                "other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
                [_error_info("ACCESS_TOKEN_EXPIRED" if email else "ACCESS_TOKEN_TYPE_UNSUPPORTED")],
            )
        if not granted & scopes:
            raise PermissionDeniedError(
                "Request had insufficient authentication scopes.", [_error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")]
            )
        return email


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _error_info(reason: str) -> Json:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": "sheets.googleapis.com"},
    }
