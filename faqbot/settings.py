"""Settings: one frozen object from FAQBOT_* variables and an optional TOML file. Variables win over the file, the file over defaults."""

import difflib
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AnyHttpUrl, Field, PrivateAttr, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from faqbot.errors import SettingsError
from faqbot.site_files import OWN, SITE, read_site_file, site_file, stamp, what_is_wrong

PREFIX = "FAQBOT_"
#: The TOML file read when FAQBOT_CONFIG names no other; it need not exist.
CONFIG_FILE = Path("faqbot.toml")
#: Where the TOML file is.
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
#: Variables that are no settings: that one, and further sets for tests and notebooks.
_OTHERS = frozenset({CONFIG_VARIABLE, f"{PREFIX}SETS"})

#: How precisions of categories are written, as messages show it.
_BY_CATEGORY = '{"결제>환불": 0.97, "계정": 0.95}'

#: pydantic's error type → what is wrong, for people; names in braces are the setting's own bounds.
_WORDS = {
    "string_pattern_mismatch": "적는 꼴이 다릅니다",
    "string_too_long": "{max_length}자 이내여야 합니다",
    "int_parsing": "정수여야 합니다",
    "int_from_float": "정수여야 합니다",
    "float_parsing": "수여야 합니다",
    "greater_than_equal": "{ge} 이상이어야 합니다",
    "less_than_equal": "{le} 이하여야 합니다",
    "greater_than": "{gt}보다 커야 합니다",
    "less_than": "{lt}보다 작아야 합니다",
    "bool_parsing": "true 나 false 여야 합니다",
    "url_parsing": "https:// 로 시작하는 주소여야 합니다",
    "url_scheme": "https:// 로 시작하는 주소여야 합니다",
    "date_from_datetime_parsing": "2026-12-31 처럼 적어야 합니다",
    "date_parsing": "2026-12-31 처럼 적어야 합니다",
}

Probability = Annotated[float, Field(gt=0, lt=1)]
#: Scheme, host and, where it is not the usual one, port: what a browser sends as Origin.
Origin = Annotated[str, Field(pattern=r"^https?://(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::[0-9]{1,5})?$")]
RateLimit = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6}/(?:second|minute|hour|day)$")]
#: What limits count: workers that keep their counts in memory know nothing of one another.
_COUNTED = "rate_limit_storage 가 memory:// 이면 서버 프로세스마다 따로 셉니다"
#: Bytes of the shortest secret key, spaces around it aside, and characters that differ in it: a random one of 32 hexadecimal digits has fewer once in a million.
MIN_SECRET, _DIFFERENT = 32, 8


class Settings(BaseSettings):
    """Everything an operator can set. Field descriptions are the help texts."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, hide_input_in_errors=True)

    site: str = Field("default", pattern=SITE, description="도움말 사이트 이름 (영문 소문자와 숫자. 예: shop). models/ 아래 폴더 이름이 됩니다")
    sites: Path | None = Field(
        None, description="한 서버에서 함께 여는 다른 사이트의 파일(<사이트>.toml)을 두는 폴더. /sites/<사이트>/ 로 열립니다. 비우면 한 사이트만 엽니다"
    )
    open_sites: int = Field(
        40, ge=1, le=10_000, description="서버 프로세스 하나가 한꺼번에 열어 두는 다른 사이트의 수. 넘으면 오래 묻지 않은 사이트부터 닫습니다"
    )
    models: Path = Field(Path("models"), description="학습 결과(릴리스)를 두는 폴더")
    host: str = Field("127.0.0.1", description="서버가 듣는 주소")
    port: int = Field(8000, ge=1, le=65535, description="서버가 듣는 포트")
    workers: int = Field(2, ge=1, le=64, description="서버 프로세스 수. 모델은 함께 쓰므로 메모리는 거의 늘지 않습니다")
    title: str = Field("고객센터 도움말", max_length=60, description="페이지 제목")
    inquiry_url: AnyHttpUrl | None = Field(None, description="1:1 문의 페이지 주소. 답을 찾지 못하면 이곳으로 안내합니다")
    phone: str = Field("", max_length=40, description="고객센터 전화번호. 비워 두면 안내하지 않습니다")
    hours: str = Field("", max_length=80, description="전화 상담 시간 (예: 평일 09:00–18:00)")
    target_precision: Probability = Field(0.90, description="바로 답할 때 맞아야 하는 비율 (예: 0.95). 학습할 때 기준값(threshold)을 정합니다")
    category_precision: Annotated[dict[str, Probability], NoDecode] = Field(
        {}, description='분류마다 다르게 맞아야 하는 비율. 돈이나 계정처럼 틀리면 안 되는 분류에 씁니다 (예: {"결제>환불": 0.97})'
    )
    suggest_probability: Probability = Field(0.25, description="셋 안에 답이 있을 확률이 이보다 높으면 후보를 보여 줍니다")

    var: Path = Field(Path("data/var"), description="데이터베이스와 비밀 키를 두는 폴더")
    database_url: SecretStr = Field(
        SecretStr(""), description="데이터베이스 주소 (예: postgresql://사용자:비밀번호@호스트/이름). 비우면 var 폴더의 SQLite 파일을 씁니다"
    )
    shared_releases: bool = Field(
        False, description="릴리스를 PostgreSQL에 두고 여러 대가 함께 씁니다. database_url 과 secret_key 를 모두 적어야 하고, 모든 컴퓨터에서 같아야 합니다"
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="문의를 암호화하고 링크에 서명하는 비밀 키(32자 이상). 비우면 var 폴더에 만들고, 이 컴퓨터 밖에서 접속을 받을 때는 꼭 적어야 합니다",
    )
    public_url: AnyHttpUrl | None = Field(None, description="손님이 보는 주소 (예: https://help.example.kr). 검색 엔진과 알림에 쓰는 주소가 됩니다")
    origins: Annotated[tuple[Origin, ...], NoDecode] = Field(
        (), description="답변 상자를 넣을 다른 사이트의 주소. 쉼표로 잇습니다 (예: https://shop.example.kr)"
    )
    timezone: str = Field("Asia/Seoul", description="공지와 상담 시간을 세는 시간대")
    open_hours: str = Field("", description="지금 상담하는지 알려 줄 상담 시간 (예: 월-금 09:00-18:00, 점심 12:00-13:00)")
    closed_on_holidays: bool = Field(True, description="공휴일에 쉽니다")
    closed_days: Annotated[tuple[date, ...], NoDecode] = Field((), description="공휴일 말고 쉬는 날. 쉼표로 잇습니다 (예: 2026-12-31)")
    call_charge: str = Field("", max_length=40, description="통화료 안내 (예: 수신자 부담)")
    chat_url: AnyHttpUrl | None = Field(None, description="채팅 상담 주소")
    email: str = Field("", max_length=120, description="고객센터 이메일 주소")
    inquiry_days: int = Field(2, ge=0, le=30, description="1:1 문의에 답하기로 약속하는 영업일 수. 0이면 약속하지 않습니다")
    attachments: int = Field(0, ge=0, le=5, description="문의 하나에 붙일 수 있는 파일 수. 0이면 파일을 받지 않습니다")
    attachment_bytes: int = Field(5_000_000, ge=1_000, le=25_000_000, description="붙일 수 있는 파일 하나의 크기(바이트)")
    notify_command: str = Field(
        "",
        max_length=500,
        description="문의가 들어오거나 답했을 때 부를 프로그램. JSON 하나를 표준 입력으로 받습니다. 셸을 거치지 않고, 10초가 지나면 끝냅니다. 비우면 로그에만 남깁니다",
    )
    keep_queries: int = Field(90, ge=1, le=3650, description="질문 기록을 두는 날 수")
    keep_feedback: int = Field(365, ge=1, le=3650, description="피드백을 두는 날 수")
    keep_inquiries: int = Field(1095, ge=1, le=3650, description="1:1 문의를 두는 날 수")
    limit_questions: RateLimit = Field("60/minute", description=f"한 사람이 물을 수 있는 횟수 (예: 60/minute). {_COUNTED}")
    limit_feedback: RateLimit = Field("30/minute", description=f"한 사람이 피드백을 남길 수 있는 횟수 (예: 30/minute). {_COUNTED}")
    limit_inquiries: RateLimit = Field("10/hour", description=f"한 사람이 문의를 남길 수 있는 횟수 (예: 10/hour). {_COUNTED}")
    rate_limit_storage: SecretStr = Field(
        SecretStr("memory://"), description="횟수를 세는 곳. memory:// 는 서버 프로세스마다 따로 셉니다 (함께 세려면 redis://호스트:6379)"
    )
    candidates: SecretStr = Field(
        SecretStr(""),
        description="후보를 찾는 Milvus 엔진의 주소 (예: milvus://사용자:비밀번호@호스트:19530). 비우면 프로세스 안의 색인에서 찾습니다. 답은 같습니다",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="앞에 둔 프록시의 수. 그만큼만 X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host 를 믿으므로 프록시가 셋을 모두 적어야 합니다. 0이면 믿지 않습니다",
    )

    log_format: str = Field("text", pattern=r"^(text|json)$", description="서버 기록의 꼴. text 는 사람이 읽는 줄, json 은 한 줄에 JSON 하나")
    access_log: bool = Field(True, description="요청마다 기록을 한 줄 남깁니다. 질문과 주소는 적지 않습니다")
    slow_query_ms: int = Field(
        200, ge=0, le=60_000, description="답을 찾는 데 이보다 오래(밀리초) 걸린 질문은 어디에서 걸렸는지 기록합니다. 질문은 적지 않습니다. 0이면 끕니다"
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Prometheus 가 읽을 /metrics 의 포트. 답변을 여는 포트에는 /metrics 가 없습니다. 0이면 열지 않습니다"
    )
    metrics_host: str = Field("127.0.0.1", description="그 포트가 듣는 주소. 로그인이 없으니 안쪽 망의 주소만 적으세요")

    #: What the process has without the file of its site: what other sites take over.
    _of_process: "Settings | None" = PrivateAttr(None)

    @property
    def has_site_file(self) -> bool:
        """Whether a file in `sites` describes the site: then its settings are changed there, and what belongs to the whole process is no business of its."""
        return self._of_process is not None

    @property
    def root(self) -> str:
        """What the paths of the site begin with: "" for the process's own."""
        return f"/sites/{self.site}" if self.has_site_file else ""

    @property
    def site_var(self) -> Path:
        """Where files about the work on this one site are: logs, locks, uploads that wait. What all sites share is in `var`."""
        return self.var if self.site == "default" else self.var / "sites" / self.site

    @field_validator("origins", "closed_days", mode="before")
    @classmethod
    def _from_commas(cls, value: Any) -> Any:
        """A variable holds a list with commas; the file and an option hold the list itself."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("모르는 시간대입니다. Asia/Seoul 처럼 적으세요") from error
        return value

    @field_validator("metrics_port")
    @classmethod
    def _apart(cls, value: int, info: ValidationInfo) -> int:
        if value and value == info.data.get("port"):
            raise ValueError("답변을 여는 포트와 같습니다. 다른 번호를 적으세요")
        return value

    @field_validator("notify_command")
    @classmethod
    def _is_a_command(cls, value: str) -> str:
        try:
            shlex.split(value)
        except ValueError as error:
            raise ValueError("따옴표가 맞지 않습니다. 셸에서 치듯이 적으세요 (예: /usr/local/bin/tell --to help)") from error
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and len(secret.strip().encode()) < MIN_SECRET:
            raise ValueError(f"비밀 키가 짧습니다. {MIN_SECRET}자 이상이어야 합니다")
        if secret and len(set(secret)) < _DIFFERENT:
            raise ValueError('비밀 키에 같은 글자가 되풀이됩니다. python3 -c "import secrets; print(secrets.token_urlsafe(32))" 로 만들어 적으세요')
        return value

    @field_validator("category_precision", mode="before")
    @classmethod
    def _from_json(cls, value: Any) -> Any:
        """A variable holds JSON; the file and an option hold the mapping itself."""
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError as error:
                raise ValueError(f"JSON이 아닙니다. 이렇게 적으세요: {_BY_CATEGORY}") from error
        if not isinstance(value, Mapping):
            raise ValueError(f"분류마다 비율을 하나씩 적어야 합니다. 이렇게 적으세요: {_BY_CATEGORY}")  # noqa: TRY004  # pydantic collects value errors
        return value

    @classmethod
    def settings_customise_sources(  # the signature is the library's
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())


def settings_file() -> Path:
    """The TOML file that is read where it is there."""
    return Path(os.environ.get(CONFIG_VARIABLE) or CONFIG_FILE)


def secret_settings() -> frozenset[str]:
    """Names of the settings that are never shown."""
    return frozenset(name for name, info in Settings.model_fields.items() if info.annotation is SecretStr)


def variable(name: str) -> str:
    """The environment variable of a setting: `port` → `FAQBOT_PORT`."""
    return f"{PREFIX}{name.upper()}"


def install_command(extra: str) -> str:
    """What adds an optional part of faqbot, `redis`, to the environment that this very program runs in."""
    return f"{shlex.quote(sys.executable)} -m pip install 'faqbot[{extra}]'"


def load_settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Read variables and the TOML file.

    Args:
        overrides: values that win over both, such as command line options; None values are ignored.

    Raises:
        SettingsError: every value that cannot be used, with its variable and what is allowed; an unknown FAQBOT_* variable, with the nearest known one; a TOML file that cannot be read.
    """
    _refuse_unknown(os.environ)
    try:
        settings = Settings(**{key: value for key, value in (overrides or {}).items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [_complaint(e) for e in error.errors()]
        raise SettingsError("설정을 읽을 수 없습니다.\n" + "\n".join(lines) + "\n값을 고치거나 변수를 지우고 다시 실행하세요.") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{settings_file()}: 설정 파일을 읽을 수 없습니다. {what_is_wrong(error)}") from error
    has_file = settings.sites is not None and stamp(settings.sites, settings.site) is not None
    return settings_of_site(settings, settings.site) if has_file else settings


def settings_of_site(process: Settings, name: str) -> Settings:
    """The settings of a site that a file in `sites` describes. What says whose help centre it is comes from the file alone; `public_url` leads below the process's.

    Args:
        process: of the process that serves it.
        name: of the site.

    Raises:
        SettingsError: every value that cannot be used, and what is allowed; a file that cannot be read.
    """
    base, folder = process._of_process or process, process.sites or Path()  # noqa: SLF001  # our own
    given = read_site_file(folder, name)
    address = f"{str(base.public_url).rstrip('/')}/sites/{name}" if base.public_url else None
    taken = {field: getattr(base, field) for field in Settings.model_fields if field not in OWN}
    try:
        settings = Settings(**(taken | {field: Settings.model_fields[field].default for field in OWN} | {"public_url": address} | given | {"site": name}))
    except ValidationError as error:
        lines = [_complaint(e, lambda field: f"{field} ") for e in error.errors()]
        raise SettingsError(f"{site_file(folder, name)}: 사이트의 설정을 읽을 수 없습니다.\n" + "\n".join(lines) + "\n파일을 고치세요.") from error
    if settings.public_url is not None and not str(settings.public_url).rstrip("/").endswith(f"/sites/{name}"):
        raise SettingsError(f"{site_file(folder, name)}: public_url 은 /sites/{name} 로 끝나야 합니다. 이 사이트의 쪽은 그 아래에서 열립니다.")
    settings._of_process = base  # noqa: SLF001  # as above
    return settings


def _complaint(error: ErrorDetails, named: Callable[[str], str] = variable) -> str:
    """What is wrong with a setting, or with one of the values that it lists. A secret is never shown."""
    name, *inner = map(str, error["loc"])
    if name not in Settings.model_fields:
        return f"설정 파일의 {name}: 모르는 이름입니다.{_nearest(name, Settings.model_fields)}"
    if name == "category_precision" and inner:
        return f"{named(name)}={ {inner[0]: error['input']}!r}: 비율은 0보다 크고 1보다 작은 수여야 합니다. 이렇게 적으세요: {_BY_CATEGORY}"
    shown = "" if Settings.model_fields[name].annotation is SecretStr else f"={error['input']!r}"
    if error["type"] == "value_error":  # ours: it says what is right
        return f"{named(name)}{shown}: {error['msg'].removeprefix('Value error, ')}"
    word = _WORDS.get(error["type"], "").format(**error.get("ctx", {})) or error["msg"]
    return f"{named(name)}{shown}: {word}. {Settings.model_fields[name].description}"


def _nearest(name: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" {found[0]} 을(를) 쓰려던 것인가요?" if found else ""


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {variable(name) for name in Settings.model_fields} | _OTHERS
    config = environment.get(CONFIG_VARIABLE)
    if config and not Path(config).is_file():
        raise SettingsError(f"{PREFIX}CONFIG={config!r}: 그런 파일이 없습니다. 경로를 고치거나 변수를 지우세요.")
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"모르는 설정입니다: {', '.join(unknown)}.{_nearest(unknown[0], sorted(known))} 쓸 수 있는 이름: {', '.join(sorted(known))}")
