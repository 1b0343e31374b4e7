import { describe, expect, it } from 'vitest';
import { domainsOf } from './domains.ts';

describe('the domain map that is drafted from an address', () => {
  it.each<readonly [address: string, mail: readonly string[]]>([
    ['https://app.acme.io', ['acme.io']],
    ['https://acme.co.uk', ['acme.co.uk']],
    ['https://my-app.lovable.app', []],
    ['https://my-app.vercel.app/login', []],
  ])('%s sends mail from %j', (address, mail) => {
    expect(domainsOf({}, new URL(address), '/')?.mail.map(({ name }) => name)).toEqual(mail);
  });

  it.each(['http://localhost:3000', 'http://192.0.2.7'])('%s has none', (address) => {
    expect(domainsOf({}, new URL(address), '/')).toBeUndefined();
  });
});
