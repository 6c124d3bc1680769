// Functions that Python calls in an open page. A check returns a list of its faults as texts and leaves the page
// unchanged for the next one. All are methods of one object, which Python keeps while the page is open.
({
  // --- name and visibility of an element ---

  name(el) {
    const own = el.id ? `#${el.id}` : [...el.classList].map((word) => `.${word}`).join("");
    const words = (el.getAttribute("aria-label") || el.textContent).replace(/\s+/g, "").slice(0, 16);
    const parent = el.parentElement && el.parentElement !== document.body ? `${el.parentElement.localName} > ` : "";
    return `${parent}${el.localName}${own}${words ? ` “${words}”` : ""}`;
  },

  shown(el) {
    return el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && el.getClientRects().length > 0;
  },

  // The nearest ancestor that scrolls horizontally, or null.
  scroller(el) {
    for (let up = el.parentElement; up && up !== document.body; up = up.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return up;
    }
    return null;
  },

  // --- width ---

  wide(limit) {
    const page = document.documentElement.scrollWidth;
    const faults = page > limit ? [`the page is ${page} px wide and scrolls sideways`] : [];
    const beyond = [...document.body.querySelectorAll("*")].filter(
      (el) => this.shown(el) && el.getBoundingClientRect().right > limit + 1 && !this.scroller(el),
    );
    const culprits = beyond.filter((el) => !beyond.includes(el.parentElement));
    return faults.concat(
      culprits.map((el) => `${this.name(el)} ends at ${Math.round(el.getBoundingClientRect().right)} of ${limit} px`),
    );
  },

  // Boxes that hide part of their content. On paper a scrolling box does, too.
  cut(ways) {
    const hides = (el) => ways.includes(getComputedStyle(el).overflowX) && el.scrollWidth > el.clientWidth + 1;
    const boxes = [...document.body.querySelectorAll("*")].filter((el) => el instanceof HTMLElement);
    return boxes
      .filter((el) => el.clientWidth > 1 && this.shown(el) && hides(el)) // 1 px: text for screen readers only
      .map((el) => `${this.name(el)} shows ${el.clientWidth} of its ${el.scrollWidth} px`);
  },

  outOfReach(limit) {
    const within = (box) => box.left >= -1 && box.right <= limit + 1;
    return [...document.querySelectorAll("svg a.box")]
      .filter((el) => this.shown(el))
      .filter((el) => !within((this.scroller(el) || el).getBoundingClientRect()))
      .map((el) => `${this.name(el)} lies outside the screen`);
  },

  unfold() {
    const folded = [...document.querySelectorAll("details")];
    folded.forEach((el) => (el.open = true));
    return folded.length;
  },

  // --- touch targets ---

  // The size of a control together with its labels, which can be pressed, too.
  target(el) {
    const boxes = [el, ...(el.labels || [])].map((part) => part.getBoundingClientRect());
    return { width: Math.max(...boxes.map((box) => box.width)), height: Math.max(...boxes.map((box) => box.height)) };
  },

  small({ least, but }) {
    const controls = "button, input:not([type=hidden]), select, textarea, summary, nav a[href], a.box, [role=button]";
    return [...document.querySelectorAll(controls)]
      .filter((el) => this.shown(el) && !el.matches(but))
      .map((el) => [el, this.target(el)])
      .filter(([, box]) => box.width < least - 0.5 || box.height < least - 0.5)
      .map(([el, box]) => `${this.name(el)} is ${Math.round(box.width)} × ${Math.round(box.height)} px`);
  },

  // --- keyboard ---

  // The elements that the Tab key must reach, in document order. Stores the style of each without the focus.
  stops() {
    const kinds =
      "a[href], area[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, textarea:enabled, " +
      "summary, iframe, [contenteditable], [tabindex]";
    this.all = [...document.querySelectorAll("*")];
    this.plain = new Map();
    const stops = [...document.querySelectorAll(kinds)].filter(
      (el) => el.tabIndex >= 0 && el.checkVisibility({ visibilityProperty: true }) && !el.closest("[inert]"),
    );
    document.activeElement.blur();
    stops.forEach((el) => this.plain.set(el, this.looks(el)));
    return stops.map((el) => ({ place: this.all.indexOf(el), name: this.name(el), href: el.getAttribute("href") }));
  },

  // The properties that a style sheet may change to show the focus, of the element, its descendants and its labels.
  looks(el) {
    const ways = "outlineStyle outlineWidth outlineColor boxShadow backgroundColor borderColor borderWidth stroke " +
      "strokeWidth fill filter textDecorationLine textDecorationThickness";
    const parts = [el, ...[...el.querySelectorAll("*")].slice(0, 8), ...(el.labels || []), el.nextElementSibling];
    return parts
      .filter(Boolean)
      .map((part) => getComputedStyle(part))
      .map((style) => ways.split(" ").map((way) => style[way]).join())
      .join("|");
  },

  // The focused element and its faults, or null if the focus has left the page.
  async focus() {
    const el = document.activeElement;
    if (!el || el === document.body || el === document.documentElement) return null;
    const plain = this.plain.get(el);
    const unchanged = () => plain !== undefined && plain === this.looks(el);
    if (unchanged()) await new Promise((done) => setTimeout(done, 300)); // the style may change with a transition
    const faults = [];
    if (el.tabIndex > 0) faults.push(`${this.name(el)} jumps the queue by tabindex ${el.tabIndex}`);
    if (unchanged()) faults.push(`${this.name(el)} looks the same with and without the focus`);
    if (!this.seen(el)) faults.push(`${this.name(el)} has the focus and is not to be seen`);
    return { place: this.all.indexOf(el), name: this.name(el), href: el.getAttribute("href"), faults };
  },

  // Whether a part of the element or of its labels is on the screen and not covered.
  seen(el) {
    const hit = (part, x, y) => {
      const top = document.elementFromPoint(x, y);
      return top !== null && (part.contains(top) || top.contains(part));
    };
    const steps = [0.1, 0.3, 0.5, 0.7, 0.9];
    return [el, ...(el.labels || [])].some((part) =>
      [...part.getClientRects()].some((box) =>
        steps.some((down) => steps.some((along) => hit(part, box.x + along * box.width, box.y + down * box.height))),
      ),
    );
  },

  // --- stored data ---

  // The data that the page stored in the browser.
  async kept() {
    const left = { cookies: document.cookie, local: localStorage.length, session: sessionStorage.length };
    left.databases = (await indexedDB.databases()).length;
    if ("caches" in window && location.protocol !== "file:") left.caches = (await caches.keys()).length;
    return Object.entries(left).filter(([, much]) => much).map(([what, much]) => `the page keeps ${what}: ${much}`);
  },

  // --- links and styles ---

  links() {
    return [...document.querySelectorAll("a[href], area[href]")].map(
      (el) => new URL(el.getAttribute("href"), document.baseURI).href,
    );
  },

  // Computed styles of the main elements, to distinguish a page with style sheets from one without.
  styles() {
    const ways = "color backgroundColor fontSize lineHeight marginTop marginLeft paddingLeft maxWidth display".split(" ");
    const parts = ["body", "h1", "main", "header"].map((part) => document.querySelector(part));
    return parts.filter(Boolean).map((el) => ways.map((way) => getComputedStyle(el)[way]).join(" "));
  },

  // --- text ---

  // The lines of the main element without the controls for searching and filtering.
  lines() {
    const main = document.querySelector("main");
    const tools = main.querySelectorAll("noscript, form, .filter, search, [role=search], [role=status], output");
    const before = [...tools].map((el) => el.style.display);
    tools.forEach((el) => (el.style.display = "none"));
    const lines = main.innerText.split("\n").map((line) => line.replace(/\s+/g, "")).filter(Boolean);
    tools.forEach((el, at) => (el.style.display = before[at]));
    return lines;
  },

  // --- paper ---

  navigation() {
    return [...document.querySelectorAll("nav, .skip-link, button, input, [role=search]")]
      .filter((el) => this.shown(el))
      .map((el) => `${this.name(el)} is printed`);
  },

  missingAddresses() {
    const outside = [...document.querySelectorAll("main a[href^='http']")].filter((el) => this.shown(el));
    return outside
      .filter((el) => !`${el.textContent}${getComputedStyle(el, "::after").content}`.includes(el.getAttribute("href")))
      .map((el) => `${this.name(el)} does not show its address on paper`);
  },

  // Left and right margin of a printed page together, in CSS pixels, from the @page rules.
  margins() {
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const all = (rule) => [rule, ...[...(rule.cssRules || [])].flatMap(all)];
    const pages = rules.flatMap(all).filter((rule) => rule instanceof CSSPageRule && !rule.selectorText);
    const px = (length) => CSSNumericValue.parse(length || "0px").to("px").value;
    return pages.map((rule) => px(rule.style.marginLeft) + px(rule.style.marginRight)).at(-1) || 0;
  },
})
