// Rows as the pages and the API show them. Timestamps are Date objects, days are texts (YYYY-MM-DD).

export type InvoiceStatus = 'draft' | 'sent' | 'paid' | 'void';
export type CaseStatus = 'open' | 'waiting' | 'closed';
export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'withdrawn';

export const CURRENCIES = ['EUR', 'GBP', 'USD'] as const;
export const CASE_STATUSES: readonly CaseStatus[] = ['open', 'waiting', 'closed'];

export interface Invoice {
  id: number;
  number: string;
  title: string;
  amount_cents: number;
  currency: string;
  status: InvoiceStatus;
  due_on: string;
  paid_at: Date | null;
  client_id: string;
  client_name: string;
}

export interface Payment {
  id: number;
  invoice_id: number;
  reference: string;
  amount_cents: number;
  currency: string;
  received_at: Date;
}

export interface Case {
  id: string;
  title: string;
  description: string;
  status: CaseStatus;
  created_at: Date;
  client_id: string;
  client_name: string;
}

export interface Task {
  id: string;
  case_id: string;
  title: string;
  due_on: string | null;
  done_at: Date | null;
}

export interface Approval {
  id: string;
  case_id: string;
  title: string;
  details: string;
  status: ApprovalStatus;
  created_at: Date;
  decided_at: Date | null;
  client_id: string;
  client_name: string;
}

export interface StoredFile {
  id: string;
  case_id: string;
  name: string;
  media_type: string;
  size_bytes: number;
  created_at: Date;
}

export interface Member {
  user_id: string;
  name: string;
  email: string;
  role: 'owner' | 'staff' | 'client';
  deactivated_at: Date | null;
}
