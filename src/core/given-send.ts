/** A server that takes mail, and whom a test mail is from. */
export interface GivenSendServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the start; else STARTTLS where it is offered. */
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
}

/** Services that take mail by an API over https. */
export const sendApis = ['resend', 'postmark', 'sendgrid', 'brevo', 'mailgun'] as const;

/** The same by the API of a service. */
export interface GivenSendApi {
  readonly api: (typeof sendApis)[number];
  /** A secret. */
  readonly key: string;
  /** Where the API is, e.g. `https://api.resend.com`. */
  readonly base: string;
  readonly from: string;
}
