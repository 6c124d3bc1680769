// Narrows the list of everything that is done. Without this script the whole list stands there.
'use strict';

const form = document.querySelector('form.filter');
const rows = [...document.querySelectorAll('.listed li')];

// One way of writing for what looks alike: width, case, katakana.
const plain = (text) =>
  text.normalize('NFKC').toLowerCase().replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));

const wanted = (row, words, branch, audience) =>
  words.every((word) => plain(row.textContent + row.dataset.reading).includes(word)) &&
  (!branch || row.closest('section').dataset.branch === branch) &&
  (!audience || row.dataset.audiences.split('、').includes(audience));

const narrow = () => {
  const words = plain(form.elements.words_.value).split(/\s+/).filter(Boolean);
  const branch = form.elements.branch_.value;
  const audience = form.elements.audience_?.value;
  for (const row of rows) row.hidden = !wanted(row, words, branch, audience);
  for (const part of document.querySelectorAll('.listed section')) {
    part.hidden = !part.querySelector('li:not([hidden])');
  }
  const left = rows.filter((row) => !row.hidden).length;
  form.querySelector('.result').textContent =
    left === rows.length ? `全部で ${left} 件` : left ? `${rows.length} 件のうち ${left} 件` : '当てはまるものがありません';
};

form.hidden = false;
form.addEventListener('input', narrow);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => setTimeout(narrow));
narrow();
