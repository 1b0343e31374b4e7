/**
 * The one script of a page, there only where a long matrix is: a field above it that hides rows without the words typed into it. It is a constant,
 * nothing of the target gets into it, and the page's policy lets no other script run.
 */
export const filterScript = `for (const matrix of document.querySelectorAll('.matrices')) {
  const rows = [...matrix.querySelectorAll('tbody tr:not(.group)')];
  if (rows.length < 13) continue;
  const rest = matrix.querySelector('.rest');
  const make = (name, more) => Object.assign(document.createElement(name), more);
  const bar = make('p', { className: 'filter' });
  const field = make('input', { type: 'search', placeholder: 'Filter: a name, a verb, a file', ariaLabel: 'Filter the rows' });
  const open = make('input', { type: 'checkbox' });
  const label = make('label');
  label.append(open, ' only leaks and what is not known');
  const count = make('span', { role: 'status' });
  bar.append(field, label, count);
  matrix.before(bar);
  const texts = rows.map((row) => ((row.parentElement.querySelector('.group') || row).textContent + ' ' + row.textContent).toLowerCase());
  const show = () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = words.every((word) => texts[index].includes(word)) && (!open.checked || row.querySelector('.leak, .unknown') !== null);
      row.hidden = !fits;
      shown += Number(fits);
    });
    for (const body of matrix.querySelectorAll('tbody')) body.hidden = !body.querySelector('tr:not(.group):not([hidden])');
    for (const table of matrix.querySelectorAll('.matrix')) table.hidden = !table.querySelector('tbody:not([hidden])');
    if (rest) {
      rest.hidden = rest.querySelector('tbody:not([hidden])') === null;
      rest.open = words.length > 0;
    }
    count.textContent = shown === rows.length ? '' : shown + ' of ' + rows.length + ' rows';
  };
  field.addEventListener('input', show);
  open.addEventListener('change', show);
}
`;

/** SHA-256 of the script for the Content-Security-Policy, base64; a test keeps it right. */
export const filterHash = 'rsfaKiezwu0oxUBt4AyXv20ceiKIrfFlzuj0q6n5DsE=';
