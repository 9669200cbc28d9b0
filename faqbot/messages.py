"""Every sentence a visitor can read, in one place."""

from faqbot.domain import Level, Reason
from faqbot.korean.normalize import MAX_NORMALIZED

FALLBACK = {
    Reason.NOT_CONFIDENT: "딱 맞는 답을 찾지 못했어요. 다른 말로 다시 물어보시거나 1:1 문의로 남겨 주시면 담당자가 확인해 드릴게요.",
    Reason.NOTHING_KNOWN: "이 도움말에서 다루지 않는 내용 같아요. 궁금한 점을 조금 더 자세히 적어 주시거나 1:1 문의를 이용해 주세요.",
}
SUGGEST = {
    Reason.SEVERAL_LIKELY: "혹시 이런 내용을 찾으셨나요?",
    Reason.SHARED_QUESTION: "같은 질문에 안내가 여러 가지 있어요. 해당하는 것을 골라 주세요.",
}
LEVEL = {Level.HIGH: "높음", Level.MEDIUM: "보통", Level.LOW: "낮음"}

INQUIRY = "1:1 문의하기"
ASK = "질문하기"
PLACEHOLDER = "예: 환불은 며칠 걸리나요?"
NOT_READY = "지금은 답변을 준비하고 있어요. 잠시 뒤에 다시 시도해 주세요."

HOME = "처음으로"
QUERY = "무엇을 도와드릴까요?"
STARTERS = "이런 걸 물어볼 수 있어요"
ASK_AGAIN = "다른 질문 하기"
MORE = "자세히 보기"
UPDATED = "마지막 수정"
CONFIDENCE = "확신도"
PHONE = "전화"
HOURS = "상담 시간"

#: Code of a problem → its title and what to do.
PROBLEM = {
    "bad_request": ("잘못된 요청", "요청을 이해할 수 없어요. 주소와 내용을 확인해 주세요."),
    "invalid_json": ("잘못된 요청", "본문이 올바른 JSON이 아니에요. UTF-8이어야 하고, NaN·무한대·겹친 이름·깨진 글자·너무 깊은 중첩은 쓸 수 없어요."),
    "not_found": ("찾을 수 없음", "찾으시는 내용이 없거나 지금은 볼 수 없어요."),
    "method_not_allowed": ("허용되지 않는 방식", "이 주소에서 쓸 수 없는 방식이에요. Allow 헤더에 있는 방식을 쓰세요."),
    "too_large": ("내용이 너무 큼", "보내신 내용이 너무 커요. 줄여서 다시 보내 주세요."),
    "unsupported_media_type": ("지원하지 않는 형식", "본문은 압축하지 않은 application/json이어야 해요."),
    "invalid_request": ("처리할 수 없는 값", "쓸 수 없는 값이 있어요. errors를 확인해 주세요."),
    "empty": ("처리할 수 없는 값", "질문이 비어 있어요. 궁금한 점을 적어 주세요."),
    "too_long": ("처리할 수 없는 값", f"질문이 너무 길어요. {MAX_NORMALIZED}자 이내로 줄여 주세요."),
    "not_text": ("처리할 수 없는 값", "질문에 깨진 글자가 있어요. 다시 입력해 주세요."),
    "internal_error": ("서버 오류", "처리하지 못했어요. 잠시 뒤에 다시 시도해 주세요."),
    "not_ready": ("준비 중", NOT_READY),
}
