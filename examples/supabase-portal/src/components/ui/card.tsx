import * as React from "react";
import { cn } from "@/lib/cn";

export const Card = ({ className, ...props }: React.HTMLAttributes<HTMLDivElement>) => (
  <div className={cn("rounded-lg border bg-background p-5 shadow-sm", className)} {...props} />
);

export const CardTitle = ({ className, ...props }: React.HTMLAttributes<HTMLHeadingElement>) => (
  <h2 className={cn("mb-3 text-base font-semibold", className)} {...props} />
);
