"""nginx as it is deployed: `deploy/nginx.conf` itself, with other ports, paths and certificate."""

import os
import shutil
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from types import MappingProxyType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.services import ROOT, Server, answers, free_port

NOTHING: Mapping[str, str] = MappingProxyType({})
PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"  # often outside a person's path
NAME = "portal.example"  # as the deployed file calls the site
AROUND = """
daemon off;
worker_processes {workers};
{user}
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 8192; }}
worker_rlimit_nofile 20000;
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    keepalive_requests 10000000;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/none;
    uwsgi_temp_path {folder}/none;
    scgi_temp_path {folder}/none;
    include {folder}/portal.conf;
}}
"""


class Nginx(Server):
    """`Nginx(8001, 8002)`: the front server of the web processes on these ports.

    `port` speaks TLS under the name NAME; `certificate` is what to trust. `log` holds a line of
    JSON for each request. `changes` exchanges further words of the deployed file.
    """

    def __init__(
        self, *web_ports: int, workers: int = 1, changes: Mapping[str, str] = NOTHING
    ) -> None:
        super().__init__()
        self.port, self.plain_port = free_port(), free_port()
        self.web_ports, self.workers, self.changes = web_ports, workers, changes
        self.log = self.folder / "portal.log"
        self.error_log = self.folder / "portal-error.log"
        self.certificate = self.folder / "fullchain.pem"
        self.url = f"https://{NAME}:{self.port}"

    def command(self) -> list[str]:
        return [PROGRAM, "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)]

    def ready(self) -> bool:
        return answers(self.port)

    def start(self) -> Self:
        if not self.certificate.exists():
            make_certificate(self.folder)
        user = "user root;" if os.getuid() == 0 else ""
        around = AROUND.format(folder=self.folder, user=user, workers=self.workers)
        (self.folder / "nginx.conf").write_text(around)
        (self.folder / "portal.conf").write_text(self._deployed())
        return super().start()

    def _deployed(self) -> str:
        """Return the deployed file with every place of its own exchanged for one of ours."""
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        servers = "\n    ".join(f"server 127.0.0.1:{port};" for port in self.web_ports)
        ours = {
            **self.changes,
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "server 127.0.0.1:8000;": servers,
            "/etc/ssl/portal": str(self.folder),
            "/var/log/nginx": str(self.folder),
            "/var/lib/nginx/portal": str(self.folder / "pages"),
            "/srv/portal": str(ROOT),
        }
        for place, our_own in ours.items():
            assert place in text, f"deploy/nginx.conf has no {place!r}"
            text = text.replace(place, our_own)
        return text

    def connect(self, *, source: str = "127.0.0.1") -> HTTPSConnection:
        """Return a connection of the client at `source`, any address of the loopback network."""
        return FrontConnection(self.port, self.certificate, source)


def behind_the_front(**changes: str) -> dict[str, str]:
    """Return the variables of a web process that stands behind it."""
    site = {"SITE_URL": f"https://{NAME}", "ALLOWED_HOSTS": NAME, "TRUSTED_PROXIES": "127.0.0.1"}
    return {**site, **changes}


class FrontConnection(HTTPSConnection):
    """Speaks to the site by its name, wherever it listens."""

    def __init__(self, port: int, certificate: Path, source: str) -> None:
        trust = ssl.create_default_context(cafile=str(certificate))
        super().__init__(NAME, timeout=60, context=trust)
        self.trust, self.place, self.source = trust, port, source

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self.place), self.timeout, (self.source, 0))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self.trust.wrap_socket(raw, server_hostname=NAME)


def make_certificate(folder: Path) -> None:
    """Write a certificate of two days that nobody but its own reader trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(private)
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
