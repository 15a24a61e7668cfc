# One image for web, webhooks, worker, beat and migrations; the command says which. Python as in `make lock`, which pins for it.
FROM python:3.11-slim AS packages
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --requirement requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    WEB_BIND=0.0.0.0:8000 WEBHOOKS_BIND=0.0.0.0:8000
RUN useradd --system --uid 10001 --no-create-home flexsync
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Collecting static files asks the settings for these, and uses none of them.
RUN SECRET_KEY=unused CREDENTIAL_KEYS=unused DATABASE_URL=postgres://unused/unused REDIS_URL=redis://unused \
    python manage.py collectstatic --noinput
USER flexsync
EXPOSE 8000
# The first of ALLOWED_HOSTS is a name that the service answers to.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request as r; \
    host = os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.'); \
    r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': host}), timeout=4)"]
CMD ["gunicorn", "--config", "deploy/gunicorn/web.py"]
