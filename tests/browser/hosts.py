"""Web servers as people find them: nginx, Apache, Caddy, Python's and Vite's, as they come.

Each serves a folder on a free port, from files of its own in a scratch folder. Their configurations
are Debian's as far as types and codings of files are concerned.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from builder import environment

PATIENCE = 180
"""Seconds for a server to start."""

TOKEN = "of-the-tests"
"""What JupyterLab asks of its visitors."""

_NGINX = """\
daemon off;
pid {scratch}/nginx.pid;
error_log {scratch}/error.log;
events {{}}
http {{
  include {etc}/nginx/mime.types;
  default_type application/octet-stream;
  sendfile on;
  gzip on;
  access_log off;
  {temporary}
  server {{ listen 127.0.0.1:{port}; root {folder}; index index.html; }}
}}
"""
_NGINX_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")

_APACHE = """\
ServerRoot {etc}/apache2
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {scratch}/apache.pid
DefaultRuntimeDir {scratch}
Mutex posixsem
ErrorLog {scratch}/error.log
User nobody
Group nogroup
{modules}
DocumentRoot {folder}
<Directory {folder}>
  Require all granted
</Directory>
"""
_APACHE_MODULES = ("mpm_event", "authz_core", "filter", "mime", "negotiation", "dir", "deflate")
"""Of those that Debian switches on, the ones that have to do with files."""


def nginx(folder: Path, scratch: Path, port: int) -> list[str]:
    """The command for nginx with Debian's table of types; it compresses HTML alone."""
    packages = environment.web_servers()
    temporary = " ".join(f"{name}_temp_path {scratch}/{name};" for name in _NGINX_TEMPORARY)
    names = {"etc": packages / "etc", "folder": folder, "scratch": scratch, "port": port}
    configuration = scratch / "nginx.conf"
    configuration.write_text(_NGINX.format(**names, temporary=temporary), "utf-8")
    return [str(packages / "usr/sbin/nginx"), "-p", str(scratch), "-c", str(configuration)]


def apache(folder: Path, scratch: Path, port: int) -> list[str]:
    """The command for Apache with the modules of Debian that have to do with files."""
    etc = environment.web_servers() / "etc"
    lines = [f"IncludeOptional mods-available/{name}.*" for name in _APACHE_MODULES]
    names = {"etc": etc, "folder": folder, "scratch": scratch, "port": port}
    configuration = scratch / "apache.conf"
    configuration.write_text(_APACHE.format(**names, modules="\n".join(lines)), "utf-8")
    return ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", str(configuration)]


def caddy(folder: Path, scratch: Path, port: int) -> list[str]:
    """The command for Caddy's file server."""
    program = environment.web_servers() / "usr/bin/caddy"
    return [str(program), "file-server", "--root", str(folder), "--listen", f"127.0.0.1:{port}"]


_CADDY = """\
{{
  admin off
}}
http://127.0.0.1:{port} {{
  root * {folder}
  file_server {{
    precompressed br
  }}
}}
"""


def caddy_with_brotli(folder: Path, scratch: Path, port: int) -> list[str]:
    """The command for a Caddy that sends the Brotli of files that lies beside them."""
    configuration = scratch / "Caddyfile"
    configuration.write_text(_CADDY.format(folder=folder, port=port), "utf-8")
    program = environment.web_servers() / "usr/bin/caddy"
    return [str(program), "run", "--config", str(configuration), "--adapter", "caddyfile"]


def python(folder: Path, scratch: Path, port: int) -> list[str]:
    """The command for the server in Python's standard library."""
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    return [*command, "--directory", str(folder)]


def vite(folder: Path, scratch: Path, port: int) -> list[str]:
    """The command for Vite's dev server, which treats the folder as a project of its own."""
    command = [str(environment.node_tools() / "vite"), str(folder), "--port", str(port)]
    return [*command, "--strictPort", "--host", "127.0.0.1", "--configLoader", "native"]


def jupyterlab(folder: Path, scratch: Path, port: int) -> list[str]:
    """The command for JupyterLab, of which the page's scripts may ask things; no host of files."""
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--expose-app-in-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    return [*command, f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]


DEBIANS = (nginx, apache, caddy)
HOSTS = (*DEBIANS, python, vite)


@contextmanager
def hosted(
    host: Callable[[Path, Path, int], list[str]], folder: Path, scratch: Path
) -> Iterator[str]:
    """The address at which a server serves a folder, by one of the commands above."""
    port = _free_port()
    home = {"HOME": str(scratch), "XDG_DATA_HOME": str(scratch), "XDG_CONFIG_HOME": str(scratch)}
    log = scratch / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            host(folder, scratch, port),
            cwd=scratch,
            env={**os.environ, **home},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        _await(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait()


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=PATIENCE).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no server at {address}: {log.read_text('utf-8', 'replace')}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
