/** Mutants that change nothing for anybody from outside, each with what stops him all the same. A list that is not exact fails the test. */

const because = (reason: string, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, reason]));

/** Weakened, and nobody from outside gets anything by it. */
export const changesNothing: Readonly<Record<string, string>> = {
  ...because('who cannot SELECT a row cannot name it in the condition of an UPDATE or DELETE', [
    'weaken "Owners and staff can delete files" on public.files',
    'weaken "Owners and staff can delete stored files" on storage.objects',
    'weaken "Owners and staff can update cases" on public.cases',
    'weaken "Owners and staff can update invoices" on public.invoices',
    'weaken "Owners can delete draft invoices" on public.invoices',
    'weaken "Owners can delete their organization" on public.organizations',
    'weaken "Owners can remove members" on public.memberships',
    'weaken "Owners can update their organization" on public.organizations',
    'weaken "Owners can withdraw invites" on public.invites',
    'weaken "Users can mark their own notifications as read" on public.notifications',
    'weaken "Users can update their own profile" on public.profiles',
  ]),
  ...because('everybody reads all that is there already, and it belongs to nobody', [
    'weaken "Anyone can view active plans" on public.plans',
    'weaken "Anyone can view countries" on public.countries',
  ]),
  ...because('it speaks of a role that the browser does not have', ['weaken "Service role can upload exports" on storage.objects']),
  ...because('no privilege is granted on the table', ['no row-level security on public.payment_events']),
  ...because('no policy lets the role do it', [
    'grant SELECT, INSERT, UPDATE, DELETE on public.audit_log to anon',
    'grant INSERT, UPDATE, DELETE on public.audit_log to authenticated',
    'grant SELECT, INSERT, UPDATE, DELETE on public.invites to anon',
    'grant SELECT, INSERT, UPDATE on public.invites to authenticated',
    'grant SELECT, INSERT, UPDATE, DELETE on public.payment_events to anon',
    'grant SELECT, INSERT, UPDATE, DELETE on public.payment_events to authenticated',
    'grant DELETE on realtime.messages to anon',
    'grant DELETE on realtime.messages to authenticated',
  ]),
  ...because('the columns it opens are those of his own row; what he may hand to others is a question, no leak', [
    'grant UPDATE on public.notifications to authenticated',
    'grant UPDATE on public.organizations to authenticated',
    'grant UPDATE on public.profiles to authenticated',
  ]),
  ...because('the function itself refuses whoever is not signed in', [
    'execute of public.accept_invite for everybody',
    'execute of public.create_organization for everybody',
    'execute of public.decide_approval for everybody',
    'execute of public.get_invoice_statement for everybody',
    'execute of public.set_member_role for everybody',
  ]),
  ...because('it answers about the caller only, and a visitor is in no organisation', [
    'execute of public.can_view_case for everybody',
    'execute of public.current_member_role for everybody',
    'execute of public.has_org_role for everybody',
    'execute of public.has_role for everybody',
    'execute of public.is_case_staff for everybody',
    'execute of public.is_member_of for everybody',
    'execute of public.shares_organization_with for everybody',
  ]),
  ...because('a trigger function cannot be called', [
    'execute of public.handle_new_user for everybody',
    'execute of public.log_membership_change for everybody',
    'execute of public.notify_case_status for everybody',
  ]),
  ...because('without the token there is no invite to accept', ['no guard in public.accept_invite']),
  ...because('it makes an organisation of his own, and needs an account for its owner', ['no guard in public.create_organization']),
};

/** Taken away, and nothing that was tried is lost by it. */
export const lossesUnseen: Readonly<Record<string, string>> = {
  'drop "Clients can view their own invoices" on public.invoices': 'the invoice made here is a draft, which its client does not see yet',
  'drop "Service role can upload exports" on storage.objects': 'it speaks of a role that the browser does not have',
  'revoke all on public.payment_events': 'no privilege is granted on the table',
};

/** Named although nobody gained anything there. */
export const namedBesides: Readonly<Record<string, readonly string[]>> = {
  // It speaks of every bucket then: a public one whose policies ask for an account looks like one that was meant to be private.
  'weaken "Members can download files they can see" on storage.objects': ['branding read'],
};
