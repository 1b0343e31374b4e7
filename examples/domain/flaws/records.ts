import { a, apex, cname } from '../draft.ts';
import { mx } from '../mail.ts';
import { html } from '../web.ts';
import type { DomainFlaw } from './flaw.ts';

const www = `www.${apex}`;

/** What the records of the zone lead to. */
export const recordFlaws: readonly DomainFlaw[] = [
  {
    id: 'host-left-out',
    title: 'Nobody added a record for the API.',
    checks: ['edge/host-not-found'],
    change: ({ zone }) => void delete zone[`api.${apex}`],
  },
  {
    id: 'old-a-record-left',
    title: 'The A record of the old web host stands beside the new one, and every other visitor goes there.',
    checks: ['edge/stale-address'],
    change: ({ zone }) => void zone[apex]?.push(a('203.0.113.9')),
  },
  {
    id: 'www-at-old-host',
    title: 'www is to be served by Vercel, and its record still leads to Netlify.',
    checks: ['edge/host-record-wrong'],
    change({ zone, elsewhere }) {
      zone[www] = [cname('harbourline.netlify.app')];
      elsewhere['harbourline.netlify.app'] = [a('75.2.60.5')];
    },
  },
  {
    id: 'apex-and-www-apart',
    title: 'The bare domain shows the new site, and www the old one at another host.',
    checks: ['edge/apex-www-apart', 'edge/wrong-host'],
    change({ zone, elsewhere, hosts, web }) {
      hosts.splice(0, 2, { name: apex, role: 'marketing' }, { name: www, role: 'marketing' });
      zone[www] = [cname('harbourline.netlify.app')];
      elsewhere['harbourline.netlify.app'] = [a('75.2.60.5')];
      web.pages.unshift(({ scheme, host }) => (scheme === 'https' && host === apex ? html('Harbourline, new') : undefined));
    },
  },
  {
    id: 'domain-not-added-to-project',
    title: 'www leads to Vercel, where no project has it: anybody with an account may add it to his.',
    checks: ['edge/host-unclaimed'],
    change: ({ web }) =>
      void web.pages.unshift(({ scheme, host }) =>
        scheme === 'https' && host === www ? html('404', '<p>Code: DEPLOYMENT_NOT_FOUND</p>', 404) : undefined,
      ),
  },
  {
    id: 'dangling-cname',
    title: 'staging leads to an Azure name that was given back, and anybody can take it.',
    checks: ['edge/dangling-record'],
    change({ zone, elsewhere }) {
      zone[`staging.${apex}`] = [cname('harbourline-staging.azurewebsites.net')];
      elsewhere['azurewebsites.net'] = [];
    },
  },
  {
    id: 'wildcard-to-shared-host',
    title: 'Every name leads to Vercel, where anybody with an account may add one.',
    checks: ['edge/wildcard-record'],
    change({ zone, web }) {
      const any = `*.${apex}`;
      zone[any] = [cname('cname.vercel-dns.com')];
      web.leaves[any] = {};
      web.pages.unshift(({ host }) =>
        host.endsWith(`.${apex}`) && web.leaves[host] === undefined ? html('404', '<p>Code: DEPLOYMENT_NOT_FOUND</p>', 404) : undefined,
      );
    },
  },
  {
    id: 'caa-lets-nobody-issue',
    title: 'A CAA record forbids every authority to renew the certificates.',
    checks: ['edge/caa-forbids'],
    change: ({ zone }) => void zone[apex]?.push({ type: 'CAA', data: { flags: 0, tag: 'issue', value: ';' } }),
  },
  {
    id: 'mx-led-to-web-host',
    title: 'The template of the web host took the MX record along: mail goes where no mail is taken.',
    checks: ['edge/mail-record-broken'],
    change({ zone, mail }) {
      const host = 'cname.vercel-dns.com';
      zone[apex] = [...(zone[apex] ?? []).filter(({ type }) => type !== 'MX'), mx(host)];
      // It has an address on the internet, and nobody there is to be asked.
      mail.exchange.name = host;
    },
  },
];
