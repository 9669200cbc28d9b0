"""The operator's desk: pages under /admin and their API under /v1/admin.

How to add a page. One module a page (`faqbot/web/desk/<page>.py`) with handlers and a table, and one template `templates/desk/<page>.html`:

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict
    from faqbot.store import Role
    from faqbot.web.desk.frame import render, see_other
    from faqbot.web.desk.page import Api, Page
    from faqbot.web.desk.visit import DeskVisit

    def notices(visit: DeskVisit) -> ResponseReturnValue:
        return render("desk/notices.html", done=DONE, notices=visit.store.all_notices())

    def add_notice(visit: DeskVisit, form: MultiDict[str, str]) -> ResponseReturnValue:
        if not form.get("title", "").strip():
            return render("desk/notices.html", status=422, errors={"title": "제목을 적어 주세요."}, typed=form, notices=visit.store.all_notices())
        added = visit.store.add_notice(...)
        visit.audit("notice.add", str(added.id), after={"title": added.title})
        return see_other("desk_notices", done="added")

    DONE = {"added": "공지를 올렸어요."}
    PAGES = (
        Page("/admin/notices", "desk_notices", notices, menu="공지"),
        Page("/admin/notices", "desk_notice_add", add_notice, "POST", Role.EDITOR),
    )

Then name the module in the tables of `faqbot/web/desk/rules.py`. What comes with it:

- `Page(path, endpoint, handler, method="GET", role=Role.VIEWER, menu="", max_body=…)`. Endpoints begin with `desk_`. Who is not logged in or lacks the role never
  reaches the handler, and their body is not read; a form from a page of another origin neither. A POST handler gets `request.form` after the visit, a page
  with variables in its path gets them by name. For a file, set `max_body` and take `flask.request.files`.
- `menu`: one of `frame.MENU`, on the GET page that the entry of the menu leads to. The menu shows what stands in the table and what the role may see.
- `Api(path, endpoint, handler, method="GET", role=Role.VIEWER, input=None, max_body=…)` under /v1/admin: `handler(visit)`, or `handler(visit, input)` where
  `input` is a pydantic model that body (or query, with GET) must fit. It returns a pydantic model, anything that JSON holds, None (204), or a Response.
  Opened by the cookie of a session or by `Authorization: Bearer <key>`.
- `DeskVisit` is a `Visit` (`settings`, `services`, `catalogue`, …) with `store`, `actor` (`name`, `role`, `via` "session" or "key"), `may(role)` and
  `audit(action, subject, before, after)`. Every change of state is written to the audit log by its handler; no words of visitors in it.
- `render(template, status=200, done=None, **context)`; `done` maps the codes that `see_other` puts behind `?done=` to sentences, shown above the page.
  After a POST that worked: `see_other(endpoint, done="code", **path_values)`.
- Raise `RequestError(ProblemCode.NOT_FOUND)` and the like anywhere: people get a page in the desk's frame, programs a problem.
- Templates extend `desk/layout.html`: blocks `title` (plain text, also the heading), `actions` (right of the heading), `lead`, `main`, `scripts`.
  `{% import "desk/parts.html" as parts with context %}` is there already: `parts.field`, `parts.select`, `parts.notice`, `parts.errors`, `parts.pager`, `parts.chip`,
  `parts.empty`. `may("editor")` tells what to show. Moments: `{{ x | moment }}` (site's zone), `{{ x | short_moment }}`.
- Looks: classes of `static/desk.css` (see its list at the top). No inline style, no inline script; a script is a file in `static/`, named by
  `<script type="module" src="{{ desk_file('desk_x.js') }}"></script>` in block `scripts`, and must do without innerHTML (Trusted Types). Each page is complete without it.
"""

from faqbot.web.desk.rules import install as install
