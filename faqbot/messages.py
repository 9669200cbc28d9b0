"""Every sentence a visitor can read, in one place."""

from faqbot.domain import Level, Reason
from faqbot.korean.normalize import MAX_NORMALIZED

FALLBACK = {
    Reason.NOT_CONFIDENT: "딱 맞는 답을 찾지 못했어요. 다른 말로 다시 물어보시거나 1:1 문의로 남겨 주시면 담당자가 확인해 드릴게요.",
    Reason.NOTHING_KNOWN: "이 도움말에서 다루지 않는 내용 같아요. 궁금한 점을 조금 더 자세히 적어 주시거나 1:1 문의를 이용해 주세요.",
    Reason.NOTHING_ASKED: "네, 궁금한 점이 있으면 언제든 물어보세요. 한 문장으로 적어 주시면 맞는 안내를 찾아 드릴게요.",
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
ASK_AGAIN = "다른 질문 하기"
MORE = "자세히 보기"
UPDATED = "마지막 수정"
CONFIDENCE = "확신도"
PHONE = "전화"
HOURS = "상담 시간"

#: Code of a problem → its title and what to do.
PROBLEM = {
    "bad_request": ("잘못된 요청", "요청을 이해할 수 없어요. 주소와 내용을 확인해 주세요."),
    "unauthorized": ("로그인이 필요함", "로그인하거나 올바른 API 키를 Authorization 헤더에 적어 주세요."),
    "forbidden": ("권한이 없음", "지금 역할로는 할 수 없는 일이에요. 소유자에게 역할을 바꿔 달라고 하세요."),
    "foreign_request": ("다른 곳에서 온 요청", "이 화면에서 보낸 요청이 아니라서 받지 않았어요. 화면을 새로 열고 다시 해 주세요."),
    "conflict": ("그 사이 바뀜", "그 사이 다른 사람이 바꿨어요. 새로 불러와 확인하고 다시 해 주세요."),
    "invalid_json": ("잘못된 요청", "본문이 올바른 JSON이 아니에요. UTF-8이어야 하고, NaN·무한대·겹친 이름·깨진 글자·너무 깊은 중첩은 쓸 수 없어요."),
    "not_found": ("찾을 수 없음", "찾으시는 내용이 없거나 지금은 볼 수 없어요."),
    "method_not_allowed": ("허용되지 않는 방식", "이 주소에서 쓸 수 없는 방식이에요. Allow 헤더에 있는 방식을 쓰세요."),
    "too_large": ("내용이 너무 큼", "보내신 내용이 너무 커요. 줄여서 다시 보내 주세요."),
    "unsupported_media_type": ("지원하지 않는 형식", "본문은 압축하지 않은 application/json이나 text/plain이어야 해요."),
    "invalid_request": ("처리할 수 없는 값", "쓸 수 없는 값이 있어요. errors를 확인해 주세요."),
    "empty": ("처리할 수 없는 값", "질문이 비어 있어요. 궁금한 점을 적어 주세요."),
    "too_long": ("처리할 수 없는 값", f"질문이 너무 길어요. {MAX_NORMALIZED}자 이내로 줄여 주세요."),
    "not_text": ("처리할 수 없는 값", "질문에 깨진 글자가 있어요. 다시 입력해 주세요."),
    "invalid_token": ("처리할 수 없는 값", "오래되었거나 올바르지 않은 링크예요. 처음부터 다시 해 주세요."),
    "origin_not_allowed": ("허용되지 않는 곳", "이 사이트에서는 답변 상자를 쓸 수 없어요. 도움말 운영자가 주소를 등록해야 해요."),
    "rate_limited": ("요청이 너무 많음", "지금 이용이 많아요. 잠시 뒤에 다시 시도해 주세요."),
    "not_stored": ("저장하지 못함", "지금은 저장할 수 없어요. 내용은 보내지지 않았으니 잠시 뒤에 다시 시도해 주세요."),
    "not_read": ("불러오지 못함", "지금은 불러올 수 없어요. 잠시 뒤에 다시 시도해 주세요."),
    "internal_error": ("서버 오류", "처리하지 못했어요. 잠시 뒤에 다시 시도해 주세요."),
    "not_ready": ("준비 중", NOT_READY),
    "draining": ("멈추는 중", "이 서버는 곧 멈춰요. 잠시 뒤에 다시 시도해 주세요."),
}

#: What was noticed about a query.
READ_AS = "{read} 찾았어요."
LITERAL = "{query} 찾기"
MASKED = "개인정보로 보이는 내용은 가리고 저장했어요."

#: Version and words of the consent that an inquiry needs; a change of the words is a new version.
CONSENT_VERSION = "2026-11-2"
CONSENT = (
    "문의에 답하기 위해 이메일 주소와 적어 주신 내용을 모읍니다. 문의에 답하는 데에만 쓰고, 마지막으로 오간 날부터 {kept}이 지나면 지웁니다. "
    "동의하지 않으실 수 있지만, 그러면 1:1 문의로는 답을 드릴 수 없어요."
)
CONSENT_CHANGED = "동의문이 바뀌었어요. 새로 읽고 다시 동의해 주세요."

# The pages.

SKIP = "본문으로 건너뛰기"
SITE_PARTS = "도움말 메뉴"
YOU_ARE_HERE = "현재 위치"
CONTENT = "내용"

# Asking.
SEARCH_LABEL = "도움말에서 찾기"
SEARCH = "찾기"
ASK_MORE = "궁금한 점을 평소 말하듯이 적어 주세요. 주민등록번호나 카드번호는 적지 마세요."
POPULAR = "자주 찾는 질문"
CATEGORIES = "분류에서 찾기"
COUNT = "{count}개"
ANSWERED = "답변"
OTHER = "다른 질문인가요?"
RELATED = "함께 보면 좋은 질문"
NONE_OF_THESE = "찾는 질문이 없어요"
FALLBACK_TITLE = {
    Reason.NOT_CONFIDENT: "딱 맞는 답변을 찾지 못했어요",
    Reason.NOTHING_KNOWN: "이 도움말에서 다루지 않는 내용 같아요",
    Reason.NOTHING_ASKED: "네, 궁금한 점이 있으면 언제든 물어보세요",
}
#: Behind a greeting or thanks alone.
ASK_ME = "한 문장으로 적어 주시면 맞는 안내를 찾아 드릴게요."
FALLBACK_MORE = "1:1 문의를 남겨 주시면 담당자가 확인해 드려요. 적으신 질문은 문의에 그대로 옮겨 드릴게요."
#: After "none of these".
REJECTED_TITLE = "찾으시는 답변이 여기에 없었군요"
#: The second time in a row that nothing was found.
AGAIN_TITLE = "이번에도 답변을 찾지 못했어요"
AGAIN_MORE = "더 찾아보시는 것보다 담당자에게 바로 물어보시는 편이 빨라요. 지금까지 적으신 질문도 함께 전해 드릴게요."
BROWSE = "분류에서 직접 찾아보기"
OTHER_WORDS = "다른 말로 다시 물어보셔도 좋아요. 예를 들어 화면에 나온 문구나 하려던 일을 적어 주세요."

# Feedback.
HELPFUL = "답변이 도움이 됐나요?"
YES = "도움이 됐어요"
NO = "아니에요"
WHY = "어떤 점이 아쉬웠나요?"
FEEDBACK_REASON = {
    "not_relevant": "질문과 관련 없는 답변이에요",
    "not_solved": "관련은 있지만 해결되지 않았어요",
    "outdated": "오래됐거나 틀린 내용이에요",
}
FEEDBACK_TEXT = "더 알려 주실 내용 (선택)"
FEEDBACK_SEND = "의견 보내기"
FEEDBACK_TOO_LONG = "의견은 {max_length:,}자까지 적을 수 있어요. 지금은 {length:,}자예요."
THANKS_TITLE = "의견을 보내 주셔서 고마워요"
THANKS_YES = "도움이 됐다니 다행이에요. 더 나은 답변을 만드는 데 쓸게요."
THANKS_TELL_MORE = "“아니에요”는 이미 받았어요. 어떤 점이 아쉬웠는지도 알려 주시면 답변을 고치는 데 쓸게요."
THANKS_NO = "알려 주신 내용을 보고 답변을 고칠게요. 아직 해결되지 않았다면 담당자에게 물어봐 주세요."
BACK_TO_ANSWER = "답변으로 돌아가기"

# Browsing.
SUBCATEGORIES = "세부 분류"
QUESTIONS = "질문"
#: Of a category with categories below it: theirs too.
QUESTIONS_BELOW = "세부 분류까지 모든 질문"
PAGES = "쪽 이동"
PAGE_OF = "{page} / {pages}쪽"
PREVIOUS = "이전 쪽"
NEXT = "다음 쪽"
TABLE = "표"
DONE = "했음"
NOTICES, NOTICE = "공지사항", "공지"
NO_NOTICES = "지금은 공지가 없어요."
ALL_NOTICES = "공지 모두 보기"
SINCE = "{starts}부터"
SINCE_UNTIL = "{starts}부터 {ends}까지"

# The way to a person.
CONTACT = "도움이 더 필요하신가요?"
CHAT = "채팅 상담"
EMAIL = "이메일"

# The inquiry.
INQUIRY_PAGE = "1:1 문의"
INQUIRY_LEAD = "담당자가 읽고 답해 드려요."
REQUIRED, OPTIONAL = "필수", "선택"
CATEGORY_FIELD = "분류"
NO_CATEGORY = "고르지 않음"
ALL_OF = "{category} 전체"
QUESTION_FIELD = "질문"
QUESTION_HINT = "무엇이 궁금하신가요? 하고 싶은 일이나 막힌 점을 적어 주세요."
BACKGROUND_FIELD = "배경"
BACKGROUND_HINT = "언제, 어디에서, 무엇을 하던 중이었나요?"
ERROR_FIELD = "오류 문구"
ERROR_HINT = "화면에 나온 문구가 있다면 그대로 옮겨 주세요."
TRIED_FIELD = "해 본 것"
TRIED_HINT = "이미 해 보신 일이 있다면 알려 주세요. 같은 안내를 되풀이하지 않을게요."
EMAIL_FIELD = "연락받을 이메일"
EMAIL_HINT = "담당자가 연락드려야 할 때 써요. 답변은 보낸 뒤에 나오는 페이지에서 볼 수 있어요. 예: gildong@example.kr"
FILES_FIELD = "첨부 파일"
FILES_HINT = "화면 사진(PNG, JPEG), PDF, UTF-8 텍스트 파일을 {most}개까지, 하나에 {size}까지 붙일 수 있어요. 주민등록번호나 카드번호가 보이는 것은 가려 주세요."
FILES_PICKED = "고른 파일이에요. 빼려면 표시를 지워 주세요."
FILE_NAMELESS = "파일"
FILE_EMPTY = "{name}: 빈 파일이에요."
FILE_TOO_LARGE = "{name}: 파일이 너무 커요. 하나에 {most}까지 붙일 수 있어요."
FILE_OTHER_TYPE = "{name}: 붙일 수 없는 파일이에요. PNG, JPEG, PDF, UTF-8 텍스트 파일을 골라 주세요."
FILE_LEFT_OUT = "{name}: 파일이 너무 많아서 받지 않았어요."
FILES_TOO_MANY = "파일은 {most}개까지 붙일 수 있어요. 지금은 {count}개니 보내지 않을 파일의 표시를 지워 주세요."
FILES_LOST = "고르신 지 하루가 지나 지워진 파일이 있어요. 파일을 다시 골라 주세요."
CONSENT_TITLE = "개인정보 수집·이용 동의"
CONSENT_CHECK = "위 내용에 동의해요"
CONSENT_VERSION_IS = "동의문 버전 {version}"
TRANSCRIPT = "앞에서 나눈 대화"
TRANSCRIPT_ALONG = "앞에서 물어보신 질문 {count}개도 담당자에게 함께 보내요. 개인정보로 보이는 내용은 가려져 있어요."
TO_REVIEW = "내용 확인하기"
REVIEW_TITLE = "이대로 보낼까요?"
REVIEW_LEAD = "아직 보내지 않았어요. 내용을 한 번 더 확인해 주세요."
SEND = "보내기"
EDIT = "고치기"
NOT_WRITTEN = "적지 않음"
AGREED = "동의함 (버전 {version})"
SENSITIVE = "{kinds} 보이는 내용이 있어요. 답변에 꼭 필요하지 않다면 고치기를 눌러 지워 주세요."
#: Field → its name in the list of what is to be mended.
FIELD_NAME = {
    "category": CATEGORY_FIELD,
    "question": QUESTION_FIELD,
    "background": BACKGROUND_FIELD,
    "error": ERROR_FIELD,
    "tried": TRIED_FIELD,
    "email": EMAIL_FIELD,
    "consent": CONSENT_TITLE,
}
ERRORS_TITLE = "고쳐 주실 곳이 {count}군데 있어요"
ERROR_PREFIX = "확인 필요: "
#: (field, pydantic's error type) → what to do; names in braces are bounds and the length of what was sent.
FIELD_ERROR = {
    ("question", "string_too_short"): "질문을 적어 주세요.",
    ("email", "string_too_short"): "연락받을 이메일 주소를 적어 주세요.",
    ("email", "string_pattern_mismatch"): "이메일 주소를 다시 확인해 주세요. gildong@example.kr 같은 모양이어야 해요.",
    ("consent", "literal_error"): "개인정보 수집·이용에 동의해 주셔야 보낼 수 있어요.",
    ("consent", "changed"): CONSENT_CHANGED,
}
FIELD_TOO_LONG = "{name}: {max_length:,}자까지 적을 수 있어요. 지금은 {length:,}자예요."
FIELD_OTHER = "{name}: 쓸 수 없는 글자가 있어요. 다시 적어 주세요."
KEPT = "적으신 내용은 아래에 그대로 있어요."
FOREIGN = "다른 사이트에서 온 요청이라 보내지 않았어요. 내용을 확인하고 다시 보내 주세요."
#: The same form was sent before with other words.
SENT_BEFORE_TITLE = "이미 접수한 문의예요"
SENT_BEFORE = "먼저 보내신 문의({number})가 있어요. 고치신 내용은 아직 보내지 않았어요."
NOT_SENT = "아직 보내지 않은 내용"
SENT_BEFORE_OPEN = "접수한 문의 보기"
SENT_BEFORE_NEW = "고친 내용을 새 문의로 보내기"

# Its status.
STATUS_TITLE = "문의 진행 상황"
STATUS_HEADING = {"received": "문의를 접수했어요", "in_progress": "담당자가 확인하고 있어요", "answered": "답변이 도착했어요"}
NUMBER = "접수 번호"
RECEIVED_AT = "접수한 때"
EXPECTED = "답변 예정"
EXPECTED_BY = "{day}까지"
OVERDUE = "{day}까지 답해 드리기로 했는데 늦어지고 있어요. 기다리게 해 드려 죄송해요."
STATE = {"received": "접수", "in_progress": "확인 중", "answered": "답변 완료"}
STATE_NOW = "지금 단계"
KEEP_ADDRESS = "이 페이지의 주소를 즐겨찾기에 담아 두세요. 주소를 아는 사람만 볼 수 있으니 다른 사람에게 알려 주지 마세요."
REPLIES = "담당자 답변"
NO_REPLIES = "아직 답변이 없어요. 답변이 달리면 이 페이지에서 볼 수 있어요."
SENT_TEXT = "보내신 내용"
REACHED_AT = "연락받을 곳"
ASKED_AND_GOT = {"answer": "답변을 보여 드렸어요", "suggest": "비슷한 질문을 보여 드렸어요", "fallback": "답변을 찾지 못했어요"}
SAVE_TEXT = "텍스트 파일로 저장"
PRINT_HINT = "이 페이지는 그대로 인쇄할 수 있어요."
ERASED = "이 문의의 내용은 지워졌어요. 접수 번호와 날짜만 남아 있어요."
NEW_INQUIRY = "새 문의 쓰기"

# For whoever embeds the answer box.
EMBED_TITLE = "답변 상자 설치하기"
EMBED_LEAD = "아래 코드를 페이지에 붙이면 그 자리에 답변 상자가 나타나요. 쿠키를 쓰지 않고, 다른 회사의 서버를 부르지 않아요."
EMBED_SIMPLE = "1. 늘 최신 버전으로"
EMBED_SIMPLE_MORE = "고쳐진 점이 5분 안에 저절로 반영돼요. 대부분의 사이트에 알맞아요."
EMBED_FIXED = "2. 버전을 고정해서"
EMBED_FIXED_MORE = "파일이 한 글자라도 바뀌면 브라우저가 실행하지 않아요. 보안 심사를 받는 사이트에 알맞아요. 새 버전을 쓰려면 이 코드를 다시 복사해 주세요."
EMBED_FALLBACK = "도움말에서 찾아보기"
EMBED_NO_SCRIPT = "상자를 열 수 없는 브라우저에서는 안에 적은 링크가 그대로 보여요."
EMBED_CSP = "3. 보안 정책(CSP)에 더할 줄"
EMBED_CSP_MORE = "Content-Security-Policy를 쓰는 페이지라면 이미 있는 줄에 주소를 더해 주세요. form-action은 정책에 그 줄이 있을 때만 더하면 돼요."
EMBED_ORIGINS = "4. 허락된 사이트"
EMBED_ORIGINS_MORE = "답변 상자는 이 도움말과 아래 사이트에서만 답을 받아요."
EMBED_NO_ORIGINS = "아직 허락된 다른 사이트가 없어요. 지금은 이 도움말 주소에서만 쓸 수 있어요."
EMBED_SETTING = "사이트를 더하려면 서버에서 이 설정을 바꾸고 다시 시작해 주세요. 여러 곳은 쉼표로 이어요."
EMBED_NO_PUBLIC_URL = "손님이 보는 주소({variable})가 정해지지 않아, 지금 여신 주소로 코드를 만들었어요. 설치하기 전에 이 설정을 적어 주세요."
EMBED_PREVIEW = "미리 보기"
EMBED_PREVIEW_MORE = "실제로 움직이는 상자예요. 이 페이지의 보안 정책은 이 도움말의 파일만 허락해요."
EMBED_COPY = "코드를 한 번 누르면 모두 선택돼요."
