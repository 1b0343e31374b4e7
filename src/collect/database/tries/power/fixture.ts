import type { Table } from '../../../../evidence/database.ts';
import type { Scene } from './attack.ts';

/** For tests: who may see invoices: members of the organisation, and whoever runs the app. */
export const portal = `
CREATE TABLE organizations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users, full_name text, role text NOT NULL DEFAULT 'client' CHECK (role IN ('client', 'manager', 'admin')), plan text DEFAULT 'free');
CREATE TABLE memberships (user_id uuid NOT NULL REFERENCES auth.users, organization_id uuid NOT NULL REFERENCES organizations, PRIMARY KEY (user_id, organization_id));
CREATE TABLE invoices (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL REFERENCES organizations, total int);
CREATE TABLE audit (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), organization_id uuid NOT NULL REFERENCES organizations, entry text);
CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM public.profiles WHERE id = auth.uid() AND role = 'admin') $$;
CREATE FUNCTION is_member(org uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM public.memberships WHERE user_id = auth.uid() AND organization_id = org) $$;
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON profiles FOR SELECT TO authenticated USING (id = auth.uid());
CREATE POLICY own ON memberships FOR SELECT TO authenticated USING (user_id = auth.uid());
CREATE POLICY members ON invoices FOR SELECT TO authenticated USING (is_member(organization_id));
CREATE POLICY admins ON audit FOR SELECT TO authenticated USING (is_admin());
`;
/** For tests: signing up makes a profile with this role, an expression. */
export const signUp = (role: string): string =>
  `CREATE FUNCTION welcome() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
     INSERT INTO public.profiles (id, full_name, role) VALUES (NEW.id, NEW.raw_user_meta_data ->> 'full_name', ${role}); RETURN NEW; END $$;
   CREATE TRIGGER welcome AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION welcome();`;

/** For tests: what the source tells of profiles.role. */
export const decides: Scene['hints'] = new Map([
  [
    'public.profiles',
    { columns: [{ name: 'role', power: { kind: 'role', why: 'is_admin() asks for it' } }], decides: [] } as unknown as Table,
  ],
]);
