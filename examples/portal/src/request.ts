export type Role = 'owner' | 'staff' | 'client';

/** The person behind a request, with the organisation they work in at the moment. */
export interface SignedInUser {
  id: string;
  email: string;
  name: string;
  isPlatformAdmin: boolean;
  /** null for platform administrators who belong to no organisation. */
  organisationId: string | null;
  organisationName: string | null;
  role: Role | null;
  /** null when the request carries an API token: then there is no cookie a foreign page could misuse. */
  csrfToken: string | null;
}

export interface Upload {
  name: string;
  mediaType: string;
  content: Buffer;
}

declare module 'express-serve-static-core' {
  interface Request {
    id: string;
    /** Set by requireSession and requireUser. */
    user: SignedInUser;
    /** Set by receiveUpload. */
    upload?: Upload;
  }
}

/** Clients see their own records only; staff and owners see those of the whole organisation (null: no restriction). */
export function onlyOwn(user: SignedInUser): string | null {
  return user.role === 'client' ? user.id : null;
}
