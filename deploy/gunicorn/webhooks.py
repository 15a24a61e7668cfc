"""`gunicorn --config deploy/gunicorn/webhooks.py`: what providers post, which never waits for a provider.

Every setting is explained at https://gunicorn.org/reference/settings/
"""

from deploy.gunicorn.environment import env, on_starting

__all__ = ["on_starting"]

wsgi_app = "flexsync.wsgi"
bind = env.str("WEBHOOKS_BIND", default="127.0.0.1:8001")
workers = env.int("WEBHOOKS_WORKERS", default=2)
threads = env.int("WEBHOOKS_THREADS", default=4)
raw_env = ["FLEXSYNC_PROCESS=webhooks"]
# A probe of liveness waits for none of the threads.
worker_class = "deploy.gunicorn.liveness.Worker"
# Loaded once and forked: less memory, and what is wrong with the settings is said once.
preload_app = True
# Seconds: a worker whose main loop stands still for so long is killed.
timeout = 30
# Seconds that requests have to end when the process is stopped: each takes a few at most.
graceful_timeout = env.int("WEBHOOKS_GRACEFUL_TIMEOUT", default=10)
# Seconds for which a connection may be idle before its first request, and between two.
keepalive = 10
limit_request_fields = 50
limit_request_field_size = 4096
