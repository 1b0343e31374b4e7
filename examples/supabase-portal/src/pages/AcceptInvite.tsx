import { useQueryClient } from "@tanstack/react-query";
import { Navigate, useLocation, useNavigate, useParams } from "react-router-dom";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";

const AcceptInvite = () => {
  const { token } = useParams();
  const { user, loading } = useAuth();
  const location = useLocation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();

  if (loading) return null;
  if (!user) return <Navigate to="/auth" state={{ from: location }} replace />;

  const accept = async () => {
    const { error } = await supabase.rpc("accept_invite", { _token: token! });
    if (error) {
      toast.error("This invite is not valid any more. Please ask for a new one.");
      return;
    }
    await queryClient.invalidateQueries({ queryKey: ["memberships"] });
    navigate("/dashboard");
  };

  return (
    <div className="flex min-h-screen items-center justify-center p-6">
      <Card className="w-full max-w-sm">
        <CardTitle>You are invited</CardTitle>
        <p className="mb-4 text-sm text-muted-foreground">Join as {user.email}</p>
        <Button onClick={accept}>Accept the invite</Button>
      </Card>
    </div>
  );
};

export default AcceptInvite;
