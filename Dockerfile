# syntax=docker/dockerfile:1
# faqbot: 내려받은 것은 모두 잠긴 버전과 해시로 확인하고, 루트가 아닌 사용자가 돌립니다. 쓰는 곳은 /srv/faqbot/models 와 /srv/faqbot/var 뿐입니다.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/faqbot
WORKDIR /src
COPY requirements-docker.lock ./
# kiwipiepy_model 만 소스로 배포됩니다: 해시를 확인한 모델 파일이고, 설치할 때 컴파일하는 것은 없습니다.
RUN /opt/faqbot/bin/pip install --require-hashes --only-binary :all: --no-binary kiwipiepy_model -r requirements-docker.lock
COPY pyproject.toml README.md LICENSE ./
COPY faqbot ./faqbot
RUN /opt/faqbot/bin/pip install --no-deps --no-build-isolation . \
 && /opt/faqbot/bin/python -m compileall -q /opt/faqbot/lib

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 faqbot \
 && useradd --system --uid 10001 --gid 10001 --home-dir /srv/faqbot --shell /usr/sbin/nologin faqbot \
 && install -d -o faqbot -g faqbot -m 0700 /srv/faqbot /srv/faqbot/models /srv/faqbot/var
COPY --from=build /opt/faqbot /opt/faqbot
COPY --chmod=0755 docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
COPY data/faq.csv data/queries.csv data/user_words.tsv data/synonyms.tsv /usr/share/faqbot/
ENV PATH=/opt/faqbot/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8 \
    FAQBOT_HOST=0.0.0.0 FAQBOT_PORT=8000 FAQBOT_MODELS=/srv/faqbot/models FAQBOT_VAR=/srv/faqbot/var
WORKDIR /srv/faqbot
USER 10001:10001
VOLUME ["/srv/faqbot/models", "/srv/faqbot/var"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["serve", "--faq", "/usr/share/faqbot/faq.csv", "--queries", "/usr/share/faqbot/queries.csv"]
