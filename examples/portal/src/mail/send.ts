import nodemailer from 'nodemailer';
import { config } from '../config.ts';
import { log } from '../log.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

const transport = nodemailer.createTransport(config.smtpUrl);

export async function sendMail(mail: Mail): Promise<void> {
  await transport.sendMail({ from: config.mailFrom, ...mail });
  log.info('mail_sent', { subject: mail.subject });
}

/**
 * Does work that the answer must not wait for: sending mail takes time, and the time would tell whether an address has
 * an account. Failures are logged.
 */
export function inBackground(name: string, work: () => Promise<void>): void {
  work().catch((error: unknown) => log.error(`${name}_failed`, error));
}
