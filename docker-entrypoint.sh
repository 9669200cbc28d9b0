#!/bin/sh
# 비밀을 파일에서 읽습니다: FAQBOT_SECRET_KEY_FILE=/run/secrets/… 은 그 파일의 내용을 FAQBOT_SECRET_KEY 로 만듭니다.
# 파일이 없거나 비었으면 시작하지 않습니다.
set -eu
for name in FAQBOT_SECRET_KEY FAQBOT_DATABASE_URL FAQBOT_RATE_LIMIT_STORAGE; do
  eval "file=\${${name}_FILE:-}"
  [ -n "$file" ] || continue
  if [ ! -s "$file" ] || [ ! -r "$file" ]; then
    echo "오류: ${name}_FILE=$file: 그런 파일이 없거나 비어 있습니다. 비밀을 넣고 다시 시작하세요." >&2
    exit 1
  fi
  value=$(cat "$file")
  export "$name=$value"
  unset "${name}_FILE"
done
exec faqbot "$@"
