"""`gunicorn --config deploy/gunicorn/web.py`: API and admin, whose requests may wait for a provider.

Every setting is explained at https://gunicorn.org/reference/settings/
"""

from deploy.gunicorn.shared import *
from deploy.gunicorn.shared import env

bind = env.text("WEB_BIND", default="127.0.0.1:8000")
workers = env.whole("WEB_WORKERS", default=2, least=1)
threads = env.whole("WEB_THREADS", default=8, least=1)
# How many of a process's threads may wait for a provider at once: the rest are for those who do not.
provider_requests = env.whole("PROVIDER_REQUESTS", default=max(1, threads // 2), least=1)
raw_env = ["FLEXSYNC_PROCESS=web", f"PROVIDER_REQUESTS={provider_requests}"]
# Seconds: a worker whose main loop stands still for so long is killed.
timeout = 60
# Seconds that requests have to end when the process is stopped: `?wait=30` takes the longest.
graceful_timeout = env.whole("WEB_GRACEFUL_TIMEOUT", default=40)

env.end_if_wrong()
