import {
  CheckSquare,
  FileText,
  FolderOpen,
  Gauge,
  LifeBuoy,
  ListTodo,
  Settings,
  Users,
  type LucideIcon,
} from "lucide-react";
import type { Enums } from "@/integrations/supabase/types";

export interface MenuItem {
  to: string;
  label: string;
  icon: LucideIcon;
  roles: Enums<"member_role">[];
}

// What is shown to whom; what somebody may really do is decided by the policies in the database
export const menu: MenuItem[] = [
  { to: "/dashboard", label: "Dashboard", icon: Gauge, roles: ["owner", "staff", "client"] },
  { to: "/invoices", label: "Invoices", icon: FileText, roles: ["owner", "staff", "client"] },
  { to: "/cases", label: "Cases", icon: LifeBuoy, roles: ["owner", "staff", "client"] },
  { to: "/tasks", label: "Tasks", icon: ListTodo, roles: ["owner", "staff"] },
  { to: "/approvals", label: "Approvals", icon: CheckSquare, roles: ["owner", "staff", "client"] },
  { to: "/files", label: "Files", icon: FolderOpen, roles: ["owner", "staff", "client"] },
  { to: "/team", label: "Team", icon: Users, roles: ["owner", "staff"] },
  { to: "/settings", label: "Settings", icon: Settings, roles: ["owner"] },
];
