import { addresses, type LabZone } from './lab.ts';

const records = '@ A 192.0.2.7\nwww CNAME @\napp A 192.0.2.8';
/** One fault each, and the same without it. */
export const zones: Readonly<Record<string, LabZone>> = {
  'good.test': { records },
  'signed.test': { records, signed: true, ds: 'right' },
  'lame.test': { records, second: false },
  'silent.test': { records, ns: ['ns1.hoster.test.', 'ns3.hoster.test.'] },
  'gone.test': { records, ns: ['ns3.hoster.test.'] },
  'nameless.test': { records, ns: ['ns1.hoster.test.', 'ns9.hoster.test.'] },
  'unregistered.test': { records, delegation: '' },
  'differ.test': { records, delegation: 'differ.test. NS ns1.hoster.test.' },
  'glueless.test': {
    records: `${records}\nns A ${addresses.first}`,
    ns: ['ns', 'ns2.hoster.test.'],
    delegation: 'glueless.test. NS ns.glueless.test.\nglueless.test. NS ns2.hoster.test.',
  },
  'oldglue.test': {
    records: `${records}\nns A ${addresses.first}`,
    ns: ['ns', 'ns2.hoster.test.'],
    delegation: `oldglue.test. NS ns.oldglue.test.\noldglue.test. NS ns2.hoster.test.\nns.oldglue.test. A ${addresses.second}`,
  },
  'ownglue.test': {
    records: `${records}\nns A ${addresses.first}`,
    ns: ['ns', 'ns2.hoster.test.'],
    delegation: `ownglue.test. NS ns.ownglue.test.\nownglue.test. NS ns2.hoster.test.\nns.ownglue.test. A ${addresses.first}`,
  },
  'behind.test': { records, secondSoa: 'ns1.hoster.test. hostmaster.hoster.test. 9 7200 3600 1209600 300' },
  'apart.test': { records, second: '@ A 192.0.2.7\nwww CNAME @\napp A 198.51.100.8' },
  'halfway.test': { records, second: '@ A 192.0.2.7\nwww CNAME @' },
  'onenet.test': { records, ns: ['ns1.hoster.test.', 'ns4.hoster.test.'] },
  'slow.test': { records, soa: 'ns1.hoster.test. hostmaster.hoster.test. 1 7200 3600 1209600 604800' },
  'oldds.test': { records, signed: true, ds: 'old' },
  'expired.test': { records, signed: 'once', ds: 'right' },
  'unsigned.test': { records, ds: 'old' },
  'unlinked.test': { records, signed: true },
};
