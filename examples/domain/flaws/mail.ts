import { apex } from '../draft.ts';
import { txt } from '../mail.ts';
import type { DomainFlaw } from './flaw.ts';

/** What the records of mail say. */
export const mailFlaws: readonly DomainFlaw[] = [
  {
    id: 'spf-eleven-lookups',
    title: 'The SPF record asks the DNS eleven times, and receivers stop at ten.',
    checks: ['email/spf-lookups'],
    change({ zone, elsewhere }) {
      const senders = Array.from({ length: 10 }, (_, nth) => `spf${nth}.senders.test`);
      for (const name of senders) elsewhere[name] = [txt('v=spf1 ip4:192.0.2.1 -all')];
      const terms = ['include:_spf.google.com', ...senders.map((name) => `include:${name}`)];
      zone[apex] = (zone[apex] ?? []).map((one) => (one.type === 'TXT' ? txt(`v=spf1 ${terms.join(' ')} -all`) : one));
    },
  },
];
