// Runs on each page of the preview server (`build.py serve`), never on a published page. Reloads a page that changed,
// restores scroll position, fields and focus, and lists the mistakes in the plan over the page. livereload.js receives
// the messages of the server and calls the plugin below.

(() => {
  const stamp = document.currentScript.dataset.stamp;
  const VIEW_STATE = "handbook-view-state";
  const findAll = (selector) => [...document.querySelectorAll(selector)];
  const [DETAILS, FIELDS, SCROLL_AREAS] = ["details", "input, select", ".scroll"];
  let folded = false;
  let disconnectTimer;

  // --- view state across a reload ---

  function saveAndReload() {
    const { activeElement: focused } = document;
    const href = focused?.getAttribute("href");
    sessionStorage.setItem(VIEW_STATE, JSON.stringify({
      path: location.pathname,
      left: scrollX,
      top: scrollY,
      details: findAll(DETAILS).map((element) => element.open),
      fields: findAll(FIELDS).map((field) => [field.value, field.checked]),
      scrollAreas: findAll(SCROLL_AREAS).map((area) => [area.scrollLeft, area.scrollTop]),
      focus: focused?.id ? `#${CSS.escape(focused.id)}` : href ? `[href="${CSS.escape(href)}"]` : "",
      folded,
    }));
    location.reload();
  }

  // Restores the value of each element. If their number changed, none is restored: the values cannot be assigned.
  function restoreEach(selector, values, restore) {
    const elements = findAll(selector);
    if (elements.length === values.length) elements.forEach((element, i) => restore(element, values[i]));
  }

  function restoreViewState() {
    const state = JSON.parse(sessionStorage.getItem(VIEW_STATE) ?? "{}");
    sessionStorage.removeItem(VIEW_STATE);
    if (state.path !== location.pathname) return;
    folded = state.folded;
    restoreEach(DETAILS, state.details, (element, open) => { element.open = open; });
    restoreEach(FIELDS, state.fields, (field, [value, checked]) => {
      if (field.value === value && field.checked === checked) return;
      Object.assign(field, field.type === "checkbox" ? { checked } : { value });
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    restoreEach(SCROLL_AREAS, state.scrollAreas, (area, position) => area.scrollTo(...position));
    if (state.focus) document.querySelector(state.focus)?.focus({ preventScroll: true });
    scrollTo({ left: state.left, top: state.top, behavior: "instant" });
  }

  // --- list of mistakes, in a shadow tree that the style sheets of the site do not reach ---

  const host = document.createElement("div");
  host.id = "handbook-mistakes_";
  const shadow = host.attachShadow({ mode: "open" });

  function createElement(name, text, properties = {}) {
    return Object.assign(document.createElement(name), { textContent: text }, properties);
  }

  const style = createElement("link", "", { rel: "stylesheet", href: "/livereload/overlay.css" });
  const panel = createElement("section", "", { hidden: true });
  const headline = createElement("p", "", { className: "headline" });
  const foldButton = createElement("button", "", { type: "button" });
  const list = createElement("ol", "", { id: "list", tabIndex: 0 });
  panel.setAttribute("aria-label", "直すところ");
  headline.setAttribute("role", "alert");
  list.setAttribute("aria-label", "直すところの一覧");
  foldButton.setAttribute("aria-controls", "list");
  foldButton.addEventListener("click", () => { folded = !folded; updateFoldButton(); });
  const head = createElement("div", "", { className: "head" });
  head.append(headline, foldButton);
  panel.append(head, list);
  shadow.append(style, panel);

  function updateFoldButton() {
    list.hidden = folded || !list.children.length;
    foldButton.hidden = !list.children.length;
    foldButton.textContent = folded ? "ひらく" : "たたむ";
    foldButton.setAttribute("aria-expanded", String(!folded));
  }

  function renderMistake({ place, line, rule, message, hint, excerpt }) {
    const item = createElement("li", "");
    const heading = createElement("p", "", { className: "message" });
    heading.append(
      createElement("span", place, { className: "place" }),
      createElement("span", message),
      createElement("span", rule, { className: "rule" }),
    );
    item.append(heading);
    if (excerpt.length) {
      const [start, before, marked, after] = excerpt;
      const source = createElement("pre", "");
      const mark = createElement("mark", marked || "\u3000"); // a space makes the mark visible where text is missing
      source.append(createElement("span", `${line} | `, { className: "line" }), start + before, mark, after);
      item.append(source);
    }
    if (hint) item.append(createElement("p", `ヒント: ${hint}`, { className: "hint" }));
    return item;
  }

  function showPanel(text, mistakes) {
    list.replaceChildren(...mistakes.map(renderMistake));
    updateFoldButton();
    panel.hidden = !text;
    if (text && !host.isConnected) document.body.append(host);
    if (headline.textContent !== text) headline.textContent = text;
    if (!text) host.remove();
  }

  // --- messages of the server ---

  async function fetchState() {
    const state = await (await fetch(`/livereload/state${location.pathname}`)).json();
    const { length } = state.mistakes;
    const statusText = ["0", "500"].includes(stamp) ? "直して保存すると、ページが出ます。"
      : state.current ? "ページは新しくなりましたが、直すまで書き出せません。" : "ページは前のままです。";
    if (state.stamp !== stamp) saveAndReload();
    else showPanel(length ? `${length} 件の直すところがあります。${statusText}` : "", state.mistakes);
  }

  window.LiveReloadPluginHandbook = class {
    static identifier = "handbook";
    static version = "1";

    reload() {
      clearTimeout(disconnectTimer);
      fetchState().catch(() => {}); // the server stopped; LiveReloadDisconnect follows
      return true;
    }
  };

  // Leaving a page also disconnects, so the message is shown only after 1.5 seconds.
  document.addEventListener("LiveReloadDisconnect", () => {
    const text = "build.py serve が止まっています。保存しても、このページは新しくなりません。";
    clearTimeout(disconnectTimer);
    disconnectTimer = setTimeout(showPanel, 1500, text, []);
  });
  restoreViewState();
})();
