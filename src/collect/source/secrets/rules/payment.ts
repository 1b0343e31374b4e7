import { type Around, type Meaning, near, type Rule, token } from '../rule.ts';

const stripeRotate = 'Stripe dashboard, Developers, API keys: roll the key, put the new one on the server, then expire the old one.';

// Clerk and Paystack use Stripe's prefixes; what stands around the key tells them apart.
function judgeLive(value: string, around: Around): Partial<Meaning> {
  const name = (around.variable ?? '').toLowerCase();
  const clerk = name.includes('clerk') || (!name.includes('stripe') && near(around, 160).includes('clerk'));
  if (clerk)
    return {
      kind: 'clerk-secret',
      label: 'Clerk secret key',
      harm: 'Whoever has it can sign in as any of your users, read their data and delete them.',
      rotate: 'Clerk dashboard, API keys: add a new secret key, deploy it, then delete this one.',
    };
  if (/^sk_live_[0-9a-f]{40}$/.test(value) || name.includes('paystack'))
    return {
      kind: 'paystack-secret',
      label: 'Paystack live secret key',
      rotate: 'Paystack dashboard, Settings, API Keys: generate new keys.',
    };
  return value.startsWith('rk_') ? { kind: 'stripe-restricted', label: 'Stripe live restricted key' } : {};
}

export const paymentRules: readonly Rule[] = [
  token(['sk_live_', 'rk_live_'], /[sr]k_live_[A-Za-z0-9]{16,250}/, {
    kind: 'stripe-live-secret',
    label: 'Stripe live secret key',
    power: 'total',
    harm: 'Whoever has it can refund and redirect real payments and read the data of every paying customer.',
    rotate: stripeRotate,
    judge: judgeLive,
  }),
  token(['sk_test_', 'rk_test_'], /[sr]k_test_[A-Za-z0-9]{16,250}/, {
    kind: 'payment-test-secret',
    label: 'test-mode secret key (Stripe or Clerk)',
    sensitivity: 'low',
    power: 'limited',
    harm: 'It reaches test data only, but the live key will follow it to the same place.',
    rotate: stripeRotate,
  }),
  token(['pk_live_', 'pk_test_'], /pk_(?:live|test)_[A-Za-z0-9$=]{16,250}/, {
    kind: 'stripe-publishable',
    label: 'publishable key (Stripe or Clerk)',
    sensitivity: 'public',
    power: 'limited',
    harm: 'It is meant to be public.',
    rotate: 'No need to replace it.',
  }),
  token(['whsec_'], /whsec_[A-Za-z0-9+/]{24,88}={0,2}/, {
    kind: 'webhook-secret',
    label: 'webhook signing secret',
    harm: 'Whoever has it can send your app false events, such as payments that never happened.',
    rotate:
      'In the dashboard of the service that sends the webhook (Stripe, Clerk, Resend, Supabase): roll the signing secret of that endpoint.',
  }),
  token(['shpat_', 'shpca_', 'shppa_', 'shpss_'], /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/, {
    kind: 'shopify-token',
    label: 'Shopify access token',
    power: 'total',
    harm: 'Whoever has it can read and change the orders, customers and products the app was given access to.',
    rotate: 'Shopify admin, Apps, Develop apps: rotate the token of the app.',
  }),
  token(['sq0csp-', 'EAAA'], /(?:sq0csp-[\w-]{43}|EAAA[\w-]{60})(?![\w-])/, {
    kind: 'square-token',
    label: 'Square access token',
    power: 'total',
    harm: 'Whoever has it can move payments and read customers in your Square account.',
    rotate: 'Square developer dashboard, Credentials: replace the token.',
  }),
  token(['APP_USR-'], /APP_USR-\d{10,20}-\d{6}-[0-9a-f]{32}-\d{5,12}/, {
    kind: 'mercado-pago-token',
    label: 'Mercado Pago production access token',
    power: 'total',
    harm: 'Whoever has it can create, refund and read real payments.',
    rotate: 'Mercado Pago developers, Your integrations, Credentials: renew the production credentials.',
  }),
  token(['$aact_'], /\$aact_[A-Za-z0-9=:+/]{60,300}/, {
    kind: 'asaas-key',
    label: 'Asaas API key',
    power: 'total',
    harm: 'Whoever has it can create and read charges and transfers in your Asaas account.',
    rotate: 'Asaas, Integrations, API key: generate a new key and delete this one.',
  }),
  token(
    ['polar_oat_', 'pdl_live_apikey_', 'duffel_live_', 'shippo_live_'],
    /(?:polar_oat|pdl_live_apikey|duffel_live|shippo_live)_[\w-]{30,90}/,
    {
      kind: 'payment-provider-key',
      label: 'live key of a payment or order service',
      power: 'total',
      harm: 'Whoever has it can create, change and read real orders and payments.',
      rotate: 'In the dashboard of that service, under API keys: make a new key and delete this one.',
    },
  ),
];
