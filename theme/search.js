// Searches the plan as the reader types. It needs no server: search-index.js holds every word of the site. The texts of a
// large plan stand in parts beside it. They are loaded when something is first looked for; until they are there, names
// and readings are searched. Where they are very many, the reader is asked first.
//
// Folding. Texts and queries are compared in one form: NFKC (ｶﾞ → ガ, １２ → 12), lower case, katakana as hiragana, and
// without spaces, brackets and marks such as ・ and 、. A hyphen between two digits stays, so 1-2-3 is not 123, and a
// Japanese keyboard's ー there is one too. Where a query holds one spelling of a word (障害), the others that the plan
// lists (障がい) are found as well.
//
// Finding. A query is split at spaces; a document is found when it holds every word, each in any of its fields.
//
// Ranking. Each word counts the best of its places in the document, and the lowest sum comes first:
//   0 the name or number is the word     3 the reading is the word       12 in the text
//   1 the name begins with it            4 the reading begins with it    13 in the facts
//   2 the name holds it                  5 the reading holds it          14 in the editor's note
// Names and readings of the glossary count 6 more: the plan itself comes first. The whole query may also count as one
// word. Equals stand outer level first (then terms, then other pages), then in reading order.
//
// The box takes no focus by itself: whoever listens to the page hears first where they are.
'use strict';

(() => {
  const SHOWN_AT_ONCE = 50;
  const BEFORE = 20, AFTER = 40; // characters of a snippet around its first hit
  const REST = 250; // milliseconds without a key, so that a screen reader is not told of every letter
  const MANY = 20; // parts of about a megabyte that are loaded without asking
  const { kinds, spellings, documents, parts = [] } = window.planIndex;
  const TERM = kinds.length - 2; // behind the levels stand terms, then other pages
  const ids = ['form', 'words', 'status', 'texts', 'results', 'more', 'none', 'start', 'examples', 'indexes'];
  const page = Object.fromEntries(ids.map((name) => [name, document.getElementById(`${name}_`)]));

  // --- folding ---

  const MARKS = /(\d)[-ー](?=\d)|[-~〜・、。,「」『』()\[\]{}〔〕【】〈〉《》“”‘’"'!?]|[^\S\n]/g;
  const hiragana = (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60);

  const letters = (text) =>
    text.normalize('NFKC').toLowerCase().replace(/[ァ-ヶヽヾ]/g, hiragana).replace(/[‐-―−]/g, '-');

  const alphabet = new Map(); // what letters() made of each letter so far

  const fold = (text) => letters(text).replace(MARKS, (_, digit) => (digit ? `${digit}-` : ''));

  // The same as fold(), and where in the text each folded letter came from.
  function traced(text) {
    const places = [], gone = new Set();
    let line = '', end = 0;
    for (const written of /[\p{M}ﾞﾟ]/u.test(text) ? text.match(/[^][\p{M}ﾞﾟ]*/gu) : text) {
      if (!alphabet.has(written)) alphabet.set(written, letters(written));
      const same = alphabet.get(written), place = { start: end, end: end += written.length };
      for (let times = same.length; times; times--) places.push(place);
      line += same;
    }
    line = line.replace(MARKS, (_, digit, at) => {
      if (!digit) gone.add(at);
      return digit ? `${digit}-` : '';
    });
    return { line, places: places.filter((_, at) => !gone.has(at)) };
  }

  // --- finding and ranking ---

  const escaped = (word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const anyOf = (words) => [...words].sort((one, other) => other.length - one.length).map(escaped).join('|');

  const groups = new Map(); // each spelling → a pattern of all spellings of that word
  for (const group of spellings.map((words) => words.map(fold).filter(Boolean))) {
    for (const word of group) groups.set(word, `(?:${anyOf(group)})`);
  }
  const spelling = new RegExp(`(${anyOf(groups.keys()) || '(?!)'})`);

  // A pattern that finds a word in folded text, in any of its spellings: every second part of the split is one.
  function pattern(word) {
    const parts = fold(word).split(spelling);
    return new RegExp(parts.map((part, place) => (place % 2 ? groups.get(part) : escaped(part))).join(''));
  }

  const known = documents.map((held) => {
    const own = { title: '', number: '', reading: '', text: '', facts: '', note: '' }; // folded
    return learn({ held, own, names: '', all: '' }, held);
  });
  const ordered = [...known].sort((one, other) => one.held.kind - other.held.kind); // equals stay in reading order

  function learn(one, words) {
    for (const name in one.own) if (words[name]) one.own[name] = fold(words[name]);
    one.names = [one.own.title, one.own.number, one.own.reading].join('\n');
    one.all = [one.names, one.own.text, one.own.facts, one.own.note].join('\n');
    return one;
  }

  // 0 for the whole, 1 for the beginning, 2 for anywhere else, and far off for not at all.
  function position(wanted, text) {
    const at = text.search(wanted);
    if (at) return at < 0 ? Infinity : 2;
    return Number(wanted.exec(text)[0].length < text.length);
  }

  function rank(wanted, { held, names, all, own: { title, number, reading, text, facts, note } }) {
    const at = all.search(wanted);
    if (at < 0) return Infinity;
    if (at <= names.length) {
      if (position(wanted, number) === 0) return 0;
      const name = Math.min(position(wanted, title), 3 + position(wanted, reading));
      if (name < Infinity) return name + (held.kind === TERM ? 6 : 0);
    } else if (at <= names.length + text.length) return 12;
    return wanted.test(text) ? 12 : wanted.test(facts) ? 13 : wanted.test(note) ? 14 : Infinity;
  }

  // The documents that hold every word of a query, best first; null where it holds nothing to search for.
  function search(query) {
    const words = query.split(/\s+/).filter(fold).map(pattern);
    if (!words.length) return null;
    const whole = pattern(query);
    const hits = [];
    for (const one of ordered) {
      let points = words.reduce((sum, word) => (sum < Infinity ? sum + rank(word, one) : sum), 0);
      if (words.length > 1 && points < Infinity) points = Math.min(points, rank(whole, one));
      if (points < Infinity) hits.push({ points, one });
    }
    hits.sort((one, other) => one.points - other.points);
    return { words, hits: hits.map(({ one }) => one) };
  }

  // --- the texts of a large plan ---

  let texts = parts.length ? 'away' : 'here'; // in between `coming`; `lost` where a part could not be loaded

  const load = (start, place) => new Promise((done, fail) => {
    const script = Object.assign(document.createElement('script'), { async: false, src: `search-index-${place + 1}.js` });
    script.onload = () => {
      window.planTexts.forEach((words, after) => {
        const one = known[start + after];
        Object.assign(one.held, words);
        learn(one, words);
      });
      done();
    };
    script.onerror = fail;
    document.head.append(script);
  });

  function loadAll() {
    texts = 'coming';
    Promise.all(parts.map(load)).then(() => 'here', () => 'lost').then(arrived);
  }

  // --- showing ---

  const element = (name, className, ...inside) => {
    const made = Object.assign(document.createElement(name), { className });
    made.append(...inside);
    return made;
  };

  // Where in a text the words stand: pairs of start and end, in order, none overlapping.
  function spans(words, text) {
    const { places, line } = traced(text);
    const all = words.flatMap((word) => [...line.matchAll(new RegExp(word, 'g'))])
      .map((hit) => [places[hit.index].start, places[hit.index + hit[0].length - 1].end])
      .sort((one, other) => one[0] - other[0] || other[1] - one[1]);
    let last = 0;
    return all.filter(([start, end]) => start >= last && (last = end));
  }

  // A part of a text with its hits marked, ready to be appended.
  function marked(text, hits, from = 0, to = text.length) {
    const inside = [];
    let last = from;
    for (const [start, end] of hits.filter((hit) => hit[0] >= from && hit[1] <= to)) {
      inside.push(text.slice(last, start), element('mark', '', text.slice(start, end)));
      last = end;
    }
    return [from ? '…' : '', ...inside, text.slice(last, to), to < text.length ? '…' : ''];
  }

  const holdsAny = (words, line) => words.some((word) => word.test(line));
  const halfPair = (text, at) => (/[\uDC00-\uDFFF]/.test(text.charAt(at)) ? 1 : 0);

  // Some sixty characters of the first field that holds a word; where none does, the beginning of the text.
  function snippet(words, { held, own }) {
    const names = ['text', 'facts', 'note'].filter((name) => held[name]);
    const holding = names.find((name) => holdsAny(words, own[name]));
    const text = held[holding ?? names[0]] ?? '';
    const hits = holding ? spans(words, text) : [];
    const [start, end] = hits[0] ?? [0, 0];
    const from = Math.max(0, start - BEFORE), to = Math.min(text.length, Math.max(end, from + BEFORE) + AFTER);
    return marked(text, hits, from - halfPair(text, from), to + halfPair(text, to));
  }

  // The names above it, without those that stand above every branch and so tell nothing apart.
  function trail(held) {
    const names = [];
    for (let above = documents[held.parent]; above; above = documents[above.parent]) {
      if (above.colour !== 'branch-0') names.unshift(above.title);
    }
    return names.join(' › ');
  }

  function item(words, one) {
    const { held, own } = one;
    const { title, reading = '', number, kind, path, colour = 'branch-0' } = held;
    const link = Object.assign(element('a', '', ...marked(title, spans(words, title))), { href: path });
    const read = holdsAny(words.filter((word) => !word.test(own.title)), own.reading);
    const label = element('p', 'label', kinds[kind], ...(number ? [' ', element('span', 'number', number)] : []));
    const made = element('li', colour, label, element('p', 'name', link));
    if (read) made.append(element('p', 'reading', ...marked(reading, spans(words, reading))));
    for (const [name, inside] of [['above', [trail(held)]], ['snippet', snippet(words, one)]]) {
      if (inside.some(Boolean)) made.append(element('p', name, ...inside));
    }
    return made;
  }

  let query = '', result = null, resting;

  function showMore() {
    const shown = page.results.children.length;
    page.results.append(...result.hits.slice(shown, shown + SHOWN_AT_ONCE).map((one) => item(result.words, one)));
    page.more.hidden = page.results.children.length >= result.hits.length;
    return page.results.children[shown]?.querySelector('a');
  }

  // Search for what stands in the box and show it.
  function update() {
    query = page.words.value.trim();
    show();
  }

  function show() {
    result = search(query);
    const number = result?.hits.length ?? 0;
    page.start.hidden = Boolean(result);
    page.examples.hidden = Boolean(result);
    if (result && texts === 'away' && parts.length <= MANY) loadAll();
    page.texts.hidden = !result || texts !== 'away';
    page.none.hidden = !result || number > 0 || texts === 'coming';
    page.indexes.hidden = number > 0;
    page.results.replaceChildren();
    if (number) showMore();
    else page.more.hidden = true;
    clearTimeout(resting);
    resting = setTimeout(settle, REST, number);
  }

  // Show what the texts add, with all that was shown before, and leave the reader where they are.
  function arrived(how) {
    texts = how;
    const shown = page.results.children.length;
    const at = document.activeElement.closest('#results_ a')?.getAttribute('href');
    show();
    while (page.results.children.length < shown && !page.more.hidden) showMore();
    if (at) [...page.results.querySelectorAll('a')].find((link) => link.getAttribute('href') === at)?.focus();
  }

  const SOUGHT = {
    here: '',
    away: '（名前とよみから）',
    coming: '（名前とよみから。本文を読み込んでいます）',
    lost: '（本文の一部は読み込めませんでした）',
  };

  // Once the reader rests, say how many there are and let the address keep the query.
  function settle(number) {
    const told = number ? `「${query}」は ${number} 件見つかりました` : `「${query}」は見つかりませんでした`;
    page.status.textContent = result ? told + SOUGHT[texts] : '';
    history.replaceState(null, '', query ? `?q=${encodeURIComponent(query)}` : location.pathname);
  }

  // Take the query from the address, as after a reload or a step back.
  function restore() {
    page.words.value = new URLSearchParams(location.search).get('q') ?? '';
    update();
  }

  page.words.addEventListener('input', (event) => event.isComposing || update());
  page.words.addEventListener('compositionend', update);
  page.form.addEventListener('submit', (event) => {
    event.preventDefault();
    const example = event.submitter?.value; // a button with its word, gone once there are hits
    if (example) {
      page.words.value = example;
      page.words.focus();
    }
    update();
  });
  page.texts.textContent = `本文からも探す（約 ${parts.length} MB）`;
  page.texts.addEventListener('click', () => {
    page.words.focus();
    loadAll();
    show();
  });
  page.more.addEventListener('click', () => showMore().focus());
  window.addEventListener('popstate', restore);
  restore();
})();
