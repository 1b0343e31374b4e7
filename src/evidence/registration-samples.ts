import type { Registration } from './registration.ts';

const askedAt = 1_795_000_000;

/** A domain registered for a year and locked, for the examples of checks. `days`: until it runs out. */
export const registrationSample = ({ days = 365, ...change }: Partial<Registration> & { readonly days?: number } = {}): Registration => ({
  domain: 'example.com',
  source: 'https://rdap.example/domain/example.com',
  is: 'told',
  why: '',
  askedAt,
  registrar: 'Example Registrar',
  status: ['client transfer prohibited'],
  expires: [askedAt + days * 86_400],
  nameServers: ['ns1.example.net', 'ns2.example.org'],
  ...change,
});

export const registrationUnseen: Registration = {
  ...registrationSample(),
  is: 'failed',
  why: 'rdap.example did not answer in time.',
  registrar: '',
  status: [],
  expires: [],
  nameServers: [],
};
