import { newZone, recordOf, type ZoneState } from '../../src/collect/provider/cloudflare/fixture-state.ts';
import { addRules, server, set, type ZoneFlaw } from './cloudflare.ts';
import { cloudflareRuleFlaws } from './cloudflare-rule-flaws.ts';

const add = (zone: ZoneState, body: Readonly<Record<string, unknown>>): void => void zone.records.push(recordOf(zone, { ttl: 1, ...body }));
const change = (zone: ZoneState, name: string, to: { readonly proxied: boolean }): void => {
  zone.records = zone.records.map((one) => (one.name === `${name}.${zone.name}` ? { ...one, ...to } : one));
};
const hsts = (value: Readonly<Record<string, unknown>>): unknown => ({ strict_transport_security: value });

/** The switches of the zone. */
export const cloudflareFlaws: readonly ZoneFlaw[] = [
  {
    id: 'ssl-mode-flexible',
    title: 'Passwords go from Cloudflare to the server in clear text.',
    checks: ['edge/cloudflare-ssl-mode'],
    change: ({ zone }) => set(zone, 'ssl', 'flexible'),
  },
  {
    id: 'ssl-mode-full',
    title: 'Cloudflare takes any certificate of the server, also that of somebody in between.',
    checks: ['edge/cloudflare-ssl-mode'],
    change: ({ zone }) => set(zone, 'ssl', 'full'),
  },
  {
    id: 'always-use-https-off',
    title: 'Who comes by http is answered by http.',
    checks: ['edge/cloudflare-https'],
    change: ({ zone }) => set(zone, 'always_use_https', 'off'),
  },
  {
    id: 'minimum-tls-1-0',
    title: 'The edge still takes TLS 1.0, as on every new zone.',
    checks: ['edge/cloudflare-min-tls'],
    change: ({ zone }) => set(zone, 'min_tls_version', '1.0'),
  },
  {
    id: 'hsts-off',
    title: 'Cloudflare does not tell browsers to keep to https.',
    checks: ['edge/cloudflare-hsts'],
    change: ({ zone }) => set(zone, 'security_header', hsts({ enabled: false, max_age: 0 })),
  },
  {
    id: 'hsts-preload-for-a-day',
    title: 'Preload is asked for with a day, which browsers do not take.',
    checks: ['edge/cloudflare-hsts'],
    change: ({ zone }) => set(zone, 'security_header', hsts({ enabled: true, max_age: 86_400, preload: true })),
  },
  {
    id: 'development-mode-on',
    title: 'Nothing is kept at the edge.',
    checks: ['edge/cloudflare-development-mode'],
    change: ({ zone }) => set(zone, 'development_mode', 'on'),
  },
  {
    id: 'dnssec-disabled',
    title: 'Answers about the domain are not signed.',
    checks: ['edge/cloudflare-dnssec'],
    change: ({ zone }) => void (zone.dnssec = { status: 'disabled' }),
  },
  {
    id: 'ds-record-missing',
    title: 'DNSSEC is on, but the registrar was never given the DS record.',
    checks: ['edge/cloudflare-dnssec'],
    change: ({ zone }) => void (zone.dnssec = { status: 'pending' }),
  },
  {
    id: 'zone-pending',
    title: 'The registrar still names the name servers of before.',
    checks: ['edge/cloudflare-zone-inactive'],
    change: ({ zone }) => void (zone.status = 'pending'),
  },
  {
    id: 'zone-paused',
    title: 'Cloudflare is paused and hands visitors straight to the server.',
    checks: ['edge/cloudflare-zone-inactive'],
    change: ({ zone }) => void (zone.paused = true),
  },
  {
    id: 'subdomain-two-levels-deep',
    title: 'The certificate of the edge is not for a host two levels down.',
    checks: ['edge/cloudflare-certificate-depth'],
    change: ({ zone }) => add(zone, { type: 'A', name: 'eu.app', content: server, proxied: true }),
  },
  {
    id: 'universal-ssl-off',
    title: 'There is no certificate at the edge at all.',
    checks: ['edge/cloudflare-certificate-depth'],
    change: ({ zone }) => void (zone.certificates = []),
  },
  {
    id: 'ddos-override-essentially-off',
    title: 'An override turned the protection against floods down to nothing.',
    checks: ['edge/cloudflare-ddos-off'],
    change: ({ zone }) =>
      addRules(zone, 'ddos_l7', {
        action: 'execute',
        expression: 'true',
        action_parameters: { id: '4d21379b4f9f4bb088e0729962c8b3cf', overrides: { sensitivity_level: 'eoff' } },
      }),
  },
  {
    id: 'rate-limiting-rule-missing',
    title: 'Nothing at the edge limits how often somebody tries passwords.',
    checks: ['edge/cloudflare-login-limit'],
    change: ({ zone }) => void delete zone.rulesets.http_ratelimit,
  },
  {
    id: 'bot-fight-mode-on',
    title: 'Programs that ask the API are turned away, and no rule of the free plan lets them past.',
    checks: ['edge/cloudflare-machines-blocked'],
    change: ({ zone }) => void (zone.bots['fight_mode'] = true),
  },
  {
    id: 'under-attack-mode-on',
    title: 'Every visitor has to solve a puzzle.',
    checks: ['edge/cloudflare-machines-blocked'],
    change: ({ zone }) => set(zone, 'security_level', 'under_attack'),
  },
  {
    id: 'dkim-cname-proxied',
    title: 'The DKIM key cannot be read: mail lands in spam.',
    checks: ['edge/cloudflare-mail-proxied'],
    change: ({ zone }) => change(zone, 's1._domainkey', { proxied: true }),
  },
  {
    id: 'acme-challenge-proxied',
    title: 'The certificate of a service cannot be renewed, because its proof is behind the proxy.',
    checks: ['edge/cloudflare-mail-proxied'],
    change: ({ zone }) => add(zone, { type: 'CNAME', name: '_acme-challenge.docs', content: 'docs.example.net', proxied: true }),
  },
  {
    id: 'origin-ip-in-dns-only-record',
    title: 'A record that was left behind shows the address of the server.',
    checks: ['edge/cloudflare-origin-leaked'],
    change: ({ zone }) => add(zone, { type: 'A', name: 'dev', content: server }),
  },
  {
    id: 'origin-open-to-all',
    title: 'The server answers whoever goes around Cloudflare.',
    checks: ['edge/cloudflare-origin-reachable'],
    change: (draft) => void (draft.originStatus = 200),
  },
  ...cloudflareRuleFlaws,
  {
    id: 'skip-rule-for-everybody',
    title: 'A rule meant for a webhook lets every visitor past the firewall.',
    checks: ['edge/cloudflare-skip-all'],
    change: ({ zone }) =>
      addRules(zone, 'http_request_firewall_custom', {
        action: 'skip',
        expression: 'true',
        action_parameters: { phases: ['http_request_firewall_managed'] },
      }),
  },
  {
    id: 'token-for-all-zones',
    title: 'The token reaches the domains of other customers as well.',
    checks: ['edge/cloudflare-token-wide'],
    change: ({ others }) => void others.push(newZone('example.org')),
  },
  {
    id: 'app-dns-only',
    title: 'The app goes around Cloudflare, and everybody sees its server, which its API hides.',
    checks: ['edge/cloudflare-origin-leaked', 'edge/cloudflare-web-not-proxied'],
    change: ({ zone }) => change(zone, 'app', { proxied: false }),
  },
  {
    id: 'builder-proxied',
    title: 'A builder with an edge of its own stands behind a second one, and its certificate is not renewed.',
    checks: ['edge/cloudflare-web-not-proxied'],
    change({ zone }) {
      zone.records = zone.records.map((one) => (one.type === 'A' && one.name === zone.name ? { ...one, proxied: true } : one));
    },
  },
];
