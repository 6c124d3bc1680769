// On each page that `build.py serve` shows, and on no built one: reload when it changed, come back to the same
// place, show the mistakes as the terminal does. livereload.js brings the messages and calls the plugin below.

(() => {
  const stamp = document.currentScript.dataset.stamp;
  const PLACE = "handbook-place";
  const all = (what) => [...document.querySelectorAll(what)];
  const [BOXES, FIELDS, STRIPS] = ["details", "input, select", ".scroll"];
  let folded = false;
  let stopped;

  // --- the place of the reader ---

  function leave() {
    const { activeElement: at } = document;
    const href = at?.getAttribute("href");
    sessionStorage.setItem(PLACE, JSON.stringify({
      path: location.pathname,
      left: scrollX,
      top: scrollY,
      boxes: all(BOXES).map((box) => box.open),
      fields: all(FIELDS).map((field) => [field.value, field.checked]),
      strips: all(STRIPS).map((strip) => [strip.scrollLeft, strip.scrollTop]),
      focus: at?.id ? `#${CSS.escape(at.id)}` : href ? `[href="${CSS.escape(href)}"]` : "",
      folded,
    }));
    location.reload();
  }

  function again(what, kept, set) {
    const found = all(what);
    if (found.length === kept.length) found.forEach((one, i) => set(one, kept[i])); // else nobody knows which is which
  }

  function comeBack() {
    const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "{}");
    sessionStorage.removeItem(PLACE);
    if (place.path !== location.pathname) return;
    folded = place.folded;
    again(BOXES, place.boxes, (box, open) => { box.open = open; });
    again(FIELDS, place.fields, (field, [value, checked]) => {
      if (field.value === value && field.checked === checked) return;
      Object.assign(field, field.type === "checkbox" ? { checked } : { value });
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    again(STRIPS, place.strips, (strip, at) => strip.scrollTo(...at));
    if (place.focus) document.querySelector(place.focus)?.focus({ preventScroll: true });
    scrollTo({ left: place.left, top: place.top, behavior: "instant" });
  }

  // --- the mistakes, in a tree of their own that no style of the site reaches ---

  const host = document.createElement("div");
  host.id = "handbook-mistakes_";
  const tree = host.attachShadow({ mode: "open" });

  function made(name, words, more = {}) {
    return Object.assign(document.createElement(name), { textContent: words }, more);
  }

  const style = made("link", "", { rel: "stylesheet", href: "/livereload/page.css" });
  const panel = made("section", "", { hidden: true });
  const headline = made("p", "", { className: "headline" });
  const fold = made("button", "", { type: "button" });
  const list = made("ol", "", { id: "list", tabIndex: 0 });
  panel.setAttribute("aria-label", "直すところ");
  headline.setAttribute("role", "alert");
  list.setAttribute("aria-label", "直すところの一覧");
  fold.setAttribute("aria-controls", "list");
  fold.addEventListener("click", () => { folded = !folded; turn(); });
  const head = made("div", "", { className: "head" });
  head.append(headline, fold);
  panel.append(head, list);
  tree.append(style, panel);

  function turn() {
    list.hidden = folded || !list.children.length;
    fold.hidden = !list.children.length;
    fold.textContent = folded ? "ひらく" : "たたむ";
    fold.setAttribute("aria-expanded", String(!folded));
  }

  function item({ place, line, rule, message, hint, excerpt }) {
    const told = made("li", "");
    const first = made("p", "", { className: "message" });
    first.append(made("span", place, { className: "place" }), made("span", message), made("span", rule, { className: "rule" }));
    told.append(first);
    if (excerpt.length) {
      const [start, before, words, after] = excerpt;
      const shown = made("pre", "");
      const mark = made("mark", words || "\u3000"); // where nothing stands that should: the place itself
      shown.append(made("span", `${line} | `, { className: "line" }), start + before, mark, after);
      told.append(shown);
    }
    if (hint) told.append(made("p", `ヒント: ${hint}`, { className: "hint" }));
    return told;
  }

  function show(words, mistakes) {
    list.replaceChildren(...mistakes.map(item));
    turn();
    panel.hidden = !words;
    if (words && !host.isConnected) document.body.append(host);
    if (headline.textContent !== words) headline.textContent = words;
    if (!words) host.remove();
  }

  // --- news ---

  async function ask() {
    const state = await (await fetch(`/livereload/state${location.pathname}`)).json();
    const { length } = state.mistakes;
    const so = ["0", "500"].includes(stamp) ? "直して保存すると、ページが出ます。"
      : state.current ? "ページは新しくなりましたが、直すまで書き出せません。" : "ページは前のままです。";
    if (state.stamp !== stamp) leave();
    else show(length ? `${length} 件の直すところがあります。${so}` : "", state.mistakes);
  }

  window.LiveReloadPluginHandbook = class {
    static identifier = "handbook";
    static version = "1";

    reload() {
      clearTimeout(stopped);
      ask().catch(() => {}); // the server went away; the line breaks too, and says so
      return true;
    }
  };

  // The line breaks on leaving a page too, so wait a moment before saying that nobody is there.
  document.addEventListener("LiveReloadDisconnect", () => {
    clearTimeout(stopped);
    stopped = setTimeout(show, 1500, "build.py serve が止まっています。保存しても、このページは新しくなりません。", []);
  });
  comeBack();
})();
