import { cn } from "@/lib/cn";

const tones: Record<string, string> = {
  paid: "bg-emerald-100 text-emerald-800",
  approved: "bg-emerald-100 text-emerald-800",
  done: "bg-emerald-100 text-emerald-800",
  resolved: "bg-emerald-100 text-emerald-800",
  overdue: "bg-red-100 text-red-800",
  rejected: "bg-red-100 text-red-800",
};

export const StatusBadge = ({ status }: { status: string }) => (
  <span className={cn("rounded-full bg-muted px-2 py-0.5 text-xs", tones[status])}>
    {status.replace("_", " ")}
  </span>
);
