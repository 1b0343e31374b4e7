/** Whose way of signing messages a webhook expects. `generic`: an HMAC of the body; `generic-timed`: `t=..,v1=..` as Stripe has it. */
export const webhookProviders = [
  'stripe',
  'github',
  'svix',
  'slack',
  'shopify',
  'twilio',
  'gohighlevel',
  'calendly',
  'generic',
  'generic-timed',
] as const;
export type WebhookProvider = (typeof webhookProviders)[number];

/** A webhook that rightly signed messages may be sent to. */
export interface GivenWebhook {
  /** Below the app's address. */
  readonly path: string;
  readonly provider: WebhookProvider;
  readonly secret: string;
  /** Header with the signature, for the generic ones. */
  readonly header?: string;
  /** Text of a message that the app understands, about something made for the test; `{id}` becomes a new id each time. */
  readonly event?: string;
}
