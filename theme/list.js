// Narrows the list of everything that is done. Without this script the whole list stands there.
'use strict';

const filter = document.querySelector('.filter');
const fields = [...filter.querySelectorAll('input, select')];
const rows = [...document.querySelectorAll('.leaf-list li')];

// One way of writing for what looks alike: width, case, katakana.
const plain = (text) =>
  text.normalize('NFKC').toLowerCase().replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));

// A row is found by its name and by its reading, not by the kana in between.
const told = rows.map((row) => {
  const copy = row.cloneNode(true);
  for (const kana of copy.querySelectorAll('rt, rp')) kana.remove();
  return plain(`${copy.textContent} ${row.dataset.reading}`);
});

const narrow = () => {
  const [words, branch, audience = ''] = fields.map((field) => field.value);
  const asked = plain(words).split(/\s+/).filter(Boolean);
  rows.forEach((row, place) => {
    row.hidden =
      !asked.every((word) => told[place].includes(word)) ||
      (branch && row.closest('section').dataset.branch !== branch) ||
      (audience && !row.dataset.audiences.split('、').includes(audience));
  });
  for (const part of document.querySelectorAll('.leaf-list section')) {
    part.hidden = !part.querySelector('li:not([hidden])');
  }
  const left = rows.filter((row) => !row.hidden).length;
  filter.querySelector('.result').textContent =
    left === rows.length ? `全部で ${left} 件` : left ? `${rows.length} 件のうち ${left} 件` : '当てはまるものがありません';
};

filter.hidden = false;
filter.addEventListener('input', narrow);
document.querySelector('#all_').addEventListener('click', () => {
  for (const field of fields) field.value = '';
  narrow();
});
narrow();
