"""`gunicorn --config deploy/gunicorn/webhooks.py`: what providers post, which never waits for a provider.

Every setting is explained at https://gunicorn.org/reference/settings/
"""

from deploy.gunicorn.shared import *
from deploy.gunicorn.shared import env

bind = env.text("WEBHOOKS_BIND", default="127.0.0.1:8001")
workers = env.whole("WEBHOOKS_WORKERS", default=2, least=1)
threads = env.whole("WEBHOOKS_THREADS", default=4, least=1)
raw_env = ["FLEXSYNC_PROCESS=webhooks"]
# Seconds: a worker whose main loop stands still for so long is killed.
timeout = 30
# Seconds that requests have to end when the process is stopped: each takes a few at most.
graceful_timeout = env.whole("WEBHOOKS_GRACEFUL_TIMEOUT", default=10)

env.end_if_wrong()
