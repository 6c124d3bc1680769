// Keeps the choice of ふりがな from page to page. The choice is in the address (?ruby=on), so that nothing is stored and a
// link can be sent with it. Without this script the choice holds for one page.
'use strict';

(() => {
  const NAME = 'ruby';
  const box = document.getElementById('ruby_');
  box.checked = new URLSearchParams(location.search).get(NAME) === 'on';

  // Returns an address with the choice in its query.
  const withChoice = (address) => {
    const url = new URL(address);
    if (box.checked) url.searchParams.set(NAME, 'on');
    else url.searchParams.delete(NAME);
    return url.href;
  };

  // Links get the choice when they are used: also those that the search adds, and those of the diagrams.
  const updateLink = (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || link.hasAttribute('download')) return;
    const url = new URL(link.getAttribute('href'), location.href);
    const isPage = url.protocol === location.protocol && url.host === location.host && /(\.html|\/)$/.test(url.pathname);
    if (isPage && (box.checked || url.searchParams.has(NAME))) link.setAttribute('href', withChoice(url.href));
  };
  for (const kind of ['click', 'auxclick', 'contextmenu']) document.addEventListener(kind, updateLink, true);

  document.addEventListener('formdata', (event) => {
    if (box.checked) event.formData.set(NAME, 'on');
  });

  box.addEventListener('change', () => history.replaceState(null, '', withChoice(location.href)));
})();
