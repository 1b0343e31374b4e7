/** Seconds that mailed links are good for, where the user says so; absent: what the mail says. */
export interface LinkSeconds {
  /** Links that sign in. */
  readonly linkSeconds?: number;
  /** Links that set a new password. */
  readonly resetSeconds?: number;
  readonly inviteSeconds?: number;
}

/** What of it is said. */
export const linkSecondsOf = ({ linkSeconds, resetSeconds, inviteSeconds }: LinkSeconds): LinkSeconds => ({
  ...(linkSeconds !== undefined && { linkSeconds }),
  ...(resetSeconds !== undefined && { resetSeconds }),
  ...(inviteSeconds !== undefined && { inviteSeconds }),
});
