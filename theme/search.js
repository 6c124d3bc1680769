// Searches the plan while the reader types. No server is needed: search-index.js contains all texts of the site. The
// texts of a large plan are in parts (search-index-1.js and so on) that are loaded with the first query. Until then only
// names and readings are searched. More than MAX_PARTS_WITHOUT_ASKING parts are loaded only if the reader agrees.
//
// Folding. Texts and queries are compared in one form: as folding.js folds them (ｶﾞ → ガ, １２ → 12, ⺠ → 民), in lower
// case, katakana as hiragana, and without spaces, brackets and signs such as ・ and 、. A hyphen between two digits stays, so 1-2-3 is not 123; the ー of
// a Japanese keyboard counts as a hyphen there. If a query contains one spelling of a word (障害), the other spellings
// that the plan lists (障がい) match as well.
//
// Matching. A query is split at spaces; a document matches if it contains every word, each in any of its fields.
//
// Ranking. Each word has the score of its best match in the document; the lowest sum comes first:
//   0 the name or number is the word     3 the reading is the word         12 in the text
//   1 the name starts with it            4 the reading starts with it      13 in the facts
//   2 the name contains it               5 the reading contains it         14 in the editor's note
// Names and readings of glossary terms score 6 more, so that nodes of the plan come first. The whole query may also match
// as one word. Equal scores are sorted by level, outermost first (then terms, then other pages), then in reading order.
//
// The script does not focus the search box, so that a screen reader starts with the heading of the page.
'use strict';

(() => {
  const PAGE_SIZE = 50; // results shown at first, and with each click on the button for more
  const SNIPPET_BEFORE = 20, SNIPPET_AFTER = 40; // characters of a snippet around its first match
  const DEBOUNCE_MS = 250; // pause in typing after which a screen reader hears the number of results
  const MAX_PARTS_WITHOUT_ASKING = 20; // of about 1 MB each
  const { kinds, spellings, documents, parts = [] } = window.planIndex;
  const TERM = kinds.length - 2; // the kinds are the levels, then terms, then other pages
  const ids = ['form', 'words', 'status', 'texts', 'results', 'more', 'none', 'start', 'examples', 'indexes'];
  const page = Object.fromEntries(ids.map((name) => [name, document.getElementById(`${name}_`)]));

  // --- folding ---

  const IGNORED_CHARS = /(\d)[-ー](?=\d)|[-~〜・、。,「」『』()\[\]{}〔〕【】〈〉《》“”‘’"'!?]|[^\S\n]/g;
  const toHiragana = (katakana) => String.fromCharCode(katakana.charCodeAt(0) - 0x60);

  const foldLookAlikes = window.foldLookAlikes ?? ((text) => text.normalize('NFKC')); // not in an older search.html
  const normalizeText = (text) =>
    foldLookAlikes(text).toLowerCase().replace(/[ァ-ヶヽヾ]/g, toHiragana).replace(/[‐-―−]/g, '-');

  const normalizedChars = new Map(); // cache of normalizeText() by character

  const fold = (text) => normalizeText(text).replace(IGNORED_CHARS, (_, digit) => (digit ? `${digit}-` : ''));

  // Returns the text as fold() does, and for each folded character the range in the text that it comes from.
  function foldWithOffsets(text) {
    const ranges = [], removed = new Set();
    let folded = '', end = 0;
    for (const char of /[\p{M}\p{Cf}ﾞﾟ]/u.test(text) ? text.match(/[^][\p{M}\p{Cf}ﾞﾟ]*/gu) : text) {
      if (!normalizedChars.has(char)) normalizedChars.set(char, normalizeText(char));
      const normalized = normalizedChars.get(char), range = { start: end, end: end += char.length };
      for (let remaining = normalized.length; remaining; remaining--) ranges.push(range);
      folded += normalized;
    }
    folded = folded.replace(IGNORED_CHARS, (_, digit, index) => {
      if (!digit) removed.add(index);
      return digit ? `${digit}-` : '';
    });
    return { folded, ranges: ranges.filter((_, index) => !removed.has(index)) };
  }

  // --- matching and ranking ---

  const escapeRegExp = (word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const alternatives = (words) => [...words].sort((a, b) => b.length - a.length).map(escapeRegExp).join('|');

  const groups = new Map(); // each spelling → a pattern of all spellings of that word
  for (const group of spellings.map((words) => words.map(fold).filter(Boolean))) {
    for (const word of group) groups.set(word, `(?:${alternatives(group)})`);
  }
  const anySpelling = new RegExp(`(${alternatives(groups.keys()) || '(?!)'})`);

  // Returns a pattern for a word in folded text, in any of its spellings.
  function pattern(word) {
    const pieces = fold(word).split(anySpelling); // every second piece is a spelling
    return new RegExp(pieces.map((piece, index) => (index % 2 ? groups.get(piece) : escapeRegExp(piece))).join(''));
  }

  const items = documents.map((doc) => {
    const folded = { title: '', number: '', reading: '', text: '', facts: '', note: '' };
    return foldFields({ doc, folded, names: '', all: '' }, doc);
  });
  const sortedItems = [...items].sort((a, b) => a.doc.kind - b.doc.kind); // stable: equal kinds stay in reading order

  function foldFields(item, fields) {
    for (const name in item.folded) if (fields[name]) item.folded[name] = fold(fields[name]);
    item.names = [item.folded.title, item.folded.number, item.folded.reading].join('\n');
    item.all = [item.names, item.folded.text, item.folded.facts, item.folded.note].join('\n');
    return item;
  }

  // Returns 0 if the pattern matches the whole text, 1 at its start, 2 elsewhere in it, Infinity if it does not match.
  function matchRank(wanted, text) {
    const index = text.search(wanted);
    if (index) return index < 0 ? Infinity : 2;
    return Number(wanted.exec(text)[0].length < text.length);
  }

  function fieldScore(wanted, { doc, names, all, folded: { title, number, reading, text, facts, note } }) {
    const index = all.search(wanted);
    if (index < 0) return Infinity;
    if (index <= names.length) {
      if (matchRank(wanted, number) === 0) return 0;
      const score = Math.min(matchRank(wanted, title), 3 + matchRank(wanted, reading));
      if (score < Infinity) return score + (doc.kind === TERM ? 6 : 0);
    } else if (index <= names.length + text.length) return 12;
    return wanted.test(text) ? 12 : wanted.test(facts) ? 13 : wanted.test(note) ? 14 : Infinity;
  }

  // Returns the patterns of a query and the documents that match all of them, best first; null if nothing is left of the
  // query after folding.
  function search(query) {
    const patterns = query.split(/\s+/).filter(fold).map(pattern);
    if (!patterns.length) return null;
    const wholeQuery = pattern(query);
    const scored = [];
    for (const item of sortedItems) {
      let score = patterns.reduce((sum, wanted) => (sum < Infinity ? sum + fieldScore(wanted, item) : sum), 0);
      if (patterns.length > 1 && score < Infinity) score = Math.min(score, fieldScore(wholeQuery, item));
      if (score < Infinity) scored.push({ score, item });
    }
    scored.sort((a, b) => a.score - b.score);
    return { patterns, matches: scored.map(({ item }) => item) };
  }

  // --- the texts of a large plan ---

  let textState = parts.length ? 'missing' : 'loaded'; // also 'loading', and 'failed' if a part could not be loaded

  const loadPart = (start, index) => new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { async: false, src: `search-index-${index + 1}.js` });
    script.onload = () => {
      window.planTexts.forEach((fields, offset) => {
        const item = items[start + offset];
        Object.assign(item.doc, fields);
        foldFields(item, fields);
      });
      resolve();
    };
    script.onerror = reject;
    document.head.append(script);
  });

  function loadAllParts() {
    textState = 'loading';
    Promise.all(parts.map(loadPart)).then(() => 'loaded', () => 'failed').then(refreshAfterLoad);
  }

  // --- results ---

  const createElement = (name, className, ...children) => {
    const element = Object.assign(document.createElement(name), { className });
    element.append(...children);
    return element;
  };

  // Returns the matches in a text as pairs of start and end, in order and without overlaps.
  function matchRanges(patterns, text) {
    const { ranges, folded } = foldWithOffsets(text);
    const all = patterns.flatMap((wanted) => [...folded.matchAll(new RegExp(wanted, 'g'))])
      .map((match) => [ranges[match.index].start, ranges[match.index + match[0].length - 1].end])
      .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let last = 0;
    return all.filter(([start, end]) => start >= last && (last = end));
  }

  // Returns the nodes of a part of a text, its matches in <mark>.
  function highlight(text, matches, from = 0, to = text.length) {
    const nodes = [];
    let last = from;
    for (const [start, end] of matches.filter((match) => match[0] >= from && match[1] <= to)) {
      nodes.push(text.slice(last, start), createElement('mark', '', text.slice(start, end)));
      last = end;
    }
    return [from ? '…' : '', ...nodes, text.slice(last, to), to < text.length ? '…' : ''];
  }

  const matchesAny = (patterns, folded) => patterns.some((wanted) => wanted.test(folded));
  const isLowSurrogate = (text, index) => (/[\uDC00-\uDFFF]/.test(text.charAt(index)) ? 1 : 0);

  // Returns about 60 characters of the first field with a match, or the start of the text if there is none.
  function snippet(patterns, { doc, folded }) {
    const fields = ['text', 'facts', 'note'].filter((name) => doc[name]);
    const fieldWithMatch = fields.find((name) => matchesAny(patterns, folded[name]));
    const text = doc[fieldWithMatch ?? fields[0]] ?? '';
    const matches = fieldWithMatch ? matchRanges(patterns, text) : [];
    const [start, end] = matches[0] ?? [0, 0];
    const from = Math.max(0, start - SNIPPET_BEFORE);
    const to = Math.min(text.length, Math.max(end, from + SNIPPET_BEFORE) + SNIPPET_AFTER);
    return highlight(text, matches, from - isLowSurrogate(text, from), to + isLowSurrogate(text, to));
  }

  // Returns the names of the nodes above, without those above all branches, which every result has in common.
  function breadcrumbs(doc) {
    const names = [];
    for (let parent = documents[doc.parent]; parent; parent = documents[parent.parent]) {
      if (parent.colour !== 'branch-0') names.unshift(parent.title);
    }
    return names.join(' › ');
  }

  function renderResult(patterns, item) {
    const { doc, folded } = item;
    const { title, reading = '', number, kind, path, colour = 'branch-0' } = doc;
    const link = createElement('a', '', ...highlight(title, matchRanges(patterns, title)));
    link.href = path;
    const showsReading = matchesAny(patterns.filter((wanted) => !wanted.test(folded.title)), folded.reading);
    const numberNodes = number ? [' ', createElement('span', 'number', number)] : [];
    const label = createElement('p', 'label', kinds[kind], ...numberNodes);
    const result = createElement('li', colour, label, createElement('p', 'name', link));
    if (showsReading) {
      result.append(createElement('p', 'reading', ...highlight(reading, matchRanges(patterns, reading))));
    }
    for (const [className, nodes] of [['above', [breadcrumbs(doc)]], ['snippet', snippet(patterns, item)]]) {
      if (nodes.some(Boolean)) result.append(createElement('p', className, ...nodes));
    }
    return result;
  }

  let query = '', result = null, debounceTimer;

  // Appends the next results and returns the link of the first of them.
  function showMore() {
    const { patterns, matches } = result, shown = page.results.children.length;
    page.results.append(...matches.slice(shown, shown + PAGE_SIZE).map((item) => renderResult(patterns, item)));
    page.more.hidden = page.results.children.length >= matches.length;
    return page.results.children[shown]?.querySelector('a');
  }

  function update() {
    query = page.words.value.trim();
    renderResults();
  }

  function renderResults() {
    result = search(query);
    const count = result?.matches.length ?? 0;
    page.start.hidden = Boolean(result);
    page.examples.hidden = Boolean(result);
    if (result && textState === 'missing' && parts.length <= MAX_PARTS_WITHOUT_ASKING) loadAllParts();
    page.texts.hidden = !result || textState !== 'missing';
    page.none.hidden = !result || count > 0 || textState === 'loading';
    page.indexes.hidden = count > 0;
    page.results.replaceChildren();
    if (count) showMore();
    else page.more.hidden = true;
    clearTimeout(debounceTimer);
    debounceTimer = setTimeout(announceCount, DEBOUNCE_MS, count);
  }

  // Searches again with the loaded texts. As many results as before are shown, and the focused link keeps the focus.
  function refreshAfterLoad(state) {
    textState = state;
    const shown = page.results.children.length;
    const focused = document.activeElement.closest('#results_ a')?.getAttribute('href');
    renderResults();
    while (page.results.children.length < shown && !page.more.hidden) showMore();
    if (focused) {
      [...page.results.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
    }
  }

  const LOADING_MESSAGES = {
    loaded: '',
    missing: '（名前とよみから）',
    loading: '（名前とよみから。本文を読み込んでいます）',
    failed: '（本文の一部は読み込めませんでした）',
  };

  // Writes the number of results into the live region and the query into the URL.
  function announceCount(count) {
    const message = count ? `「${query}」は ${count} 件見つかりました` : `「${query}」は見つかりませんでした`;
    page.status.textContent = result ? message + LOADING_MESSAGES[textState] : '';
    const address = new URL(location.href); // the other parts of the query stay
    if (query) address.searchParams.set('q', query);
    else address.searchParams.delete('q');
    history.replaceState(null, '', address.href);
  }

  // Reads the query from the URL, after a reload or a step back.
  function readQueryFromUrl() {
    page.words.value = new URLSearchParams(location.search).get('q') ?? '';
    update();
  }

  page.words.addEventListener('input', (event) => event.isComposing || update());
  page.words.addEventListener('compositionend', update);
  page.form.addEventListener('submit', (event) => {
    event.preventDefault();
    const example = event.submitter?.value; // an example button, which is hidden while there are results
    if (example) {
      page.words.value = example;
      page.words.focus();
    }
    update();
  });
  page.texts.textContent = `本文からも探す（約 ${parts.length} MB）`;
  page.texts.addEventListener('click', () => {
    page.words.focus();
    loadAllParts();
    renderResults();
  });
  page.more.addEventListener('click', () => showMore().focus());
  window.addEventListener('popstate', readQueryFromUrl);
  readQueryFromUrl();
})();
