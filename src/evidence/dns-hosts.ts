import { isBelowAny } from './mail-names.ts';

/** Who runs the DNS of domains for his customers, by the ends of the names of his servers. */
const hosts: readonly (readonly [name: string, ends: readonly string[]])[] = [
  ['Cloudflare', ['ns.cloudflare.com']],
  ['GoDaddy', ['domaincontrol.com']],
  ['Namecheap', ['registrar-servers.com']],
  ['Squarespace', ['googledomains.com', 'squarespacedns.com']],
  ['Vercel', ['vercel-dns.com']],
  ['Netlify', ['nsone.net']],
  ['DigitalOcean', ['digitalocean.com']],
  ['Hostinger', ['dns-parking.com']],
  ['Wix', ['wixdns.net']],
  ['Porkbun', ['porkbun.com']],
  ['Gandi', ['gandi.net']],
  ['Hetzner', ['ns.hetzner.com', 'ns.hetzner.de', 'second-ns.de']],
  ['OVH', ['ovh.net']],
  ['IONOS', ['ui-dns.com', 'ui-dns.org', 'ui-dns.de', 'ui-dns.biz']],
  ['DNSimple', ['dnsimple.com', 'dnsimple-edge.net']],
];

/** Who runs these name servers; `undefined` where nobody is known. */
export const dnsHostOf = (servers: readonly string[]): string | undefined =>
  servers.some((one) => /(?:^|\.)awsdns-\d+\./.test(one))
    ? 'Amazon Route 53'
    : hosts.find(([, ends]) => servers.some((one) => isBelowAny(one, ends)))?.[0];
