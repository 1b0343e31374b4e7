import type { typed } from './typed.ts';

/** The part of the shared file that makes things and says what the answers must and must not hold. */
export const assertions = (t: ReturnType<typeof typed>): string => `const made${t(': { owner: Visitor; path: string }[]')} = [];

/**
 * Makes a thing and finds its id: in the answer, in the address it leads to, or in its row of the list. \`id\`: keys that lead to it in the answer;
 * \`false\`: it is not needed. \`removal\`: address that removes it.
 */
async function create(
  owner${t(': Visitor')},
  { path, mark, body, id, removal }${t(': { path: string; mark: string; body: Body; id?: readonly string[] | false; removal?: (id: string) => string }')},
)${t(': Promise<Thing>')} {
  const answer = await owner.send('POST', path, body);
  assert.ok(
    answer.status < 400,
    \`\${owner.name} could not make what the test needs: POST \${path} answered \${answer.status} \${answer.text.slice(0, 200)}\`,
  );
  const found = id === false ? '' : (id && textAt(answer, id)) || idIn(answer.location) || (await idInList(owner, path, mark));
  if (removal && found !== '') made.push({ owner, path: removal(found) });
  assert.ok(id === false || found !== '', \`POST \${path} made something for \${owner.name}, but nothing says its id\`);
  return { owner, mark, path, id: found };
}

function idIn(location${t(': string | null')})${t(': string')} {
  if (location === null) return '';
  const parts = new URL(location, baseUrl).pathname.split('/');
  return decodeURIComponent(parts.filter((part) => /\\d/.test(part)).pop() ?? '');
}

async function idInList(owner${t(': Visitor')}, path${t(': string')}, mark${t(': string')})${t(': Promise<string>')} {
  const list = await owner.send('GET', path);
  const row = rowsOf(parsed(list.text)).filter((one) => JSON.stringify(one).includes(mark)).pop() ?? {};
  const id = row${t(`['id']`) || '.id'} ?? row${t(`['_id']`) || '._id'} ?? row${t(`['uuid']`) || '.uuid'};
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}

/** Removes what the tests made, the last first; some of it the tests have removed themselves. */
async function removeWhatWasMade()${t(': Promise<void>')} {
  for (const { owner, path } of made.splice(0).reverse()) await owner.send('DELETE', path);
}

/** Runs something when it is first asked for, and gives the same result from then on. */
function once${t('<T>')}(work${t(': () => Promise<T>')})${t(': () => Promise<T>')} {
  let result${t(': Promise<T> | undefined')};
  return () => (result ??= work());
}

/** Too many requests, and a server that is down, say nothing of who may see what: a test must not pass for that. */
function assertTelling({ status }${t(': Answer')}, what${t(': string')})${t(': void')} {
  assert.ok(![408, 429, 502, 503, 504].includes(status), \`\${what} was answered \${status}, which says nothing of access\`);
}

/** The positive control: what its owner is not shown either, says nothing of others. */
async function expectShown({ owner, mark }${t(': Thing')}, path${t(': string')})${t(': Promise<Answer>')} {
  const answer = await owner.send('GET', path);
  assert.ok(
    answer.status < 300 && answer.text.includes(mark),
    \`\${owner.name} made something and is not shown it at \${path} (\${answer.status}): until that works, this test proves nothing of others\`,
  );
  return answer;
}

async function expectHidden({ owner, mark }${t(': Thing')}, path${t(': string')}, other${t(': Visitor')})${t(': Promise<void>')} {
  const answer = await other.send('GET', path);
  assertTelling(answer, \`GET \${path} by \${other.name}\`);
  assert.ok(!answer.text.includes(mark), \`GET \${path} shows \${other.name} what \${owner.name} made (\${answer.status})\`);
}

/** The innermost record with the mark in it; where the answer is no JSON, the mark alone: pages differ from one time to the next. */
function withMark(text${t(': string')}, mark${t(': string')})${t(': string')} {
  const row = rowsOf(parsed(text)).filter((one) => JSON.stringify(one).includes(mark)).pop();
  // Numbers and hashes change by themselves: times, tokens, counters.
  return row ? JSON.stringify(row).replace(/[0-9a-f-]{8,}|\\d+/gi, '') : text.includes(mark) ? 'there' : 'gone';
}

/**
 * Lets others try to change or remove a thing. What counts is what its owner finds afterwards at \`seenAt\`, not what the others were answered. In the end
 * its owner does the same: a request that does nothing for him either proves nothing.
 */
async function expectNoEffect(
  thing${t(': Thing')},
  { seenAt, others, attempt }${t(': { seenAt: string; others: readonly Visitor[]; attempt: (who: Visitor, mark: string) => Promise<Answer> }')},
)${t(': Promise<void>')} {
  const { owner, mark } = thing;
  const before = withMark((await expectShown(thing, seenAt)).text, mark);
  for (const other of others) {
    const theirs = newMark();
    assertTelling(await attempt(other, theirs), \`The attempt of \${other.name}\`);
    const after = await owner.send('GET', seenAt);
    assertTelling(after, \`GET \${seenAt} by \${owner.name}\`);
    assert.ok(!after.text.includes(theirs), \`\${owner.name} finds at \${seenAt} what \${other.name} wrote\`);
    assert.equal(withMark(after.text, mark), before, \`\${owner.name} finds it changed or gone at \${seenAt} after the attempt of \${other.name}\`);
  }
  const mine = newMark();
  const answer = await attempt(owner, mine);
  const now = await owner.send('GET', seenAt);
  assert.ok(
    now.text.includes(mine) || withMark(now.text, mark) !== before,
    \`The same request does nothing for \${owner.name} either (\${answer.status}): until it does, this test proves nothing of others\`,
  );
}

/** What an answer says that is long enough not to turn up by chance; times are the same for many. */
function textsOf({ text }${t(': Answer')})${t(': string[]')} {
  const value = parsed(text);
  const texts =
    value === undefined
      ? text.replace(/<(script|style)\\b[\\s\\S]*?<\\/\\1\\s*>/gi, ' ').split(/<[^>]*>|[\\r\\n,;\\t"]+/)
      : rowsOf(value).flatMap((row) => Object.values(row).filter((one) => typeof one === 'string' || typeof one === 'number'));
  return [...new Set(texts.map((one) => String(one).trim()))].filter((one) => one.length >= 5 && !/^\\d{4}-\\d\\d-\\d\\d/.test(one));
}

/** Asks as the owner, then as others. \`known\`: answers that others get anyway; what stands in them is no secret. */
async function expectTextsHidden(
  owner${t(': Visitor')},
  path${t(': string')},
  others${t(': readonly Visitor[]')},
  known${t(': (other: Visitor) => Promise<readonly Answer[]>')},
)${t(': Promise<void>')} {
  const own = await owner.send('GET', path);
  for (const other of others) {
    const open = (await known(other)).map(({ text }) => text);
    const secret = own.status < 300 ? textsOf(own).filter((one) => !path.includes(one) && !open.some((text) => text.includes(one))) : [];
    // Two texts, or one that is too long to be the same by chance.
    const tells = (texts${t(': readonly string[]')}) => texts.length > 1 || texts.some((one) => one.length >= 20);
    assert.ok(
      tells(secret),
      \`\${owner.name} is shown nothing of his own at \${path} (\${own.status}): until he is, this test proves nothing of others\`,
    );
    const answer = await other.send('GET', path);
    assertTelling(answer, \`GET \${path} by \${other.name}\`);
    const seen = secret.filter((one) => answer.text.includes(one));
    assert.ok(!tells(seen), \`GET \${path} shows \${other.name} what is \${owner.name}'s (\${answer.status}): \${seen.length} texts of it\`);
  }
}

/** What \`owner\` is shown at \`path\`, the others are not. \`missing\`: the same address of nothing, which tells how the app refuses. */
const expectOnlyForOwner = (owner${t(': Visitor')}, path${t(': string')}, missing${t(': string')}, others${t(': readonly Visitor[]')}) =>
  expectTextsHidden(owner, path, others, async (other) => [await other.send('GET', missing)]);

/** What \`owner\` is shown at \`path\`, nobody is shown without a session, nor with a made-up one. */
const expectGuarded = (owner${t(': Visitor')}, path${t(': string')}, open${t(': readonly string[]')}) =>
  expectTextsHidden(owner, path, [nobody(), pretender(owner)], (other) =>
    Promise.all(open.filter((one) => one !== path).map((one) => other.send('GET', one))),
  );`;
