import type { Flaw } from '../../flaws.ts';

const SIGN_UP = 'supabase/migrations/20260929090731_d37c60e8-1b4f-49a5-86d2-0c5f9e7b2a14.sql';

/** The assignment of the platform role in the sign-up trigger, as the clean repo has it. */
const DEFAULT_ROLE = `  -- Platform admins are appointed by hand, never at sign-up
  INSERT INTO public.user_roles (user_id, role)
  VALUES (NEW.id, 'user');`;

/** A sign-up trigger that lets the person who signs up choose their rights. */
export const signUpFlaws: Flaw[] = [
  {
    id: 'signup-metadata-role',
    title: 'The role comes from the sign-up form: whoever sends role=admin is an administrator',
    stages: ['audit', 'access'],
    checks: ['audit/signup-metadata-role', 'access/privilege-escalation'],
    edits: [
      {
        file: SIGN_UP,
        find: DEFAULT_ROLE,
        replace: `  INSERT INTO public.user_roles (user_id, role)
  VALUES (NEW.id, COALESCE((NEW.raw_user_meta_data ->> 'role')::public.app_role, 'user'));`,
      },
    ],
    conflictsWith: ['first-user-admin'],
  },
  {
    id: 'signup-metadata-tenant',
    title: 'The organization comes from the sign-up form: whoever sends its id becomes staff there',
    stages: ['audit', 'access'],
    checks: ['audit/signup-metadata-role', 'access/privilege-escalation'],
    edits: [
      {
        file: SIGN_UP,
        find: `  VALUES (NEW.id, NEW.email, NEW.raw_user_meta_data ->> 'full_name');`,
        replace: `  VALUES (NEW.id, NEW.email, NEW.raw_user_meta_data ->> 'full_name');

  IF NEW.raw_user_meta_data ? 'organization_id' THEN
    INSERT INTO public.memberships (organization_id, user_id, role)
    VALUES ((NEW.raw_user_meta_data ->> 'organization_id')::uuid, NEW.id, 'staff');
  END IF;`,
      },
    ],
  },
  {
    id: 'first-user-admin',
    title: 'The first person to sign up becomes the platform administrator, whoever that is',
    stages: ['audit', 'access'],
    checks: ['audit/first-user-admin', 'access/privilege-escalation'],
    edits: [
      {
        file: SIGN_UP,
        find: DEFAULT_ROLE,
        replace: `  -- The first user is the administrator
  INSERT INTO public.user_roles (user_id, role)
  VALUES (
    NEW.id,
    CASE WHEN (SELECT COUNT(*) FROM public.user_roles) = 0 THEN 'admin' ELSE 'user' END::public.app_role
  );`,
      },
    ],
    conflictsWith: ['signup-metadata-role'],
  },
];
