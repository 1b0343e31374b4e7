import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const mailLinkHost = defineCheck({
  id: 'access/mail-link-host',
  severity: 'high',
  covers: ['S2-C5', 'RESET-no-host-header'],
  doc: {
    title: 'Links in mails lead wherever the request says',
    why: 'Somebody asks for a reset of your customer’s password and names a site of his own as the host: the true mail of your app then leads the customer there, and hands over the token.',
    fix: 'Build links in mails from a fixed address in the settings (APP_URL), never from the Host or X-Forwarded-Host header of the request.',
    effort: 'hours',
    references: [
      'https://owasp.org/www-project-web-security-testing-guide/stable/4-Web_Application_Security_Testing/07-Input_Validation_Testing/17-Testing_for_Host_Header_Injection',
      'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('link-host', 'password reset', outcome, text), {
    broken: 'the mailed link leads wherever the Host header of the request says',
    holds: 'the mailed link leads to the app, whatever the request says of its address',
    unknown: 'no mail with a link came after a request that names another host',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'link-host'),
});
