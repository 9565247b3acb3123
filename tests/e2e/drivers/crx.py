"""Packs an extension as browsers' stores hand it out, so that it is installed and updated as readers' are.

CRX3: components/crx_file/crx3.proto in Chromium's source; a header in front of a ZIP archive.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.e2e.services import protobuf

_PROOFS_WITH_RSA, _SIGNED_HEADER = 2, 10_000
_KEY, _SIGNATURE = 1, 2


@dataclass(frozen=True)
class Publisher:
    """Signs packages of one extension; its key decides the extension's id."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def extension_id(self) -> str:
        """The first half of the key's digest, in letters from a to p."""
        return "".join(chr(ord("a") + int(digit, 16)) for digit in self._digest.hex())

    def pack(self, folder: Path, version: str) -> bytes:
        """The package of an extension's folder, as this version."""
        archive = zipped(folder, version)
        header = protobuf.encode({1: self._digest})
        signed = b"CRX3 SignedData\0" + struct.pack("<I", len(header)) + header + archive
        signature = self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        proof = protobuf.encode({_KEY: self._public_key, _SIGNATURE: signature})
        head = protobuf.encode({_PROOFS_WITH_RSA: proof, _SIGNED_HEADER: header})
        return b"Cr24" + struct.pack("<II", 3, len(head)) + head + archive

    @property
    def _public_key(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def _digest(self) -> bytes:
        return hashlib.sha256(self._public_key).digest()[:16]


def zipped(folder: Path, version: str) -> bytes:
    """The extension's folder as a ZIP archive, its manifest saying this version."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            if path == folder / "manifest.json":
                manifest = json.loads(content) | {"version": version}
                manifest.pop("key", None)  # the package's own key speaks
                content = json.dumps(manifest).encode()
            archive.writestr(path.relative_to(folder).as_posix(), content)
    return output.getvalue()
