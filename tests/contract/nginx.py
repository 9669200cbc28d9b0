"""A real nginx with the file that `faqbot deploy-files` writes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from ssl import CERT_NONE, SSLContext, create_default_context

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from faqbot.deploy.files import deploy_files
from faqbot.settings import Settings
from tests.contract.raw import free_port, needed, wait_for_port

NGINX = "/usr/sbin/nginx"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "help.example.kr")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    signed = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2050, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


@contextmanager
def nginx_before(inner: int, folder: Path) -> Iterator[int]:
    """The port of a real nginx with the written file, in front of a server."""
    needed(NGINX, "nginx")
    port, plain = free_port(), free_port()
    cert, key = certificate(folder)
    text = deploy_files(Settings(public_url="https://help.example.kr", port=inner), "faqbot", {})["nginx.conf"]
    for old, new in {
        "/etc/letsencrypt/live/help.example.kr/fullchain.pem": str(cert), "/etc/letsencrypt/live/help.example.kr/privkey.pem": str(key),
        "/var/log/nginx/faqbot.log": str(folder / "access.log"), "listen [::]:80;\n": "\n", "listen [::]:443 ssl;\n": "\n",
        "listen 80;": f"listen 127.0.0.1:{plain};", "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
    }.items():  # fmt: skip
        assert old in text, old
        text = text.replace(old, new)
    (folder / "faqbot.conf").write_text(text, encoding="utf-8")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ {temporary} include {folder}/faqbot.conf; }}", encoding="utf-8"
    )
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr, checked.stderr
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for_port(port)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def insecure() -> SSLContext:
    context = create_default_context()
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    return context
