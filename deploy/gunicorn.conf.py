# ruff: noqa: INP001  (read by gunicorn, no package)
"""How the web process listens; `BIND` and `THREADS` come from ./run."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = 2
# Behind the front server, which hands on whole requests: as many as can wait for the database while
# one computes. More of them only take turns, and answer everybody later. Without it (./run) most
# wait for somebody's bytes, so there it takes 16. Each may keep a connection to the database.
threads = int(os.environ.get("THREADS", "6"))
worker_class = "jetportal.worker.PatientWorker"
control_socket_disable = True
forwarded_allow_ips = ""
graceful_timeout = 4
loglevel = "warning"
# Bytes; the most that gunicorn allows. A longer address gets its own bare 414.
limit_request_line = 8190
