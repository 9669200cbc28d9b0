"""Words that are opposites and words that are one, for polarity. Data and how it is read; pure."""

from typing import NamedTuple

#: One line an opposite: kind, one side | other side, as form/first letter of the tag. Kinds: `=` to deny one side is to name the other; `>` one undoes the
#: other, and the last one named counts ("신청한 것을 취소"); `:` neither. A word with * counts only where the text names no other of its line.
_OPPOSITES = """
= 이상/N 초과/N | 이하/N 미만/N 이내/N
> 설정/N 걸/V 잠그/V 잠기/V 등록/N 추가/N 가입/N 연결/N 연동/N 설치/N 깔/V 만들/V 생성/N 담/V 넣/V 붙이/V 개설/N 신청/N* 차단/N* 잠금/N* \
| 해제/N 풀/V 푸/V 풀리/V 삭제/N 제거/N 지우/V 없애/V 해지/N 탈퇴/N 끊/V 빼/V 취소/N 철회/N 떼/V 그만두/V
> 켜/V 켜지/V | 끄/V 꺼지/V 끌/V
> 열/V 열리/V | 닫/V 닫히/V
> 시작/N 개시/N 재개/N | 종료/N 중단/N 중지/N 정지/N 멈추/V 그만/M 끝나/V 끝/N 끝내/V 마감/N
> 로그인/N | 아웃/N
: 올리/V 오르/V 올라가/V 인상/N 높이/V 늘리/V 늘/V 늘어나/V 증액/N 증가/N | 내리/V 내려가/V 인하/N 낮추/V 줄이/V 줄/V 줄어들/V 감액/N 감소/N
: 크/V 커지/V 키우/V | 작/V 작아지/V
: 길/V | 짧/V
: 많/V | 적/V
: 높/V | 낮/V
: 밝/V | 어둡/V
: 덥/V 뜨겁/V | 춥/V 차갑/V
: 구매자/N 사/V 매수/N | 판매자/N 팔/V 매도/N
: 빌리/V 대여/N 임대/N | 반납/N 갚/V 상환/N
: 입금/N | 출금/N 인출/N
: 발송/N 송신/N 발신/N | 수신/N 수령/N
: 업로드/N | 다운로드/N 내려받/V
: 국내/N | 해외/N 국외/N 외국/N
: 개인/N | 법인/N 사업자/N 기업/N
: 단체/N | 개별/N
: 유료/N | 무료/N 공짜/N
: 선불/N | 착불/N 후불/N
: 공개/N | 숨기/V
: 최소/N 최저/N | 최대/N 최고/N
: 포함/N | 제외/N
: 승인/N 수락/N 통과/N 합격/N | 거절/N 반려/N 거부/N 탈락/N 불합격/N
: 일찍/M 빨리/M 앞당기/V 당기/V 빠르/V | 늦/V 늦게/M 미루/V 연기/N 늦추/V 천천히/M
: 오전/N 아침/N | 오후/N 저녁/N
: 평일/N | 주말/N 휴일/N 공휴일/N
: 출발/N 출발지/N | 도착/N 도착지/N
: 입실/N 체크인/N 입장/N | 퇴실/N 체크아웃/N 퇴장/N
: 온라인/N | 오프라인/N
: 유선/N | 무선/N
: 대형/N | 소형/N
: 남자/N 남성/N | 여자/N 여성/N
: 왕복/N | 편도/N
: 신규/N 새로/M | 기존/N
: 재학/N 재학생/N | 휴학/N 휴학생/N
: 입학/N | 졸업/N
: 입사/N | 퇴사/N
: 전입/N | 전출/N
: 왼쪽/N | 오른쪽/N
: 자동/N | 수동/N
= 전/N 이전/N 사전/N | 후/N 이후/N 뒤/N 다음/N
= 성공/N | 실패/N
= 알/V 기억/N | 모르/V 잊/V 잊어버리/V 까먹/V
= 맞/V | 틀리/V
"""

#: Predicates that are one when they are said or denied; the first of a line stands for all.
_SAME = """
쓰 사용 이용
오 도착 들어오 받 수령 수신
보내 발송 부치
보이 나오 뜨 표시 노출
내 납부 지불
사 구매 구입 주문 시키
없애 지우 삭제
바꾸 변경 수정 고치
찾 발견
맞 일치
찍 촬영
가져오 반입 가져가
연락 통화
풀리 풀 푸 해제
막히 막 차단 제한
열리 열
닫히 닫
켜지 켜
꺼지 끄
지나 넘 경과
끝나 끝내 완료 마치
올리 등록 업로드
알 기억
넣 입력
누르 눌리
빌리 대출 대여
듣 들리 수강
읽 인식
"""


class Side(NamedTuple):
    """A word as one side of an opposite.

    Attributes:
        tag: first letter of the tag that the word must have.
        kind: `=`, `>` or `:`.
        name: of the opposite: the word its line begins with.
        sign: `<` the side before the bar, `>` the one behind it.
        weak: whether it counts only where no other word of the opposite does.
    """

    tag: str
    kind: str
    name: str
    sign: str
    weak: bool


def _sides() -> dict[str, tuple[Side, ...]]:
    sides: dict[str, tuple[Side, ...]] = {}
    for line in _OPPOSITES.strip().splitlines():
        name = line[2:].partition("/")[0]
        for sign, half in zip("<>", line[2:].split("|"), strict=True):
            for word in half.split():
                form, tag = word.removesuffix("*").split("/")
                sides[form] = (*sides.get(form, ()), Side(tag, line[0], name, sign, word.endswith("*")))
    return sides


#: The sign of the contrary.
CONTRARY = {"+": "-", "-": "+", "<": ">", ">": "<"}
#: Form → the sides it may name.
SIDES = _sides()
#: A number that is exceeded, and one that is not reached.
OVER, UNDER = (next(side for side in SIDES[word]) for word in ("이상", "미만"))
#: Predicate → the one that stands for it.
ONE_NAME = {word: line.split()[0] for line in _SAME.strip().splitlines() for word in line.split()}
#: The same where it is denied: what is not sent is not received, while what is sent and what is received are two things.
ONE_NAME_DENIED = ONE_NAME | dict.fromkeys(("보내", "발송", "부치"), "오")
