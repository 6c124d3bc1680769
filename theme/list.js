// Filters the list of leaf nodes on list.html. Without this script the whole list is visible.
'use strict';

const filter = document.querySelector('.filter');
const fields = [...filter.querySelectorAll('input, select')];
const rows = [...document.querySelectorAll('.leaf-list li')];

// Returns a text as folding.js folds it, in lower case, and with katakana as hiragana.
const foldLookAlikes = window.foldLookAlikes ?? ((text) => text.normalize('NFKC')); // not in an older leaf_list.html
const foldText = (text) =>
  foldLookAlikes(text).toLowerCase().replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));

// A row is found by its name and its reading. The kana above the name would split its words.
const searchTexts = rows.map((row) => {
  const rowClone = row.cloneNode(true);
  for (const kana of rowClone.querySelectorAll('rt, rp')) kana.remove();
  return foldText(`${rowClone.textContent} ${row.dataset.reading}`);
});

const applyFilter = () => {
  const [query, branch, audience = ''] = fields.map((field) => field.value);
  const queryWords = foldText(query).split(/\s+/).filter(Boolean);
  rows.forEach((row, index) => {
    row.hidden =
      !queryWords.every((word) => searchTexts[index].includes(word)) ||
      (branch && row.closest('section').dataset.branch !== branch) ||
      (audience && !row.dataset.audiences.split('、').includes(audience));
  });
  for (const section of document.querySelectorAll('.leaf-list section')) {
    section.hidden = !section.querySelector('li:not([hidden])');
  }
  const visibleCount = rows.filter((row) => !row.hidden).length;
  filter.querySelector('.result').textContent =
    visibleCount === rows.length
      ? `全部で ${visibleCount} 件`
      : visibleCount ? `${rows.length} 件のうち ${visibleCount} 件` : '当てはまるものがありません';
};

filter.hidden = false;
filter.addEventListener('input', applyFilter);
document.querySelector('#all_').addEventListener('click', () => {
  for (const field of fields) field.value = '';
  applyFilter();
});
applyFilter();
