import pytest

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
API = ["/v1/faqs", "/v1/none", "/v1/ask", "/v1", "/livez", "/readyz", "/openapi.json"]
PAGES = ["/", "/faq/refund", "/faq/none", "/none", "/static/page.css", "/static/none", "/v1x"]


@pytest.mark.parametrize("path", API + PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_every_response_is_secured(client, path, method):
    with client.open(path, method=method) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Content-Security-Policy"] == (API_POLICY if path in API else PAGE_POLICY)
    assert headers["Cache-Control"] == ("no-cache" if method != "POST" else "private, no-cache" if path == "/" else "no-store")


def test_every_request_has_a_name_of_our_own(client):
    sent = "1\\n<script>"
    named = [client.get("/livez", headers={"X-Request-ID": sent}).headers["X-Request-ID"] for _ in range(2)]
    assert named[0] != named[1]
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in named)


def test_answers_are_not_stored_by_shared_caches(client):
    assert client.post("/v1/ask", json={"query": "환불"}).headers["Cache-Control"] == "no-store"
    assert client.post("/", data={"query": "환불"}).headers["Cache-Control"] == "private, no-cache"  # the back button asks the browser's own cache


def test_no_cookie_is_set(client):
    assert "Set-Cookie" not in client.post("/", data={"query": "환불"}).headers
