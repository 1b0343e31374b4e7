/** One request that the app's own pages sent, and its answer. Of the headers few are kept: the others hold sessions. */
export interface Exchange {
  readonly method: string;
  /** Below the app's address, with the query. */
  readonly path: string;
  /** What was sent with it. */
  readonly sent?: { readonly contentType: string; readonly text: string };
  /** Headers that bind the session to something, e.g. `['x-tenant', 'acme']`; names in lower case. */
  readonly bound?: readonly (readonly [string, string])[];
  /** 0: it was held back, or no answer came. */
  readonly status: number;
  /** The body of the answer; empty where it is no text. */
  readonly text: string;
}

/** What somebody's pages sent, in order. */
export interface Recording {
  /** Name of the person. */
  readonly who: string;
  readonly exchanges: readonly Exchange[];
}

/** Parts of pages, which are nobody's. */
const asset = /\.(?:m?js|css|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|eot|otf|mp[34]|webm|wasm|webmanifest)$/i;
/** What development servers and libraries ask on their own. */
const machinery = /^\/(?:@vite|@id|@fs|node_modules|_next\/(?:static|image|webpack-hmr)|__webpack_hmr|socket\.io|sockjs-node|cdn-cgi)\b/;

/** Whether a request of a page tells something of the app. */
export const isTelling = ({ method, path }: Pick<Exchange, 'method' | 'path'>): boolean => {
  const [plain = ''] = path.split('?');
  return /^(?:GET|POST|PUT|PATCH|DELETE)$/.test(method) && !(method === 'GET' && asset.test(plain)) && !machinery.test(plain);
};
