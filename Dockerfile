# One image for every process; compose.yaml says which command makes it which.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/greenroom
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --quiet --require-hashes --requirement requirements.lock
COPY . ./
# Settings are read, so they need values; none of them stays in the image.
RUN GREENROOM_HOME=/tmp/home REHEARSAL=off DATABASE_URL=postgresql://build/none REDIS_URL=redis://build \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /venv/bin/python -m compileall -q .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/greenroom --create-home greenroom
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    GREENROOM_HOME=/var/lib/greenroom \
    LOG_FORMAT=json
WORKDIR /srv/greenroom
COPY --from=build /venv /venv
COPY --from=build /srv/greenroom ./
USER greenroom
EXPOSE 8000
CMD ["python", "-m", "daphne", "-v", "0", "-b", "0.0.0.0", "-p", "8000", "config.asgi:application"]
