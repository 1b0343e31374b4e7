import { defineCheck } from '../../core/check.ts';
import { cannotFollow, isOpen, isSignInFlow, routeProof } from '../../evidence/questions.ts';
import { type SideEffect, sourceRoutes } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const mailer = { id: 'POST /api/send-email', method: 'POST', path: '/api/send-email', data: [] } as const;

const freeTexts = (mail: SideEffect): string[] => mail.fromInput.filter((part) => part === 'html' || part === 'subject');

export const openMailRelay = defineCheck({
  id: 'audit/open-mail-relay',
  severity: 'high',
  covers: ['S1-C5', 'S5-C4', 'FC-9'],
  doc: {
    title: 'Anybody can send mail in your name',
    why: 'Strangers use the route to send spam or fake invoices from your domain. Your own invitations then land in spam, and the provider closes the account.',
    fix: 'Ask for a signed-in user, take the recipient from your database and not from the request, keep subject and text on the server, and limit how often it may be called.',
    effort: 'hours',
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'recipient, subject and text from the request',
        given: { inventory: sampleInventory(sampleRoute({ ...mailer, auth: 'none', guards: [], effects: [sampleEffect()] })) },
      },
    ],
    passes: [
      {
        name: 'only for signed-in users',
        given: { inventory: sampleInventory(sampleRoute({ ...mailer, effects: [sampleEffect({ auth: 'identity' })] })) },
      },
      {
        name: 'a contact form that writes to the owner',
        given: { inventory: sampleInventory(sampleRoute({ ...mailer, auth: 'none', effects: [sampleEffect({ fromInput: ['html'] })] })) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const mails = route.effects.filter((effect) => effect.kind === 'mail');
      if (mails.length === 0) continue;
      const open = mails.filter((mail) => isOpen(mail.auth) && mail.fromInput.includes('to'));
      // A magic link or reset mail goes to whoever asks, a notice to a registered address, with a text of ours.
      const meant = (mail: SideEffect): boolean => (isSignInFlow(route) && !route.purposes.includes('invite')) || mail.registered === true;
      const byDesign = open.every((mail) => meant(mail) && freeTexts(mail).every((part) => mail.filled?.includes(part)));
      const [worst] = open.toSorted((a, b) => b.fromInput.length - a.fromInput.length);
      if (!worst || byDesign || route.webhook?.verification === 'verified') {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} sends mail only for known callers or to fixed recipients.`,
        };
        continue;
      }
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      // Only the link in it is the caller's: they ask for a mail to somebody else and get the token when that person follows it.
      if (
        open.every((mail) => meant(mail) && freeTexts(mail).every((part) => mail.filled?.includes(part) || mail.misled?.includes(part)))
      ) {
        yield {
          outcome: 'fail',
          subject: route.id,
          place: { ...worst.place, name: route.id },
          message: `${route.id} mails a link whose address is taken from a header of the request (Origin or Host): a stranger can ask for a mail to your customer that leads to a site of theirs, and the code in the link with it.`,
          proof: routeProof(route, open),
        };
        continue;
      }
      // With a fixed text it is a nuisance (confirmation mails to strangers), with a free one a spam relay.
      const free = worst.fromInput.includes('html') || worst.fromInput.includes('subject');
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...worst.place, name: route.id },
        ...(!free && { severity: 'medium' as const }),
        message: free
          ? `${route.id} sends mail to any ${worst.registered === true ? 'registered ' : ''}address with ${worst.fromInput.filter((part) => part !== 'to').join(' and ')} of the caller’s choosing, without asking who is calling.`
          : `${route.id} sends mail to any address, without asking who is calling.`,
        proof: routeProof(route, open),
      };
    }
  },
});
