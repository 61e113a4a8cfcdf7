# ruff: noqa: INP001  (read by gunicorn, no package)
"""How the web process listens; `BIND` comes from ./run."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = 2
# More than the two processes can work at: most wait for somebody's bytes or for the database. Each
# may keep a connection to it, so mind `max_connections` when you raise this.
threads = 16
worker_class = "jetportal.worker.PatientWorker"
control_socket_disable = True
forwarded_allow_ips = ""
graceful_timeout = 4
loglevel = "warning"
# Bytes; the most that gunicorn allows. A longer address gets its own bare 414.
limit_request_line = 8190
