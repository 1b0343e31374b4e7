/** A value of a request that worked, as it is found anew when the request is made again. */
export type RecipeValue =
  | { readonly is: 'plain'; readonly value: string | number | boolean | null }
  /** A text with a mark in it, a new one each time; the mark stands between the parts. */
  | { readonly is: 'marked'; readonly parts: readonly string[] }
  /** A day, this many days from now, or that day as a moment. */
  | { readonly is: 'day' | 'moment'; readonly ahead: number }
  | { readonly is: 'uuid' }
  /** What stands in this field of a row of the list that this person is shown there. */
  | { readonly is: 'listed'; readonly path: string; readonly field: string }
  /** The id of a thing of this making, which is made first. */
  | { readonly is: 'made'; readonly making: number; readonly number?: true }
  | { readonly is: 'list'; readonly items: readonly RecipeValue[] }
  | { readonly is: 'record'; readonly fields: readonly (readonly [string, RecipeValue])[] };

/** The parts of an address in order: text, the id of the thing itself, or that of another one which is made first. */
export type RecipePath = readonly (string | { readonly is: 'id' } | { readonly is: 'made'; readonly making: number })[];

export interface RecipeFile {
  readonly field: string;
  readonly name: RecipeValue;
  readonly contentType: string;
  readonly text: RecipeValue;
}

/** What a request is sent with. */
export type RecipeBody =
  | { readonly type: 'json'; readonly value: RecipeValue }
  | { readonly type: 'form'; readonly fields: readonly (readonly [string, RecipeValue])[] }
  | { readonly type: 'multipart'; readonly fields: readonly (readonly [string, RecipeValue])[]; readonly files: readonly RecipeFile[] };

/** What of an account goes into a field; passwords and addresses themselves are in no recipe. */
export type EntryValue = { readonly account: 'email' | 'username' | 'password' } | { readonly value: string | number | boolean | null };

/** A request that somebody gets in by. */
export interface Entry {
  readonly path: string;
  readonly type: 'json' | 'form';
  readonly fields: readonly (readonly [string, EntryValue])[];
  /** Page with the form, whose hidden fields are sent along. */
  readonly page?: string;
  /** Keys that lead to the token in the answer, which is sent as `Authorization: Bearer` from then on. */
  readonly token?: readonly string[];
}

/** Where the token against forged requests stands, which is sent as a header from then on. */
export type ForgeryToken = { readonly page: string } | { readonly cookie: string };

/** How somebody was signed in. */
export interface SignInRecipe {
  readonly who: string;
  readonly entry: Entry;
  /** He was signed up by us: how. */
  readonly signUp?: Entry;
  readonly forgeryToken?: ForgeryToken;
}

/** A change that worked for its maker. */
export interface ChangeRecipe {
  /** `PATCH /api/invoices/{id}`. */
  readonly route: string;
  readonly path: RecipePath;
  /** Absent for what removes. */
  readonly body?: RecipeBody;
}

/** How a thing was made, and where its owner sees it. */
export interface MakingRecipe {
  /** `POST /api/invoices`. */
  readonly route: string;
  readonly who: string;
  readonly path: RecipePath;
  readonly body: RecipeBody;
  /** Keys that lead to its id in the answer; absent: the answer leads to it, or its row in the list has it. */
  readonly id?: readonly string[];
  /** Requests whose answer shows its owner the mark. */
  readonly reads: readonly { readonly route: string; readonly path: RecipePath }[];
  /** Lists and pages that show its owner the mark. */
  readonly lists: readonly string[];
  readonly changes: readonly ChangeRecipe[];
  /** Absent: the app has no way to remove it, or not for its maker. */
  readonly removal?: RecipePath;
}

/** A thing that was there, and how its id is found: in this field of a row, or among the links of a page. */
export interface FoundThing {
  /** `GET /api/members/{id}`. */
  readonly route: string;
  readonly who: string;
  readonly path: RecipePath;
  readonly list: string;
  /** Absent: the page links to it. */
  readonly field?: string;
}

/** What stands where a value is needed. `id`: that of the address. `body`, `field`: all that is sent, or one field of it. */
export type CallValue =
  | { readonly is: 'id'; readonly number?: true }
  | { readonly is: 'body' }
  | { readonly is: 'field'; readonly name: string }
  | { readonly is: 'plain'; readonly value: unknown }
  /** `body`: beside all that is sent. */
  | { readonly is: 'record'; readonly fields: Readonly<Record<string, CallValue>>; readonly body?: true }
  | { readonly is: 'list'; readonly item: CallValue };

/** How an operation of GraphQL or tRPC is sent, which has no address of its own; in recipes it has the one that it would have as REST. */
export type CallRecipe = {
  /** `GET /graphql/orders/{id}`, as recipes name it. */
  readonly address: string;
  /** `QUERY /graphql#order`, as it is called. */
  readonly route: string;
  /** Address of the endpoint. */
  readonly at: string;
} & (
  | {
      readonly is: 'graphql';
      readonly document: string;
      readonly variables: Readonly<Record<string, CallValue>>;
      /** Keys that lead from `data` to the value. */
      readonly keys: readonly string[];
    }
  /** `wrapped`: by superjson. */
  | { readonly is: 'trpc'; readonly query: boolean; readonly name: string; readonly input?: CallValue; readonly wrapped: boolean }
);

/** What it takes to do a run once more without us: how people sign in, what works for them, and what only they are shown. No secrets. */
export interface LiveRecipes {
  readonly signIns: readonly SignInRecipe[];
  readonly makings: readonly MakingRecipe[];
  readonly found: readonly FoundThing[];
  /** Lists and pages that show somebody what visitors are not shown. `made`: nothing but what we made tells so. */
  readonly guarded: readonly { readonly path: string; readonly who: string; readonly made?: true }[];
  /** Absent: every request has an address of its own. */
  readonly calls?: readonly CallRecipe[];
}
