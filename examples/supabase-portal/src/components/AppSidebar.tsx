import { ShieldCheck } from "lucide-react";
import { NavLink } from "react-router-dom";
import { useAuth } from "@/hooks/useAuth";
import { useOrganization } from "@/hooks/useOrganization";
import { cn } from "@/lib/cn";
import { menu } from "@/lib/menu";

const linkClass = ({ isActive }: { isActive: boolean }) =>
  cn("flex items-center gap-2 rounded-md px-3 py-2 text-sm", isActive && "bg-muted font-medium");

export const AppSidebar = () => {
  const { role } = useOrganization();
  const { isPlatformAdmin } = useAuth();

  return (
    <aside className="w-56 shrink-0 border-r p-4">
      <div className="mb-6 text-lg font-semibold text-primary">Harbour</div>
      <nav className="space-y-1">
        {menu
          .filter((item) => role && item.roles.includes(role))
          .map(({ to, label, icon: Icon }) => (
            <NavLink key={to} to={to} className={linkClass}>
              <Icon className="h-4 w-4" />
              {label}
            </NavLink>
          ))}
        {isPlatformAdmin && (
          <NavLink to="/admin" className={linkClass}>
            <ShieldCheck className="h-4 w-4" />
            Admin
          </NavLink>
        )}
      </nav>
    </aside>
  );
};
