"""Gunicorn in production; each value can be replaced on its command line."""

from __future__ import annotations

import os

bind = os.environ.get("LANDGUARD_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("LANDGUARD_WEB_WORKERS", "4"))
# Pages wait for the database, not for each other; plain processes serve them with the steadiest times.
worker_class = "sync"
timeout = 60
graceful_timeout = 30
# A heartbeat file on a slow disk would look like a hanging worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
max_requests = 5000
max_requests_jitter = 500
accesslog = None
errorlog = "-"
control_socket_disable = True
