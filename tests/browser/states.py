"""How to bring the box on a page of the stub into each of its states."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page


def field(page: Page) -> Locator:
    return page.locator("faq-box").first.get_by_role("combobox")


def heading(page: Page) -> Locator:
    return page.locator("faq-box").first.locator("section h2")


def ask(page: Page, query: str) -> None:
    """Types and presses Enter, without waiting for what comes."""
    field(page).fill(query)
    field(page).press("Enter")


def ask_and_wait(page: Page, query: str, title: str) -> None:
    ask(page, query)
    heading(page).filter(has_text=title).wait_for()


def click(page: Page, name: str) -> None:
    page.locator("faq-box").first.get_by_role("button", name=name, exact=True).click()


def idle(page: Page) -> None:
    field(page).wait_for()


def popular(page: Page) -> None:
    field(page).focus()
    page.get_by_role("option").first.wait_for()


def suggestions(page: Page) -> None:
    field(page).press_sequentially("배송", delay=30)
    page.get_by_role("listbox", name="추천 질문").wait_for()
    field(page).press("ArrowDown")


def loading(page: Page) -> None:
    ask(page, "느림 2.5")
    page.get_by_text("답변을 찾고 있어요…").first.wait_for()


def slow(page: Page) -> None:
    ask(page, "느림 9")
    heading(page).filter(has_text="평소보다 오래 걸리고 있어요").wait_for()


def answer(page: Page) -> None:
    ask_and_wait(page, "환불 언제 되나요", "환불은 며칠 걸리나요?")


def others(page: Page) -> None:
    answer(page)
    click(page, "다른 질문인가요?")


def masked(page: Page) -> None:
    ask_and_wait(page, "010-1234-5678로 환불 문자 주세요", "환불은 며칠 걸리나요?")


def candidates(page: Page) -> None:
    ask_and_wait(page, "배송", "혹시 이 질문인가요?")


def layout(page: Page) -> None:
    ask_and_wait(page, "qothd", "혹시 이 질문인가요?")


def fallback(page: Page) -> None:
    ask_and_wait(page, "모름", "딱 맞는 답변을 찾지 못했어요")


def fallback_again(page: Page) -> None:
    fallback(page)
    ask_and_wait(page, "또 모름", "이번에도 답변을 찾지 못했어요")


def feedback(page: Page) -> None:
    answer(page)
    click(page, "아쉬워요")
    page.get_by_text("어떤 점이 아쉬웠나요?").wait_for()


def thanks(page: Page) -> None:
    feedback(page)
    page.get_by_label("관련은 있지만 해결되지 않았어요").check()
    click(page, "의견 보내기")
    page.locator("section").get_by_text("의견을 보내 주셔서 고마워요.").wait_for()


def error(page: Page) -> None:
    ask_and_wait(page, "고장", "답변을 불러오지 못했어요")


def busy(page: Page) -> None:
    ask_and_wait(page, "바쁨", "지금 이용이 많아요")


def offline(page: Page) -> None:
    field(page).wait_for()
    page.context.set_offline(True)
    ask_and_wait(page, "환불", "인터넷 연결이 끊겼어요")


def invalid(page: Page) -> None:
    ask(page, " ")
    page.get_by_text("궁금한 점을 적어 주세요.").first.wait_for()


def categories(page: Page) -> None:
    # Before they have arrived there is no such button.
    with page.expect_response("**/v1/contact*"), page.expect_response("**/v1/categories"):
        field(page).focus()
    click(page, "분류에서 찾기")
    click(page, "배송")
    click(page, "배송비")
    page.get_by_role("button", name="배송비는 얼마인가요?").wait_for()


def category_answer(page: Page) -> None:
    categories(page)
    click(page, "배송비는 얼마인가요?")
    page.locator("section .answer").wait_for()


STATES: dict[str, Callable[[Page], None]] = {
    each.__name__: each
    for each in (
        idle, popular, suggestions, loading, slow, answer, others, masked, candidates, layout, fallback, fallback_again,
        feedback, thanks, error, busy, offline, invalid, categories, category_answer,
    )
}  # fmt: skip
