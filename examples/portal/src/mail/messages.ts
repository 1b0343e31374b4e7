import { config } from '../config.ts';
import type { Mail } from './send.ts';

const signature = `\n\nFieldwork\n${config.appUrl}\n`;

export function inviteMail(to: string, organisation: string, inviter: string, link: string): Mail {
  return {
    to,
    subject: `${inviter} invites you to ${organisation}`,
    text: `${inviter} has invited you to the client portal of ${organisation}.\n\nAccept the invitation within 7 days:\n${link}${signature}`,
  };
}

export function resetMail(to: string, link: string): Mail {
  return {
    to,
    subject: 'Reset your password',
    text: `Somebody, hopefully you, asked to reset your password. Choose a new one within 30 minutes:\n${link}\n\nIf it was not you, ignore this mail: your password stays as it is.${signature}`,
  };
}

export function passwordChangedMail(to: string): Mail {
  return {
    to,
    subject: 'Your password was changed',
    text: `Your password was changed and you were signed out everywhere. If it was not you, reset it now:\n${config.appUrl}/forgot-password${signature}`,
  };
}

export function magicLinkMail(to: string, link: string, seconds: number): Mail {
  const lifetime = seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
  return {
    to,
    subject: 'Your sign-in link',
    text: `Sign in with this link within ${lifetime}. It works once:\n${link}\n\nIf you did not ask for it, ignore this mail.${signature}`,
  };
}

export function approvalMail(to: string, organisation: string, title: string): Mail {
  return {
    to,
    subject: `${organisation} asks for your approval`,
    text: `"${title}" waits for your decision:\n${config.appUrl}/approvals${signature}`,
  };
}

export function invoiceMail(to: string, organisation: string, number: string, id: number): Mail {
  return {
    to,
    subject: `Invoice ${number} from ${organisation}`,
    text: `${organisation} has sent you invoice ${number}:\n${config.appUrl}/invoices/${id}${signature}`,
  };
}

export function receiptMail(to: string, organisation: string, number: string, amount: string): Mail {
  return {
    to,
    subject: `Receipt for invoice ${number}`,
    text: `${organisation} has received your payment of ${amount} for invoice ${number}. Thank you.${signature}`,
  };
}
