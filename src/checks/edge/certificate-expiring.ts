import { defineCheck } from '../../core/check.ts';
import { looksOf, tlsHosts } from '../../evidence/tls.ts';
import { tlsOf } from '../../evidence/tls-samples.ts';

export const certificateExpiring = defineCheck({
  id: 'edge/certificate-expiring',
  severity: 'medium',
  covers: ['S3-C4'],
  doc: {
    title: 'A certificate runs out soon and was not renewed',
    why: 'Certificates renew themselves when a third of their time is left. One that is nearer to its end shows that the renewal does not work; on the day it runs out nobody gets in.',
    fix: 'Look into the log of whatever renews it. Often the name leads elsewhere since the move, a CAA record forbids the authority, or a firewall blocks /.well-known/acme-challenge/.',
    effort: 'minutes',
    references: ['https://letsencrypt.org/docs/integration-guide/#when-to-renew'],
  },
  needs: { tls: tlsHosts },
  examples: {
    fails: [
      { name: 'eight of ninety days are left', given: { tls: tlsOf({}, { daysLeft: 8 }) } },
      { name: 'two are left', given: { tls: tlsOf({}, { daysLeft: 2 }) } },
    ],
    passes: [
      { name: 'sixty are left', given: { tls: tlsOf() } },
      { name: 'one that lives for six days, with four left', given: { tls: tlsOf({}, { daysLeft: 4, daysValid: 6 }) } },
    ],
  },
  *evaluate({ tls: { hosts } }) {
    for (const { name, subject, at, certificate } of hosts.flatMap((host) => looksOf(host).map((look) => ({ ...look, name: host.name })))) {
      if (!certificate || certificate.daysLeft <= 0) continue;
      const { daysLeft, daysValid, to } = certificate;
      const about = { subject, place: { name } };
      const proof = [{ kind: 'step' as const, text: `valid for ${daysValid} days, until ${to.slice(0, 16).replace('T', ' ')}` }];
      // A sixth of its time, at most two weeks.
      const late = Math.min(14, daysValid / 6);
      if (daysLeft < late)
        yield {
          ...about,
          outcome: 'fail',
          severity: daysLeft < late / 4 ? 'high' : 'medium',
          message: `The certificate of ${name}${at} runs out in ${daysLeft < 2 ? `${Math.max(1, Math.round(daysLeft * 24))} hours` : `${Math.floor(daysLeft)} days`}.`,
          proof,
        };
      else
        yield {
          ...about,
          outcome: 'pass',
          message: `The certificate of ${name}${at} is good for ${Math.floor(daysLeft)} more days.`,
          proof,
        };
    }
  },
});
