# make help 로 시작하세요. 처음 한 번 .venv 를 만들고 잠긴 버전을 설치합니다. 두 번째부터는 바로 실행합니다.
PYTHON ?= python3
BIN := .venv/bin
FAQ ?= data/faq.csv
QUERIES ?= $(if $(filter data/faq.csv,$(FAQ)),data/queries.csv)
WITH_QUERIES = $(if $(QUERIES),--queries $(QUERIES))
.DEFAULT_GOAL := help
.PHONY: help serve test check train eval bench load soak fuzz calls lives faults kills shots linear mutants audit sbom prior lock clean

help: ## 이 도움말
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 14

serve: .venv/serve ## 설치하고, 필요하면 학습하고, http://127.0.0.1:8000 에서 엽니다 (다른 포트: make serve PORT=9000)
	@$(BIN)/faqbot serve $(if $(PORT),--port $(PORT)) --faq $(FAQ) $(WITH_QUERIES)

test: .venv/dev ## 설치하고 모든 테스트를 돌립니다
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations=30 --durations-min=8 --cov --cov-report=term

check: .venv/dev ## 형식, 린트, 타입, 구조를 점검합니다
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

train: .venv/serve ## FAQ 표를 다시 학습해 공개합니다 (FAQ=파일.csv, 라벨이 있으면 QUERIES=파일.csv)
	@$(BIN)/faqbot train --faq $(FAQ) $(WITH_QUERIES)

eval: .venv/serve ## 공개된 릴리스를 채점하고, SETS=폴더 가 있으면 그 세트도 채점합니다
	@$(BIN)/faqbot evaluate --queries $(or $(QUERIES),data/queries.csv) $(if $(SETS),&& $(BIN)/faqbot benchmark --ranking data/opposites $(foreach b,data $(wildcard data/bases/*),--base $(b)) $(foreach s,$(SETS),--set $(s)))

bench: .venv/dev ## 속도와 메모리를 같은 실행의 기준과 견주어 잽니다 (SIZES="1000 10000")
	@$(BIN)/python -m tests.bench $(if $(SIZES),--sizes "$(SIZES)")

load: .venv/dev ## 만 건의 FAQ에 한꺼번에 물어 목표와 견줍니다 (RATE=500 SECONDS=30 PUBLICATIONS=20 REQUESTS=20000 ENTRIES=10000)
	@$(BIN)/python -m tests.bench.traffic $(if $(RATE),--rate $(RATE)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(PUBLICATIONS),--publications $(PUBLICATIONS)) \
	  $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(ENTRIES),--entries $(ENTRIES))

soak: .venv/dev ## 묻고 투표하고 문의하는 동안 공개를 되풀이하며 메모리와 열린 파일이 늘지 않는지 봅니다 (MINUTES=10, KILLS=20 은 20초마다 프로세스 하나를 kill -9)
	@$(BIN)/python -m tests.bench.traffic.soak --minutes $(or $(MINUTES),10) $(if $(RATE),--rate $(RATE)) $(if $(ENTRIES),--entries $(ENTRIES)) $(if $(KILLS),--kills $(KILLS))

fuzz: .venv/dev ## 값을 지어내어 약속이 깨지는지 봅니다 (SECONDS=600, 찾은 것은 .fuzz/ 에 남아 다음에 이어집니다)
	@for name in table query personal answer; do $(BIN)/python -m tests.fuzz $$name .fuzz/$$name -max_total_time=$(or $(SECONDS),600) -artifact_prefix=.fuzz/ || exit 1; done

calls: .venv/dev ## openapi.json 에서 지어낸 요청을 보내 모든 응답이 약속대로인지 봅니다 (CASES=100000, 멈췄으면 마지막에 찍힌 SEED 로 이어집니다)
	@CASES=$(or $(CASES),100000) SEED=$(or $(SEED),1) $(BIN)/pytest -q -p no:randomly tests/contract/test_openapi.py::test_every_operation_keeps_its_contract_in_ten_thousand_calls

lives: .venv/dev ## 운영자의 하루를 아무 순서로나 살아 봅니다 (LIVES=100)
	@LIVES=$(or $(LIVES),100) $(BIN)/pytest -q -p no:randomly tests/integration/test_operators_life.py

faults: .venv/dev ## 문의, 공개, 백업, 되돌리기의 모든 시스템 호출을 하나씩 실패시키고 그 자리에서 죽입니다 (strace 가 있어야 합니다)
	@$(BIN)/python -m tests.faults

kills: .venv/dev ## 학습, 공개, 문의, 백업, 되돌리기, 서버를 아무 때나 kill -9 합니다. 멈춰도 이어서 합니다 (KILLS=1000, 결과는 kills.json)
	@$(BIN)/python -m tests.faults --kills $(or $(KILLS),1000)

shots: .venv/dev ## 답변 상자와 페이지의 모든 상태를 그림으로 남깁니다 (shots/, chromium 과 npm 이 있어야 합니다)
	@$(BIN)/python -m tests.browser.shots shots

linear: .venv/dev ## 열 배 긴 글(십만 자)에 걸리는 시간이 열다섯 배를 넘지 않는지 모든 정규식과 글 다루는 함수에서 봅니다
	@STEEPEST=15 LONGEST=100000 $(BIN)/pytest -q -p no:randomly tests/security/test_linear_time.py

mutants: .venv/dev ## 코드를 한 군데씩 바꿔 테스트가 알아채는지 봅니다. 멈춰도 이어서 합니다 (EVERY=10 은 열에 하나만, AGAIN=1 은 놓친 것을 모든 테스트로 다시)
	@$(BIN)/python -m tests.mutation --every $(or $(EVERY),1) $(if $(AGAIN),--again)

audit: .venv/dev ## 잠긴 라이브러리에 알려진 취약점이 있는지 봅니다. 목록을 볼 수 없으면 통과가 아니라 실패입니다
	@$(BIN)/python -m tests.audit

sbom: .venv/dev ## 잠긴 라이브러리의 목록을 CycloneDX로 적습니다 (sbom.json)
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json

prior: .venv/serve ## 사전 학습값을 다시 만듭니다 (SETS="폴더 폴더")
	@$(BIN)/faqbot fit-prior data/bases/* data $(SETS) --ranking data/opposites --out faqbot/training/prior.json

lock: .venv/dev ## 잠금 파일을 새 버전으로 다시 만듭니다
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade pyproject.toml --group build -o requirements.lock
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra postgres --extra redis --group build -c requirements.lock -o requirements-docker.lock
	@$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock

clean: ## 설치와 캐시를 지웁니다. 데이터와 릴리스는 남습니다
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* htmlcov

.venv/python:
	@command -v $(PYTHON) >/dev/null || { echo "python3 이 없습니다. sudo apt install python3 python3-venv 를 실행하세요."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 이상이 필요합니다. sudo apt install python3.11 python3.11-venv 뒤 make PYTHON=python3.11 을 실행하세요."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "venv 모듈이 없습니다. sudo apt install python3-venv 를 실행하세요."; exit 1; }
	@rm -rf .venv && $(PYTHON) -m venv .venv && touch $@

.venv/serve: .venv/python requirements.lock pyproject.toml
	@echo "라이브러리를 설치합니다 (처음 한 번, 1~3분)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . && touch $@

.venv/dev: .venv/serve requirements-dev.lock
	@echo "테스트 도구를 설치합니다 (처음 한 번)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock && touch $@
