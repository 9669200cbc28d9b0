/*! faq-box 1.0.0 (Apache-2.0) */
// <div id="faq">…</div><script src="https://bot.example.kr/widget/v1.js" async data-target="#faq"></script>, or <faq-box endpoint="https://bot.example.kr">.
// data-site="shop", or site="shop", asks another site of the same server.
// What is served is faq-box.min.js, made from this file: npm run build in tests/browser.
(() => {
  const script = document.currentScript;
  const early = window.FaqBox || {};
  if (early.version) return script && early.mount(script); // a second load adds no second definition
  const fetch = window.fetch;

  // ---- sentences: {0} is the first value, {0:을/를} the particle that follows it ----

  const SENTENCES = {
    label: '무엇을 도와드릴까요?',
    placeholder: '예: 환불은 며칠 걸리나요?',
    hint: '질문을 적으면 추천 질문이 나와요. 위아래 화살표로 고를 수 있어요.',
    ask: '질문하기',
    popular: '자주 찾는 질문',
    suggested: '추천 질문',
    count: '{0} {1}개가 있어요. 위아래 화살표로 고르세요.',
    loading: '답변을 찾고 있어요…',
    slow: '평소보다 오래 걸리고 있어요',
    slowMore: '조금만 더 기다려 주세요. 바로 문의하셔도 돼요.',
    stopped: '찾기를 멈췄어요.',
    found: '답변을 찾았어요: {0}',
    updated: '수정일 {0}',
    helpful: '도움이 됐나요?',
    yes: '도움이 됐어요',
    no: '아쉬워요',
    thanks: '의견을 보내 주셔서 고마워요.',
    why: '어떤 점이 아쉬웠나요?',
    not_relevant: '질문과 관련 없는 답변이에요',
    not_solved: '관련은 있지만 해결되지 않았어요',
    outdated: '오래됐거나 틀린 내용이에요',
    detail: '더 알려 주실 내용 (선택)',
    send: '의견 보내기',
    related: '함께 보면 좋은 질문',
    other: '다른 질문인가요?',
    maybe: '혹시 이 질문인가요?',
    similar: '비슷한 질문 {0}개를 찾았어요.',
    none: '찾는 질문이 없어요',
    miss: '딱 맞는 답변을 찾지 못했어요',
    missMore: '문의를 남겨 주시면 담당자가 확인해 드려요. 다른 말로 다시 물어보셔도 좋아요.',
    again: '이번에도 답변을 찾지 못했어요',
    againMore: '상담원에게 바로 물어보시는 편이 빨라요.',
    inquiry: '1:1 문의하기',
    phone: '전화',
    hours: '상담 시간',
    chat: '채팅 상담',
    email: '이메일',
    categories: '분류에서 찾기',
    error: '답변을 불러오지 못했어요',
    errorMore: '잠시 뒤에 다시 시도해 주세요. 적으신 질문은 그대로 있어요.',
    retry: '다시 시도',
    busy: '지금 이용이 많아요',
    busyMore: '{0}초 뒤에 다시 시도해 주세요. 적으신 질문은 그대로 있어요.',
    offline: '인터넷 연결이 끊겼어요',
    offlineMore: '다시 연결되면 자동으로 찾아 드릴게요.',
    read: "'{1}'{1:으로/로} 찾았어요",
    literal: '“{0}”{0:으로/로} 찾기',
    personal: '개인정보로 보이는 내용은 가리고 보냈어요.',
    empty: '궁금한 점을 적어 주세요.',
    too_long: '질문이 너무 길어요. 300자 이내로 줄여 주세요.',
    not_text: '읽을 수 없는 글자가 있어요. 다시 적어 주세요.',
    table: '표',
  };

  /** 을 after a final consonant, 를 after none; 로 after ㄹ too. Digits and Latin letters count as they are read. */
  const particle = (word, pair) => {
    const [closed, open] = pair.split('/');
    const code = word.charCodeAt(word.length - 1) - 0xac00;
    const final = code >= 0 && code < 11172 ? code % 28 : /[178lr]$/i.test(word) ? 8 : /[036mn]$/i.test(word) ? 1 : 0;
    return final && !(final === 8 && open === '로') ? closed : open;
  };
  const fill = (sentence, ...values) => sentence.replace(/\{(\d)(?::([^}]+))?\}/g, (_, at, pair) => (pair ? particle(values[at], pair) : values[at]));

  // ---- what is typed ----

  const PERSONAL = {
    이메일: /[\w.+-]+@[\w-]+(\.[\w-]+)+/g,
    주민등록번호: /(?<!\d)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[-.\s]?\d{7}(?!\d)/g,
    카드번호: /(?<!\d)(?:[3-69]\d|2[2-7])\d\d([-.\s]?)\d{4}\1\d{4}\1\d{4}(?!\d)/g,
    전화번호: /(?<!\d)((\+?82[-.\s]?0?|0)1[016-9][-.\s]?\d{3,4}|0(2|[3-7]\d)[-.)\s]\d{3,4})[-.\s]?\d{4}(?!\d)/g,
    계좌번호: /(?<=(계좌|은행|뱅크|농협|신협)\D{0,9})\d[\d-]{8,18}\d/g,
  };
  const mask = (text) => {
    for (const kind in PERSONAL) text = text.replace(PERSONAL[kind], `[${kind}]`);
    return text;
  };

  /** What is looked up while typing: a syllable that has only begun does not count. */
  const keyOf = (text) => text.normalize().trim().replace(/\s+/g, ' ').replace(/(?<=[가-힣])[ㄱ-ㅣ]+$/, '');
  /** Nothing, one lone jamo, or something that may become personal data is not looked up. */
  const isQuiet = (key) => /^[ㄱ-ㅣ]?$|@|(\d[-.\s]?){6}/.test(key);

  const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
  const pattern = (letter) => {
    const first = 0xac00 + INITIALS.indexOf(letter) * 588;
    return first < 0xac00 ? letter.replace(/[^\p{L}\p{N}]/u, '\\$&') : `[${letter}${String.fromCharCode(first)}-${String.fromCharCode(first + 587)}]`;
  };
  /** The parts of a question; what was typed, initials included, stands out. */
  const marked = (text, typed) => {
    if (!typed) return [text];
    const words = typed.split(' ').map((word) => [...word].map(pattern).join(''));
    return text.split(RegExp(`(${words.join('|')})`, 'i')).map((part, at) => (at % 2 ? h('b', {}, part) : part));
  };

  // ---- nodes: made, never parsed ----

  const h = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value?.call) node.addEventListener(name, value);
      else if (value || value === 0) node.setAttribute(name, value === true ? '' : value);
    }
    node.append(...children.flat(2).filter(Boolean));
    return node;
  };
  const icon = (path) => {
    const [svg, line] = ['svg', 'path'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    line.setAttribute('d', path);
    svg.append(line);
    return svg;
  };
  const SEARCH = 'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16 16l5 5';
  const THUMB = 'M7 11v9H4v-9zM7 11l4-8c2 0 3 1 3 3l-1 4h6q1 0 1 1l-2 8q0 1-1 1H7';
  const MORE = 'M6 9l6 6l6-6';

  const link = (url, label, more) => (/^(https?|mailto|tel):/i.test(url) ? h('a', { href: url, rel: 'noopener', ...more }, label) : label);
  const span = (it) => (it.type === 'link' ? link(it.url, it.label) : it.type === 'bold' ? h('strong', {}, it.text) : it.type === 'line_break' ? h('br', {}) : it.text);
  /** The block tree of an answer; a kind that is not known yet is shown by what it holds. */
  const block = (it, say) => {
    const cells = (tag, row) => h('tr', {}, row.map((cell) => h(tag, tag === 'th' && { scope: 'col' }, cell.map(span))));
    if (it.header) return h('div', { class: 'wide', role: 'group', tabindex: 0, 'aria-label': say('table') }, h('table', {}, h('thead', {}, cells('th', it.header)), h('tbody', {}, it.rows.map((row) => cells('td', row)))));
    if (it.items) return h(it.type === 'numbered_list' ? 'ol' : 'ul', { start: it.start }, it.items.map((item) => h('li', {}, item.map((part) => block(part, say)))));
    return h(it.level ? `h${it.level}` : 'p', {}, (it.spans || []).map(span));
  };

  const choices = (items) => h('ul', { class: 'choices' }, items.map((item) => h('li', {}, item)));
  const path = ({ category }) => category.split('>').join(' › ');

  const DARK =
    'color-scheme:dark!important;--accent:var(--faqbox-accent,#8ab4ff);--on:var(--faqbox-on-accent,#0c1a33);--bg:var(--faqbox-bg,#1e2329);--fg:var(--faqbox-fg,#eceff3);--muted:var(--faqbox-muted,#a9b3bf);--border:var(--faqbox-border,#7b8695);--surface:var(--faqbox-surface,#14181d)';
  const CSS = `
:host{all:initial!important;direction:ltr!important;display:block!important;color-scheme:light!important;
--accent:var(--faqbox-accent,#1a56c4);--on:var(--faqbox-on-accent,#fff);--bg:var(--faqbox-bg,#fff);--fg:var(--faqbox-fg,#1b2026);
--muted:var(--faqbox-muted,#545d68);--border:var(--faqbox-border,#868f9c);--surface:var(--faqbox-surface,#f4f6f9);--radius:var(--faqbox-radius,.75em);
font:var(--faqbox-font-size,max(1rem,16px))/1.6 var(--faqbox-font,Pretendard,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",system-ui,sans-serif)!important}
:host([hidden]){display:none!important}
:host::before,:host::after{content:none!important}
:host([theme=dark]){${DARK}}
@media(prefers-color-scheme:dark){:host([theme=auto]){${DARK}}}
*{box-sizing:border-box}
[hidden]{display:none!important}
.box{--line:color-mix(in srgb,var(--border) 45%,transparent);padding:1.25em;border:1px solid var(--line);border-radius:var(--radius);background:var(--bg);color:var(--fg);word-break:keep-all;overflow-wrap:anywhere;text-align:left}
h2,h3,h4,p,ul,ol,fieldset,slot,.wide{margin:0 0 .75em;padding:0;border:0}
h2{font-size:1.25em;line-height:1.4}
h3{font-size:1em}
label,legend{display:block;font-weight:700}
[part=form]>label{margin-bottom:.5em;font-size:1.125em}
.row{position:relative;display:flex;flex-wrap:wrap;gap:.5em}
input,textarea,button,.button{min-height:2.75em;padding:.5em 1em;border:1px solid var(--border);border-radius:var(--radius);background:var(--bg);color:inherit;font:inherit;text-align:inherit;word-break:inherit}
.row input{flex:999 9em;min-width:0;height:3em}
.row button{flex:1 0 auto;justify-content:center}
textarea{display:block;width:100%;margin:.25em 0 .75em}
::placeholder{color:var(--muted);opacity:1}
button,.button{display:inline-flex;align-items:center;gap:.5em;font-weight:600;text-decoration:none;cursor:pointer}
.main{border-color:var(--accent);background:var(--accent);color:var(--on)}
.quiet{border-color:transparent;padding:.5em;margin-left:-.5em;background:none;color:var(--accent)}
button:disabled{opacity:1;border-style:dashed;background:none;color:var(--muted);cursor:default}
svg{flex:none;width:1.25em;height:1.25em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.why{flex:100%}
slot{display:block}
.down svg,[aria-expanded=true]>svg{rotate:180deg}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
[tabindex="-1"]:focus{outline:0}
.list{position:absolute;z-index:99;inset:100% 0 auto;margin-top:.25em;padding:.5em;border:1px solid var(--border);border-radius:var(--radius);background:var(--bg);box-shadow:0 .5em 1.5em #0003}
.list ul,.list p,.tools p,li p{margin:0}
.list ul,.contact ul{list-style:none}
.list p{padding:.25em .75em;color:var(--muted)}
[role=option]{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:0 .75em;min-height:2.75em;padding:.5em .75em;border-radius:calc(var(--radius)*.7);cursor:pointer}
[role=option]:hover,[aria-selected=true]{background:var(--surface)}
[aria-selected=true]{outline:2px solid var(--accent);outline-offset:-2px}
small,.note,.path{color:var(--muted);font-size:1em;font-weight:400}
.bad{margin:.5em 0 0;font-weight:600}
[aria-invalid]{border-width:2px}
section{margin-top:1em;padding:1.25em;border-radius:var(--radius);background:var(--surface)}
section>:last-child{margin-bottom:0}
b{text-decoration:underline}
a{color:var(--accent)}
a,b{text-underline-offset:.2em}
.answer ul,.answer ol{padding-left:1.5em}
.wide{overflow-x:auto}
table{border-collapse:collapse;background:var(--bg)}
th,td{overflow-wrap:normal;padding:.5em .75em;border:1px solid var(--line);text-align:left;vertical-align:top}
.choices{display:grid;gap:.5em;list-style:none}
.choices button{width:100%;flex-wrap:wrap;justify-content:space-between}
.choices .choices{margin:.5em 0 0 1em}
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:.5em 1em;margin:0 0 .75em}
.path{margin-left:-.5em}
.path button,.note button{margin:0}
.line{margin-top:1em;padding-top:1em;border-top:1px solid var(--line)}
.contact form,.foot form{display:contents}
.tall{display:inline-flex;align-items:center;min-height:2.75em}
.choice{display:flex;align-items:center;gap:.75em;min-height:2.75em;font-weight:400;cursor:pointer}
.choice input{flex:none;width:1.25em;height:1.25em;min-height:0;margin:0;accent-color:var(--accent)}
.foot{display:flex;flex-wrap:wrap;gap:0 1.5em;margin-top:.5em}
.list .foot{margin:.5em .25em 0;padding:.25em .5em 0;border-top:1px solid var(--line)}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:30em){.box,section{padding:1em}}
@media(prefers-reduced-motion:no-preference){section>*{animation:in .15s}@keyframes in{from{opacity:0}}}
@media(forced-colors:active){[aria-selected=true]{outline-color:Highlight}section{border:1px solid}.main{color:ButtonText}}`;

  // ---- the element ----

  const base = script?.src.replace(/\/widget\/.*/, '') || '';
  const page = document;

  class FaqBox extends HTMLElement {
    #turn = 0; // number of the newest request for an answer; older answers are dropped
    #misses = 0; // fallbacks in a row
    #until = 0; // before this time the server wants no questions
    #query = '';
    #token; // of the reply at hand
    #tokens = []; // of the conversation
    #contact = {};
    #tree = []; // categories
    #popular = [];
    #items = []; // of the list
    #active = -1; // index of the option that the arrows have reached
    #key = ''; // what was looked up last
    #pressed = 0; // time of the last change
    #gap = 0; // between the last two
    #timers = [];

    #say;
    #input;
    #list;
    #title;
    #options;
    #bad;
    #card;
    #foot;
    #live;

    #built; // promise
    #composing;
    #listening; // the visitor is typing, so suggestions are welcome
    #typing; // timer
    #speaking; // timer
    #flying; // a look-up is under way
    #waiting; // another one is wanted after it
    #met; // the first focus is past
    #abort;
    #repeat;
    #online;
    #masked;
    #notes = [];

    connectedCallback() {
      this.#built ||= this.#build();
      this.#built.catch(console.warn); // what the element holds stays visible
    }

    async #build() {
      const lang = (this.lang ||= 'ko').slice(0, 2);
      const own = early.sentences?.[lang];
      const sentences = { ...SENTENCES, ...(own || (lang !== 'ko' && (await this.#call(`/widget/v1.${lang}.json`)))) };
      const say = (this.#say = (name, ...values) => fill(sentences[name], ...values));
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      this.#input = h('input', {
        id: 'input', part: 'input', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'options', 'aria-autocomplete': 'list', 'aria-describedby': 'hint',
        autocomplete: 'off', spellcheck: 'false', enterkeyhint: 'search', placeholder: this.getAttribute('placeholder') || say('placeholder'),
        input: () => this.#typed(), compositionstart: () => (this.#composing = true), compositionend: () => this.#composed(),
        focus: () => this.#focused(), click: () => this.#reopen(), blur: () => this.#close(),
      });
      this.#options = h('ul', { id: 'options', role: 'listbox', 'aria-label': say('suggested') });
      this.#title = h('p', { 'aria-hidden': 'true' });
      this.#list = h('div', { class: 'list', part: 'list', hidden: true, mousedown: (event) => event.preventDefault() }, this.#title, this.#options);
      this.#bad = h('p', { id: 'bad', class: 'bad', hidden: true });
      this.#card = h('section', { part: 'result', hidden: true });
      this.#foot = h('div', {});
      this.#live = [0, 1].map(() => h('div', { class: 'sr', role: 'status' }));
      const form = h('form', { part: 'form', submit: (event) => this.#submitted(event) },
        h('label', { for: 'input' }, this.getAttribute('label') || say('label')),
        h('div', { class: 'row' }, this.#input, h('button', { part: 'button', class: 'main' }, icon(SEARCH), say('ask')), this.#list),
        this.#bad, h('span', { id: 'hint', hidden: true }, say('hint')));
      const box = h('div', { class: 'box', part: 'card', keydown: (event) => this.#pressedKey(event) }, form, this.#card, this.#foot);
      this.#footer();
      const root = this.attachShadow({ mode: 'open' }); // from here on the element's own content is hidden
      root.adoptedStyleSheets = [sheet];
      root.append(box, ...this.#live);
      await 0; // for those who listen from the queue
      this.#emit('ready', { version: api.version });
    }

    disconnectedCallback() {
      this.#stop();
    }

    /** Asks in the visitor's stead. */
    async ask(query) {
      await this.#built;
      if (!this.#composing) this.#input.value = query;
      this.#ask(query);
    }

    // -- the way to the server and out --

    get #endpoint() {
      const site = this.getAttribute('site');
      return (this.getAttribute('endpoint') || base).replace(/\/?$/, site ? '/sites/' + site : '');
    }

    async #call(path, body, more) {
      const response = await fetch(this.#endpoint + path, { credentials: 'omit', referrerPolicy: 'origin', ...(body && { method: 'POST', body: JSON.stringify(body) }), ...more });
      if (!response.ok) throw Object.assign(Error(), { response, ...(await response.json().catch(() => {})) });
      return response.status === 204 ? null : response.json();
    }

    /** What needs no answer, and no word when it fails. */
    #tell(path, body) {
      if (body.token) this.#call(path, body, { keepalive: true }).catch(() => {});
    }

    #emit(name, detail, cancelable) {
      return this.dispatchEvent(new CustomEvent('faqbox:' + name, { bubbles: true, composed: true, cancelable, detail }));
    }

    /** Read out; two regions in turn, so that the same sentence is heard twice. */
    #announce(text, delay = 100) {
      clearTimeout(this.#speaking);
      this.#speaking = setTimeout(() => {
        this.#live.reverse();
        this.#live[0].textContent = text;
        this.#live[1].textContent = '';
      }, delay);
    }

    // -- typing: no key of an input method is ours, and nothing is written while it composes --

    #pressedKey(event) {
      if (event.isComposing || event.keyCode === 229) return;
      const inside = event.target === this.#input;
      const step = inside && { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && this.#items.length) {
        const places = this.#items.length + 1; // the input is one of them
        this.#open();
        this.#activate(((this.#active + 1 + step + places) % places) - 1);
      } else if (event.key === 'Escape') {
        if (!this.#list.hidden) this.#close();
        else if (this.#stop()) this.#put(), this.#announce(this.#say('stopped'));
        else if (inside && this.#input.value) this.#input.value = '', this.#typed();
        else return;
      } else return;
      event.preventDefault();
    }

    #typed() {
      const gap = Date.now() - this.#pressed;
      if (gap > 30) this.#gap = gap; // what an input method sends at once is one key
      this.#pressed = Date.now();
      this.#listening = true;
      this.#invalid();
      this.#activate(-1);
      this.#later();
      if (!this.#input.value.trim()) return this.#reopen();
      // 150 ms; more for those who type slowly but steadily, so that a word is one request
      this.#typing = setTimeout(() => this.#lookUp(), this.#gap < 400 ? Math.max(150, this.#gap * 1.5) : 150);
    }

    #composed() {
      this.#composing = false;
      if (!this.#typing && this.#listening && keyOf(this.#input.value) !== this.#key) this.#lookUp();
    }

    /** Neither look up nor read out what was about to be. */
    #later() {
      clearTimeout(this.#speaking);
      clearTimeout(this.#typing);
      this.#typing = 0;
    }

    async #lookUp() {
      const key = keyOf(this.#input.value);
      this.#typing = 0;
      this.#waiting = this.#flying;
      if (isQuiet(key)) return this.#close();
      if (key === this.#key) return this.#reopen();
      if (this.#flying || Date.now() < this.#until) return;
      this.#key = key;
      this.#flying = true;
      const { items = [] } = await this.#call('/v1/suggest', { q: key.slice(0, 100) }).catch(() => ({}));
      this.#flying = false;
      if (this.#listening && this.#input.value.trim()) {
        this.#fill(items, 'suggested', key);
        if (items.length) this.#emit('suggest', { query: key, ids: items.map(({ id }) => id) });
      }
      if (this.#waiting) this.#lookUp();
    }

    #focused() {
      if (!this.#met) {
        this.#met = true;
        const get = (path, then) => this.#call(path).then(then).catch(() => {});
        get('/v1/popular', ({ items }) => { this.#popular = items.slice(0, 5); this.#reopen(); });
        get('/v1/contact?lang=' + this.lang, (contact) => { this.#contact = contact; this.#footer(); });
        this.#categories().catch(() => {});
      }
      this.#listening = true;
      if (!this.#input.value) this.#reopen();
    }

    async #categories(signal) {
      if (!this.#tree.length) {
        this.#tree = (await this.#call('/v1/categories', null, { signal })).items;
        this.#footer();
      }
      return this.#tree;
    }

    #reopen() {
      if (this.shadowRoot.activeElement !== this.#input || !this.#bad.hidden) return;
      const key = keyOf(this.#input.value);
      if (!key) this.#key = '', this.#fill(this.#popular, 'popular', '');
      else if (key === this.#key && this.#items.length) this.#open();
    }

    // -- the list --

    #fill(items, title, typed) {
      this.#items = items;
      this.#title.textContent = this.#say(title);
      this.#options.setAttribute('aria-label', this.#say(title));
      this.#options.replaceChildren(...items.map((item, at) =>
        h('li', { role: 'option', id: 'option' + at, click: () => this.#choose(at) }, h('span', {}, marked(item.question, typed)), item.category && h('small', {}, path(item)))));
      if (!items.length) return this.#close();
      this.#activate(-1);
      this.#open();
      this.#announce(this.#say('count', this.#say(title), items.length), 1000);
    }

    #open() {
      if (this.#list.hidden) this.#list.append(this.#foot); // what the list would cover; a node that moves is not pressed
      this.#list.hidden = false;
      this.#input.setAttribute('aria-expanded', 'true');
    }

    #close() {
      if (!this.#list.hidden) this.#card.after(this.#foot);
      this.#list.hidden = true;
      this.#input.setAttribute('aria-expanded', 'false');
      this.#activate(-1);
    }

    #activate(at) {
      this.#active = at;
      [...this.#options.children].forEach((option, place) => option.setAttribute('aria-selected', place === at));
      if (at < 0) return this.#input.removeAttribute('aria-activedescendant');
      this.#input.setAttribute('aria-activedescendant', 'option' + at);
      this.#options.children[at].scrollIntoView({ block: 'nearest' });
    }

    #choose(at) {
      const item = this.#items[at];
      if (!this.#composing) this.#input.value = item.question;
      this.#pick(item, 'suggestion');
    }

    #submitted(event) {
      event.preventDefault();
      if (this.#active >= 0) this.#choose(this.#active);
      else this.#ask(this.#input.value);
    }

    // -- asking --

    #ask(text, via = 'typed', { chosen, ...more } = {}) {
      const query = mask(text.trim());
      if (!query) return this.#invalid('empty');
      if (!this.#emit('ask', { query, via }, true)) return;
      this.#query = query;
      this.#masked = query !== text.trim();
      this.#run(async (signal, retry) => {
        const reply = await this.#call('/v1/ask', { query, limit: 4, via: retry ? 'retry' : via, lang: this.lang, ...more }, { signal });
        if (!chosen || reply.answer?.id === chosen) return reply;
        return this.#entry(chosen, reply, signal); // two entries may share a question
      }, via);
    }

    /** An entry whose question was clicked. */
    #pick(item, via) {
      this.#ask(item.question, via, { chosen: item.id });
    }

    async #entry(id, reply, signal) {
      this.#tell('/v1/choices', { token: reply.feedback_token, id });
      return { ...reply, outcome: 'answer', notices: [], related: [], answer: await this.#call('/v1/faqs/' + encodeURIComponent(id), null, { signal }) };
    }

    /** Loads a reply and shows it, with words for every length of the wait. */
    #run(load, via, retry) {
      this.#stop();
      this.#close();
      this.#later();
      this.#invalid();
      this.#listening = false;
      this.#repeat = () => this.#run(load, via, true);
      const left = this.#until - Date.now();
      if (left > 0) return this.#busy(left);
      const turn = this.#turn;
      const abort = (this.#abort = new AbortController());
      this.#after(300, () => this.#wait('loading'));
      this.#after(3000, () => this.#wait('slow'));
      this.#after(10000, () => abort.abort());
      const then = (act) => (value) => {
        if (turn !== this.#turn) return;
        this.#stop();
        act(value);
      };
      load(abort.signal, retry).then(then((reply) => this.#show(reply, via)), then((error) => this.#failed(error)));
    }

    #after(time, act) {
      this.#timers.push(setTimeout(act, time));
    }

    /** Ends what is under way; true if anything was. */
    #stop() {
      const abort = this.#abort;
      this.#turn++;
      this.#timers.splice(0).forEach(clearTimeout);
      this.#abort = null;
      removeEventListener('online', this.#online);
      if (!abort) return false;
      abort.abort();
      this.#card.removeAttribute('aria-busy');
      return true;
    }

    #wait(name) {
      this.#card.setAttribute('aria-busy', 'true');
      this.#announce(this.#say(name));
      if (name === 'loading') this.#put(h('p', {}, this.#say(name)));
      else this.#put(h('h2', {}, this.#say(name)), h('p', {}, this.#say('slowMore')), this.#help());
    }

    #invalid(name) {
      this.#bad.hidden = !name;
      this.#bad.textContent = name ? this.#say(name) : '';
      this.#input.setAttribute('aria-describedby', name ? 'bad' : 'hint');
      if (!name) return this.#input.removeAttribute('aria-invalid');
      this.#input.setAttribute('aria-invalid', 'true');
      this.#input.focus();
      this.#close();
      this.#announce(this.#say(name));
    }

    #failed({ response, code }) {
      const status = response ? response.status : 0;
      this.#emit('error', { status, query: this.#query });
      if (status === 429 || status === 503) {
        const after = response.headers.get('Retry-After') || 5;
        const seconds = isNaN(after) ? (Date.parse(after) - Date.now()) / 1000 || 5 : +after;
        const wait = Math.min(600, Math.max(1, seconds)) * 1000;
        this.#until = Date.now() + wait;
        return this.#busy(wait);
      }
      if (/^(empty|too_long|not_text)$/.test(code)) return this.#put(), this.#invalid(code);
      if (status || navigator.onLine) return this.#trouble('error');
      this.#trouble('offline');
      addEventListener('online', (this.#online = () => this.#repeat()), { once: true });
    }

    #busy(wait) {
      const retry = this.#trouble('busy', Math.ceil(wait / 1000));
      retry.disabled = true;
      this.#after(wait, () => (retry.disabled = false));
    }

    /** The words, a second try, whatever the page itself offers, and a person. */
    #trouble(name, ...values) {
      const retry = this.#button(this.#say('retry'), () => { this.#input.focus(); this.#repeat(); }, 'main');
      const more = this.#say(name + 'More', ...values);
      this.#put(h('h2', {}, this.#say(name)), h('p', {}, more), h('slot', {}), this.#help(retry));
      this.#announce(`${this.#say(name)}. ${more}`);
      return retry;
    }

    // -- what is shown --

    #put(...nodes) {
      this.#card.replaceChildren(...h('p', {}, nodes).childNodes);
      this.#card.hidden = !nodes.length;
      this.#foot.hidden = !!this.#card.querySelector('.contact');
      this.#footer();
    }

    /** A card with a heading, which is read and reached unless the visitor is elsewhere by now. */
    #result(title, spoken, ...nodes) {
      const heading = h('h2', { tabindex: -1 }, title);
      const at = this.getRootNode().activeElement;
      this.#put(nodes.shift(), heading, this.#notes, ...nodes);
      if (!at || at === this || at === page.body) heading.focus();
      this.#announce([spoken, ...this.#notes.map((note) => note.firstChild.data)].join(' '));
    }

    #show(reply, via) {
      if (reply.outcome === 'browse') return this.#browse(reply);
      this.#token = reply.feedback_token;
      this.#tokens = [...new Set([...this.#tokens, this.#token])].slice(-10);
      this.#contact = { ...this.#contact, ...reply.contact };
      this.#notes = this.#notices(reply.notices);
      if (reply.outcome === 'answer') this.#answer(reply, via);
      else if (reply.outcome === 'suggest') this.#candidates(reply);
      else this.#fallback(reply);
    }

    #notices(notices) {
      const query = this.#query;
      const lines = notices.filter(({ read }) => read).map(({ typed, read }) => [this.#say('read', typed, read)]);
      lines[0]?.push(' · ', this.#button(this.#say('literal', query), () => this.#ask(query, 'typed', { literal: true }), 'quiet'));
      if (this.#masked || notices.some(({ type }) => type === 'personal_data')) lines.push([this.#say('personal')]);
      this.#masked = false;
      return lines.map((line) => h('p', { class: 'note' }, line));
    }

    #answer(reply, via) {
      const { answer } = reply;
      const without = (items, those) => items.filter(({ id }) => !those.some((other) => other.id === id)).slice(0, 3);
      const others = without(reply.candidates, [answer]);
      const related = without(reply.related, [answer, ...others]);
      this.#misses = 0;
      this.#result(answer.question, this.#say('found', answer.question),
        answer.category && (via === 'category' ? this.#crumbs(answer.category.split('>')) : h('p', { class: 'note' }, path(answer))),
        h('div', { class: 'answer' }, answer.blocks.map((it) => block(it, this.#say))),
        answer.link && h('p', {}, link(answer.link.url, answer.link.label, { class: 'button' })),
        answer.updated_at && h('p', { class: 'note' }, this.#say('updated', answer.updated_at)),
        this.#token && this.#feedback(this.#token),
        related.length && [h('h3', { class: 'line' }, this.#say('related')), choices(related.map((item) => this.#choice(item, () => this.#pick(item, 'related'))))],
        this.#token && this.#disclosure(this.#say('other'), 'quiet', () => this.#offers(others, reply)));
      this.#emit('answer', { id: answer.id, question: answer.question, query: this.#query });
    }

    #candidates(reply) {
      const shown = reply.candidates.slice(0, reply.shown);
      this.#result(this.#say('maybe'), this.#say('similar', shown.length), '', this.#offers(shown, reply));
      this.#emit('candidates', { ids: shown.map(({ id }) => id), query: this.#query });
    }

    /** Questions to choose from, and the last word for those who find theirs in none. */
    #offers(candidates, reply) {
      const none = () => {
        this.#tell('/v1/choices', { token: this.#token, id: null });
        this.#notes = [];
        this.#fallback(reply);
      };
      const choose = ({ id }) => this.#run((signal) => this.#entry(id, reply, signal), 'candidate');
      return choices([...candidates.map((item) => this.#choice(item, () => choose(item))), this.#button(this.#say('none'), none)]);
    }

    #fallback({ categories, reason }) {
      const asked = reason !== 'nothing_asked';
      const again = asked && this.#misses++ > 0;
      const title = this.#say(again ? 'again' : asked ? 'miss' : 'empty');
      const more = h('p', {}, this.#say(again ? 'againMore' : 'missMore'));
      const tree = categories[0] ? categories : this.#tree;
      this.#result(title, title, '', again ? [this.#help(), more] : [more, this.#help()],
        tree.length && [h('h3', { class: 'line' }, this.#say('categories')), choices(tree.map(({ name }) => this.#button(name, () => this.#enter([name]))))]);
      this.#emit('fallback', { again, query: this.#query });
    }

    #feedback(token) {
      const say = this.#say;
      const place = h('div', { class: 'tools line' });
      const vote = (body) => {
        this.#tell('/v1/feedback', { token, ...body });
        this.#emit('feedback', body);
      };
      const turnTo = (heading, ...more) => {
        place.replaceChildren(...more);
        heading.focus();
      };
      const thank = (...more) => {
        const thanks = h('p', { tabindex: -1 }, say('thanks'));
        turnTo(thanks, thanks, ...more);
        this.#announce(say('thanks'));
      };
      const send = (event) => {
        event.preventDefault();
        const { reason, text } = Object.fromEntries(new FormData(event.target));
        vote({ vote: -1, reason, text: mask(text.trim()) || undefined });
        thank(this.#inquiry());
      };
      const why = () => {
        vote({ vote: -1 });
        const legend = h('legend', { tabindex: -1 }, say('why'));
        const reasons = ['not_relevant', 'not_solved', 'outdated'].map((reason) => h('label', { class: 'choice' }, h('input', { type: 'radio', name: 'reason', value: reason }), say(reason)));
        turnTo(legend, h('form', { class: 'why', submit: send }, h('fieldset', {}, legend, reasons),
          h('label', { for: 'text' }, say('detail')), h('textarea', { id: 'text', name: 'text', rows: 2, maxlength: 500 }),
          h('button', { part: 'button', class: 'main' }, say('send'))), this.#inquiry());
      };
      place.append(h('p', {}, say('helpful')), this.#button([icon(THUMB), say('yes')], () => { vote({ vote: 1 }); thank(); }), this.#button([icon(THUMB), say('no')], why, 'down'));
      return place;
    }

    // -- categories --

    /** The categories, those on the path opened. */
    #enter(names) {
      this.#run(async (signal) => ({ outcome: 'browse', tree: await this.#categories(signal), names }));
    }

    #browse({ tree, names }) {
      this.#notes = [];
      this.#result(this.#say('categories'), this.#say('categories'), '', this.#branch(tree, names));
    }

    #branch(categories, [first, ...names]) {
      return choices(categories.map((it) => this.#disclosure(it.name, '', () => this.#inside(it, names), it.name === first)));
    }

    #inside({ category, children }, names) {
      const place = h('div', {});
      this.#call(`/v1/faqs?category=${encodeURIComponent(category)}&limit=100`).then(({ items }) => {
        const own = items.filter((item) => item.category === category);
        if (children.length) place.append(this.#branch(children, names));
        if (own.length) place.append(choices(own.map((item) => this.#button(item.question, () => this.#pick(item, 'category')))));
      }).catch(() => place.append(this.#say('error')));
      return place;
    }

    #crumbs(names) {
      const to = (name, at) => [' › ', this.#button(name, () => this.#enter(names.slice(0, at + 1)), 'quiet')];
      return h('nav', { class: 'path', 'aria-label': this.#say('categories') }, this.#button(this.#say('categories'), () => this.#enter([]), 'quiet'), names.map(to));
    }

    // -- pieces --

    #button(label, click, look) {
      return h('button', { type: 'button', part: 'button', class: look, click }, label);
    }

    #choice(item, click) {
      return this.#button([item.question, item.category && h('small', {}, path(item))], click);
    }

    #disclosure(label, look, content, open) {
      const place = h('div', { hidden: true });
      const button = this.#button([label, icon(MORE)], () => {
        if (!place.firstChild) place.append(content());
        place.hidden = !place.hidden;
        button.setAttribute('aria-expanded', !place.hidden);
      }, look);
      button.setAttribute('aria-expanded', 'false');
      if (open) button.click();
      return h('div', {}, button, place);
    }

    /** To a person. The built-in page gets the question in a POST, so that it stands in no address. */
    #inquiry(look = '') {
      const other = this.getAttribute('inquiry-url') || (!this.#contact.own_inquiry && this.#contact.inquiry_url);
      const url = new URL(other || this.#endpoint + '/inquiry', page.baseURI);
      const query = this.#query;
      const go = (event) => this.#emit('inquiry', { query: this.#query, tokens: this.#tokens, url: url.href }, true) || event.preventDefault();
      const field = (name, value) => h('input', { type: 'hidden', name, value });
      const part = 'inquiry button';
      if (!other) {
        return h('form', { method: 'post', action: url, submit: go }, field('query', query), this.#tokens.map((token) => field('token', token)), h('button', { part, class: look }, this.#say('inquiry')));
      }
      if (this.getAttribute('carry') === 'query' && query) url.searchParams.set('q', query);
      return link(url.href, this.#say('inquiry'), { part, class: 'button ' + look, click: go });
    }

    #help(first) {
      const { phone, call_charge: charge, hours, open_text: open, expected, chat_url: chat, email } = this.#contact;
      const line = (name, url, text, more) => text && h('li', {}, this.#say(name) + ' ', link(url, text, { class: 'tall' }), more);
      return h('div', { class: 'contact' }, h('div', { class: 'tools' }, first, this.#inquiry(first ? '' : 'main'), chat && link(chat, this.#say('chat'), { class: 'button' })),
        h('ul', {}, line('phone', 'tel:' + phone?.replace(/[^\d+]/g, ''), phone, charge && ` (${charge})`), line('email', 'mailto:' + email, email), line('hours', '', hours), [open, expected].map((text) => text && h('li', {}, text))));
    }

    /** What is the same stays, and what is pressed or reached stays until it is left: a press must end where it began. */
    #footer() {
      const foot = h('div', { class: 'foot' }, this.#tree.length && this.#button(this.#say('categories'), () => this.#enter([]), 'quiet'), this.#inquiry('quiet'));
      if (this.#foot.matches(':active,:focus-within')) setTimeout(() => this.#footer(), 99);
      else if (!foot.isEqualNode(this.#foot.firstChild)) this.#foot.replaceChildren(foot);
    }
  }

  // ---- the page's side ----

  const all = () => [...page.querySelectorAll('faq-box')];
  const some = (which) => (which === undefined ? all() : [which.nodeType ? which : all()[which]]);
  const run = ([name, ...values]) => api[name](...values);
  const api = {
    version: '1.0.0',
    q: { push: (...calls) => calls.forEach(run) },
    ask: (query, which = 0) => some(which)[0]?.ask(query),
    /** Returns what ends it. */
    on(name, act) {
      page.addEventListener('faqbox:' + name, act);
      return () => page.removeEventListener('faqbox:' + name, act);
    },
    setTheme: (theme, which) => some(which).forEach((box) => box.setAttribute('theme', theme)),
    destroy: (which) => some(which).forEach((box) => box.replaceWith(...box.childNodes)),
    /** A box in each target that has none; what the target holds waits inside it, for the time of trouble. */
    mount({ dataset: { target, ...options } }) {
      for (const place of target ? page.querySelectorAll(target) : []) {
        if (place.querySelector('faq-box')) continue;
        const box = page.createElement('faq-box');
        for (const name in options) box.setAttribute(name.replace(/[A-Z]/g, '-$&'), options[name]);
        box.append(...place.childNodes);
        place.append(box);
      }
    },
  };
  window.FaqBox = api;
  const start = () => {
    customElements.define('faq-box', FaqBox);
    if (script) api.mount(script);
    early.q?.forEach(run);
  };
  if (page.readyState === 'loading') page.addEventListener('DOMContentLoaded', start);
  else start();
})();
