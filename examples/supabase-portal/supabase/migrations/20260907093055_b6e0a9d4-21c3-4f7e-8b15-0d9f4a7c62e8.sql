-- Public reference data: countries and plans are shown on the pricing and sign-up pages
CREATE TABLE public.countries (
  code TEXT NOT NULL PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),
  name TEXT NOT NULL,
  currency TEXT NOT NULL
);

CREATE TABLE public.plans (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
  max_members INTEGER NOT NULL,
  is_active BOOLEAN NOT NULL DEFAULT true
);

ALTER TABLE public.countries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.plans ENABLE ROW LEVEL SECURITY;

GRANT SELECT ON public.countries, public.plans TO anon, authenticated;
GRANT ALL ON public.countries, public.plans TO service_role;

CREATE POLICY "Anyone can view countries"
  ON public.countries FOR SELECT
  TO anon, authenticated
  USING (true);

CREATE POLICY "Anyone can view active plans"
  ON public.plans FOR SELECT
  TO anon, authenticated
  USING (is_active);

INSERT INTO public.countries (code, name, currency) VALUES
  ('AU', 'Australia', 'AUD'),
  ('CA', 'Canada', 'CAD'),
  ('DE', 'Germany', 'EUR'),
  ('GB', 'United Kingdom', 'GBP'),
  ('IE', 'Ireland', 'EUR'),
  ('US', 'United States', 'USD');

INSERT INTO public.plans (id, name, price_cents, max_members) VALUES
  ('starter', 'Starter', 0, 5),
  ('team', 'Team', 4900, 25),
  ('agency', 'Agency', 14900, 200);
