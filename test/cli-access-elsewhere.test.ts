import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, folderWith, launchReady } from './command-line.ts';

afterAll(cleanUp);

const people = `access:
  people:
    - { name: anna, tenant: Acme, email: anna@acme.example, passwordFrom: ANNA }
    - { name: bert, tenant: Globex, email: bert@globex.example, passwordFrom: BERT }
`;

// Nothing of this leaves the machine: names are not looked up before somebody can sign in, and an address that is not on the internet is not asked.
describe('an app that is not on this machine', () => {
  it('needs somebody to sign in as, and a token that is told with its places', async () => {
    const state = folderWith({});
    const call = async (host: string) =>
      (await launchReady(['access', `https://${host}/`], { cwd: folderWith({ 'a.txt': '' }), env: { LAUNCH_READY_STATE: state } })).stderr;
    const [one, again, other] = [await call('app.example.com'), await call('app.example.com'), await call('www.example.com')];
    expect(one).toMatch(/the token launch-ready-[\w-]{32} in one of three places/);
    for (const place of ['https://app.example.com/.well-known/launch-ready.txt', '_launch-ready.app.example.com', 'Launch-Ready-Token'])
      expect(one).toContain(place);
    expect([again, other.replaceAll('www.', 'app.')]).toEqual([one, expect.not.stringContaining(/launch-ready-[\w-]{32}/.exec(one)![0])]);
  });

  it.each([
    ['access', 'https://10.0.0.1/', 'not on the internet'],
    ['regress', 'https://10.0.0.1/', 'not on the internet'],
    ['access', 'http://app.example.com/', 'is not encrypted'],
  ])('%s %s is not tried, and says why', async (command, url, why) => {
    const { code, stdout, stderr } = await launchReady([command, url, '--allow-writes'], {
      cwd: folderWith({ 'launch-ready.yaml': people }),
      env: { LAUNCH_READY_STATE: folderWith({}), ANNA: 'annas-password', BERT: 'berts-password' },
    });
    expect([code, `${stdout} ${stderr}`.replace(/\s+/g, ' ')]).toEqual([3, expect.stringContaining(why)]);
  });
});
