/** The shop's page, in the manner of apps that a generator makes: client-side routes, buttons without links, a banner over everything. */
export const shopPage = (elsewhere: string, unusual: boolean): string => `<!doctype html>
<html><head><title>Shop</title></head><body>
<div id="banner" role="dialog" style="position:fixed;inset:0;background:#fffc">We use cookies. <button id="ok">Accept</button></div>
<nav id="nav"></nav><main id="main"></main>
<script>
const token = () => localStorage.getItem('shop_token');
const ask = async (method, path, body) => {
  const answer = await fetch(path, { method, headers: { 'content-type': 'application/json', ...(token() && { authorization: 'Bearer ' + token() }) }, body: body && JSON.stringify(body) });
  return answer.ok ? answer.json() : {};
};
const main = document.getElementById('main');
const button = (text, action) => { const made = document.createElement('button'); made.textContent = text; made.onclick = action; return made; };
const show = (value) => { const made = document.createElement('pre'); made.textContent = JSON.stringify(value); main.append(made); };
const orderOf = () => (localStorage.getItem('shop_basket') === '4' ? 71 : 72);
const routes = {
  '#/': async () => {
    for (const product of await ask('GET', '/api/products')) {
      const row = document.createElement('p');
      row.append(product.name, ' ', button('Add to basket', () => ask('POST', '/api/basket-items', { basketId: Number(localStorage.getItem('shop_basket')), productId: product.id, quantity: 1 })));
      main.append(row);
    }
  },
  '#/basket': async () => show(await ask('GET', '/api/baskets/' + localStorage.getItem('shop_basket'))),
  '#/orders': async () => {
    show(await ask('GET', '/api/order?id=' + orderOf()));
    main.append(button('Show receipt', async () => show(await ask('POST', '/api/receipts/read', { orderId: orderOf() }))));
  },
  '#/profile': async () => {
    show(await ask('GET', '/api/whoami'));
    main.append(button('Close account', () => ask('POST', '/api/account/close')), button('Delete everything', () => ask('DELETE', '/api/account/delete')));
  },
  '#/enter': async () => {
    main.innerHTML = '<form><input type="email" aria-label="Your address"><input type="password" aria-label="Secret word"><button type="submit">Enter</button></form>';
    main.querySelector('form').onsubmit = async (event) => {
      event.preventDefault();
      const [email, password] = [...main.querySelectorAll('input')].map((one) => one.value);
      const session = await ask('POST', '/api/sessions', ${unusual ? '{ who: email, secretWord: password }' : '{ email, password }'});
      if (!session.token) return;
      localStorage.setItem('shop_token', session.token);
      localStorage.setItem('shop_basket', session.basketId);
      location.hash = '#/profile';
    };
  },
};
const draw = async () => {
  const nav = document.getElementById('nav');
  nav.replaceChildren();
  const go = (text, hash) => nav.append(button(text, () => { location.hash = hash; }));
  go('Shop', '#/');
  if (token()) { go('Your basket', '#/basket'); go('Orders', '#/orders'); go('Profile', '#/profile'); nav.append(button('Log out', () => ask('POST', '/api/account/close'))); }
  else go('Log in', '#/enter');
  main.replaceChildren();
  await (routes[location.hash || '#/'] || routes['#/'])();
};
document.getElementById('ok').onclick = () => document.getElementById('banner').remove();
window.onhashchange = draw;
${elsewhere === '' ? '' : `fetch(${JSON.stringify(elsewhere)}).catch(() => 0); navigator.sendBeacon(${JSON.stringify(elsewhere)});`}
draw();
</script></body></html>`;
