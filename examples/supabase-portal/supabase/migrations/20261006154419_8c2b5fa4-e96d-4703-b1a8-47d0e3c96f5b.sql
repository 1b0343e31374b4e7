-- Add the updated_at trigger to every table that has the column
DO $$
DECLARE
  t RECORD;
BEGIN
  FOR t IN
    SELECT c.table_name
    FROM information_schema.columns c
    JOIN information_schema.tables b
      ON b.table_schema = c.table_schema AND b.table_name = c.table_name
    WHERE c.table_schema = 'public'
      AND c.column_name = 'updated_at'
      AND b.table_type = 'BASE TABLE'
  LOOP
    EXECUTE format(
      'CREATE TRIGGER update_%1$s_updated_at BEFORE UPDATE ON public.%1$I
       FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()',
      t.table_name
    );
  END LOOP;
END;
$$;

CREATE INDEX IF NOT EXISTS idx_memberships_user_id ON public.memberships(user_id);
CREATE INDEX IF NOT EXISTS idx_approvals_requested_from ON public.approvals(requested_from);
CREATE INDEX IF NOT EXISTS idx_files_case_id ON public.files(case_id);
