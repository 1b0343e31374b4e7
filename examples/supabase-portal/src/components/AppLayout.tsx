import { Outlet } from "react-router-dom";
import { AppSidebar } from "@/components/AppSidebar";
import { Button } from "@/components/ui/button";
import { useAuth } from "@/hooks/useAuth";
import { useOrganization } from "@/hooks/useOrganization";

export const AppLayout = () => {
  const { user, signOut } = useAuth();
  const { organizationName } = useOrganization();

  return (
    <div className="flex min-h-screen">
      <AppSidebar />
      <div className="flex-1">
        <header className="flex items-center justify-between border-b px-6 py-3">
          <span className="font-medium">{organizationName ?? "No organization yet"}</span>
          <div className="flex items-center gap-3 text-sm text-muted-foreground">
            {user?.email}
            <Button variant="outline" size="sm" onClick={signOut}>
              Sign out
            </Button>
          </div>
        </header>
        <main className="p-6">
          <Outlet />
        </main>
      </div>
    </div>
  );
};
