import { near, type Rule, token } from '../rule.ts';

const mailHarm = 'Whoever has it can send mail in your name and read who you wrote to; your domain ends up on block lists.';
const mailRotate = (where: string): string => `${where}: create a new key, put it on the server, then delete this one.`;

export const messagingRules: readonly Rule[] = [
  token(['SG.'], /SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/, {
    kind: 'sendgrid-key',
    label: 'SendGrid API key',
    harm: mailHarm,
    rotate: mailRotate('SendGrid, Settings, API Keys'),
  }),
  token(['re_'], /re_[A-Za-z0-9]{8}_[A-Za-z0-9]{22,26}(?![A-Za-z0-9])/, {
    kind: 'resend-key',
    label: 'Resend API key',
    harm: mailHarm,
    rotate: mailRotate('resend.com, API Keys'),
  }),
  token(['key-'], /key-[a-f0-9]{32}(?![A-Za-z0-9])/, {
    kind: 'mailgun-key',
    label: 'Mailgun API key',
    harm: mailHarm,
    rotate: mailRotate('Mailgun, Settings, API keys'),
  }),
  token(['-us'], /[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])/, {
    kind: 'mailchimp-key',
    label: 'Mailchimp API key',
    back: 32,
    harm: mailHarm,
    rotate: mailRotate('Mailchimp, Account, Extras, API keys'),
  }),
  token(['xkeysib-', 'xsmtpsib-'], /x(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}/, {
    kind: 'brevo-key',
    label: 'Brevo API key',
    harm: mailHarm,
    rotate: mailRotate('Brevo, SMTP and API'),
  }),
  token(['mlsn.'], /mlsn\.[a-f0-9]{64}/, {
    kind: 'mailersend-key',
    label: 'MailerSend API token',
    harm: mailHarm,
    rotate: mailRotate('MailerSend, Integrations, API tokens'),
  }),
  token(
    ['xoxb-', 'xoxp-', 'xoxe-', 'xoxa-', 'xoxr-', 'xoxs-', 'xapp-'],
    /(?:xox[bpears]-(?:\d{8,14}-){1,3}[A-Za-z0-9-]{20,120}|xapp-\d-[A-Z0-9]{9,13}-\d{10,14}-[a-f0-9]{64})/,
    {
      kind: 'slack-token',
      label: 'Slack token',
      harm: 'Whoever has it can read and write in your Slack workspace with the rights of that app.',
      rotate: 'api.slack.com/apps, your app, OAuth and Permissions: revoke all tokens and reinstall the app.',
    },
  ),
  token(['hooks.slack.com/services/'], /hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{20,26}/, {
    kind: 'slack-webhook',
    label: 'Slack webhook address',
    inside: true,
    harm: 'Whoever has it can post messages into that Slack channel in the name of your app.',
    rotate: 'api.slack.com/apps, your app, Incoming Webhooks: delete it and add a new one.',
  }),
  token(['/api/webhooks/'], /\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60,72}/, {
    kind: 'discord-webhook',
    label: 'Discord webhook address',
    inside: true,
    harm: 'Whoever has it can post messages into that Discord channel in your name.',
    rotate: 'Discord, channel settings, Integrations, Webhooks: delete it and make a new one.',
  }),
  token([':AA'], /\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/, {
    kind: 'telegram-bot-token',
    label: 'Telegram bot token',
    back: 10,
    harm: 'Whoever has it can read and write everything as your bot.',
    rotate: 'In Telegram, @BotFather: /revoke, then use the new token.',
  }),
  token(
    ['.webhook.office.com/webhookb2/'],
    /\.webhook\.office\.com\/webhookb2\/[a-f0-9-]{36}@[a-f0-9-]{36}\/IncomingWebhook\/[a-f0-9]{32}\/[a-f0-9-]{36}/,
    {
      kind: 'teams-webhook',
      label: 'Microsoft Teams webhook address',
      inside: true,
      harm: 'Whoever has it can post messages into that Teams channel.',
      rotate: 'Teams, channel, Connectors: remove it and add a new one.',
    },
  ),
  token(['SK'], /SK[a-f0-9]{32}(?![A-Za-z0-9])/, {
    kind: 'twilio-key-id',
    label: 'Twilio API key id',
    sensitivity: 'low',
    power: 'limited',
    harm: 'It is only the name of a Twilio key, useless without its secret.',
    rotate: 'Twilio console, API keys: delete the key and make a new one.',
    judge: (_value, around) => (/twilio/.test(near(around)) ? {} : undefined),
  }),
  token(['EAA', 'EAG'], /EA[AG][A-Za-z0-9]{100,400}(?![A-Za-z0-9])/, {
    kind: 'meta-token',
    label: 'Meta (Facebook, WhatsApp) access token',
    entropy: 4,
    harm: 'Whoever has it can post, read and send messages as your page or WhatsApp number.',
    rotate: 'business.facebook.com, System users: revoke the token and generate a new one.',
  }),
  token(['pat-na', 'pat-eu', 'pat-ap'], /pat-(?:na|eu|ap)\d-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}/, {
    kind: 'hubspot-token',
    label: 'HubSpot private app token',
    harm: 'Whoever has it can read and change the contacts and deals the app has access to.',
    rotate: 'HubSpot, Settings, Integrations, Private Apps: rotate the token and expire the old one now.',
  }),
  token(['pit-'], /pit-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}/, {
    kind: 'gohighlevel-token',
    label: 'GoHighLevel private integration token',
    power: 'total',
    harm: 'Whoever has it can read and change the contacts, conversations and payments of that GoHighLevel account. It never expires.',
    rotate: 'GoHighLevel, Settings, Private Integrations: rotate the token and expire the old one now.',
  }),
  token(['cal_live_'], /cal_live_[a-f0-9]{32}/, {
    kind: 'cal-com-key',
    label: 'Cal.com API key',
    harm: 'Whoever has it can read and change bookings and see who booked.',
    rotate: 'cal.com, Settings, API keys: delete it and make a new one.',
  }),
];
