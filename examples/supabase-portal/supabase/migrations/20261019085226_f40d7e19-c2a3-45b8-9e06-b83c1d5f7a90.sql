-- Live updates: new comments arrive through postgres_changes, which applies the RLS of the table
ALTER PUBLICATION supabase_realtime ADD TABLE public.case_comments;

-- Broadcast and presence use one private channel per organization, named org:<organization_id>
CREATE POLICY "Members can listen to their organization"
  ON realtime.messages FOR SELECT
  TO authenticated
  USING (public.is_member_of((split_part(realtime.topic(), ':', 2))::uuid));

CREATE POLICY "Members can send to their organization"
  ON realtime.messages FOR INSERT
  TO authenticated
  WITH CHECK (public.is_member_of((split_part(realtime.topic(), ':', 2))::uuid));
