"""Settings: one frozen object from FAQBOT_* variables and an optional TOML file. Variables win over the file, the file over defaults."""

import difflib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AnyHttpUrl, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from faqbot.errors import SettingsError

PREFIX = "FAQBOT_"
#: The TOML file read when FAQBOT_CONFIG names no other; it need not exist.
CONFIG_FILE = Path("faqbot.toml")
#: Variables that are no settings: where the TOML file is, and further sets for tests and notebooks.
_OTHERS = frozenset({f"{PREFIX}CONFIG", f"{PREFIX}SETS"})

#: How precisions of categories are written, as messages show it.
_BY_CATEGORY = '{"결제>환불": 0.97, "계정": 0.95}'

Probability = Annotated[float, Field(gt=0, lt=1)]


class Settings(BaseSettings):
    """Everything an operator can set. Field descriptions are the help texts."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    site: str = Field("default", pattern=r"^[a-z0-9][a-z0-9-]{0,40}$", description="도움말 사이트 이름. models/ 아래 폴더 이름이 됩니다")
    models: Path = Field(Path("models"), description="학습 결과(릴리스)를 두는 폴더")
    host: str = Field("127.0.0.1", description="서버가 듣는 주소")
    port: int = Field(8000, ge=1, le=65535, description="서버가 듣는 포트")
    workers: int = Field(2, ge=1, le=64, description="서버 프로세스 수. 모델은 함께 쓰므로 메모리는 거의 늘지 않습니다")
    title: str = Field("고객센터 도움말", max_length=60, description="페이지 제목")
    inquiry_url: AnyHttpUrl | None = Field(None, description="1:1 문의 페이지 주소. 답을 찾지 못하면 이곳으로 안내합니다")
    phone: str = Field("", max_length=40, description="고객센터 전화번호. 비워 두면 안내하지 않습니다")
    hours: str = Field("", max_length=80, description="전화 상담 시간 (예: 평일 09:00–18:00)")
    target_precision: Probability = Field(0.90, description="바로 답할 때 맞아야 하는 비율. 학습할 때 기준값(threshold)을 정합니다")
    category_precision: Annotated[dict[str, Probability], NoDecode] = Field(
        {}, description='분류마다 다르게 맞아야 하는 비율. 돈이나 계정처럼 틀리면 안 되는 분류에 씁니다 (예: {"결제>환불": 0.97})'
    )
    suggest_probability: Probability = Field(0.25, description="셋 안에 답이 있을 확률이 이보다 높으면 후보를 보여 줍니다")

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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(os.environ.get(f"{PREFIX}CONFIG") or CONFIG_FILE))


def variable(name: str) -> str:
    """The environment variable of a setting: `port` → `FAQBOT_PORT`."""
    return f"{PREFIX}{name.upper()}"


def load_settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Read variables and the TOML file.

    Args:
        overrides: values that win over both, such as command line options; None values are ignored.

    Raises:
        SettingsError: every value that cannot be used, with its variable and what is allowed; an unknown FAQBOT_* variable, with the nearest known one; a TOML file that cannot be read.
    """
    _refuse_unknown(os.environ)
    try:
        return Settings(**{key: value for key, value in (overrides or {}).items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [_complaint(*map(str, e["loc"]), value=e["input"], message=e["msg"]) for e in error.errors()]
        raise SettingsError("설정을 읽을 수 없습니다.\n" + "\n".join(lines) + "\n값을 고치거나 변수를 지우고 다시 실행하세요.") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"설정 파일을 읽을 수 없습니다: {error}. TOML 문법을 확인하세요.") from error


def _complaint(name: str, *inner: str, value: object, message: str) -> str:
    """What is wrong with a setting, or with the inner part of one that a category names."""
    if name not in Settings.model_fields:
        return f"설정 파일의 {name}: 모르는 이름입니다.{_nearest(name, Settings.model_fields)}"
    if inner:
        return f"{variable(name)}={ {inner[0]: value}!r}: 비율은 0보다 크고 1보다 작은 수여야 합니다. 이렇게 적으세요: {_BY_CATEGORY}"
    return f"{variable(name)}={value!r}: {message.removeprefix('Value error, ')}"


def _nearest(name: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" {found[0]} 을(를) 쓰려던 것인가요?" if found else ""


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {variable(name) for name in Settings.model_fields} | _OTHERS
    config = environment.get(f"{PREFIX}CONFIG")
    if config and not Path(config).is_file():
        raise SettingsError(f"{PREFIX}CONFIG={config!r}: 그런 파일이 없습니다. 경로를 고치거나 변수를 지우세요.")
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"모르는 설정입니다: {', '.join(unknown)}.{_nearest(unknown[0], sorted(known))} 쓸 수 있는 이름: {', '.join(sorted(known))}")
