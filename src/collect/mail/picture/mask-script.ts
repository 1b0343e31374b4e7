/** What the page of a mail says once its secrets are made unreadable. */
export interface Masked {
  /** Whether none of the secrets can be found any more. */
  readonly clean: boolean;
  readonly width: number;
  readonly height: number;
}

/**
 * A script for the page of a mail that makes secrets unreadable, wherever they stand: in texts, also where tags, spaces or soft hyphens stand in between, and in
 * attributes, which styles can show. What is drawn rather than written (inline SVG, frames) is taken out, since nobody knows what it shows.
 */
export const maskScript = (secrets: readonly string[]): string => `((secrets) => {
  const between = /[\\s\\u00ad\\u034f\\u180e\\u200b-\\u200f\\u2060-\\u2064\\ufeff]/;
  const small = (one) => (one.toLowerCase().length === 1 ? one.toLowerCase() : one);
  const plain = (text) => [...text].filter((one) => !between.test(one)).map(small).join('');
  const wanted = secrets.map(plain).filter((one) => one.length > 3);
  // A short code may stand in a colour as well.
  const long = wanted.filter((one) => one.length > 7);
  const isStyle = (node) => node.parentNode?.nodeName === 'STYLE';
  for (const one of document.querySelectorAll('iframe, frame, object, embed, svg, canvas, video, audio, template, script')) one.remove();
  const read = (styles) => {
    const nodes = [];
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (isStyle(walker.currentNode) === styles) nodes.push(walker.currentNode);
    let text = '';
    const places = [];
    nodes.forEach((node, nth) => {
      for (let at = 0; at < node.data.length; at += 1) {
        const one = node.data[at];
        if (between.test(one)) continue;
        text += small(one);
        places.push([nth, at]);
      }
    });
    return { nodes, text, places };
  };
  const hide = ({ nodes, text, places }, wanted) => {
    const hidden = nodes.map(() => new Set());
    for (const secret of wanted)
      for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1))
        for (const [nth, where] of places.slice(at, at + secret.length)) hidden[nth].add(where);
    nodes.forEach((node, nth) => {
      if (hidden[nth].size > 0) node.data = [...Array(node.data.length).keys()].map((at) => (hidden[nth].has(at) ? '\\u2022' : node.data[at])).join('');
    });
  };
  hide(read(false), wanted);
  hide(read(true), long);
  const holds = (value, name) => (/^(?:style|class|bgcolor|color)$/i.test(name) ? long : wanted).some((secret) => plain(value).includes(secret));
  for (const element of document.querySelectorAll('*'))
    for (const { name, value } of [...element.attributes])
      if (/^(?:href|src|srcset|action|xlink:href)$/i.test(name)) element.setAttribute(name, name === 'href' ? '#' : '');
      else if (holds(value, name)) element.setAttribute(name, '');
  const rest = read(false).text;
  const styles = read(true).text;
  const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]);
  const root = document.documentElement;
  return {
    clean:
      !wanted.some((secret) => rest.includes(secret)) &&
      !long.some((secret) => styles.includes(secret)) &&
      !attributes.some(({ name, value }) => holds(value, name)),
    width: Math.max(root.scrollWidth, document.body ? document.body.scrollWidth : 0),
    height: Math.max(root.scrollHeight, document.body ? document.body.scrollHeight : 0),
  };
})(${JSON.stringify(secrets)})`;
