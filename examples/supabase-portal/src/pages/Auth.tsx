import { useState, type FormEvent } from "react";
import { Navigate, useLocation } from "react-router-dom";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";

type Mode = "sign-in" | "sign-up" | "magic-link" | "forgot";

const titles: Record<Mode, string> = {
  "sign-in": "Sign in",
  "sign-up": "Create an account",
  "magic-link": "Sign in by e-mail",
  forgot: "Reset your password",
};

const Auth = () => {
  const { user } = useAuth();
  const location = useLocation();
  const [mode, setMode] = useState<Mode>("sign-in");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [fullName, setFullName] = useState("");

  if (user) {
    return <Navigate to={location.state?.from?.pathname ?? "/dashboard"} replace />;
  }

  const submit = () => {
    switch (mode) {
      case "sign-in":
        return supabase.auth.signInWithPassword({ email, password });
      case "sign-up":
        return supabase.auth.signUp({
          email,
          password,
          options: {
            emailRedirectTo: `${window.location.origin}/dashboard`,
            data: { full_name: fullName },
          },
        });
      case "magic-link":
        return supabase.auth.signInWithOtp({ email, options: { shouldCreateUser: false } });
      case "forgot":
        return supabase.auth.resetPasswordForEmail(email, {
          redirectTo: `${window.location.origin}/reset-password`,
        });
    }
  };

  const handleSubmit = async (event: FormEvent) => {
    event.preventDefault();
    const { error } = await submit();
    if (error) {
      toast.error("That did not work, please check what you entered");
    } else if (mode !== "sign-in") {
      toast.success("Check your inbox");
    }
  };

  const signInWithGoogle = () =>
    supabase.auth.signInWithOAuth({
      provider: "google",
      options: { redirectTo: `${window.location.origin}/dashboard` },
    });

  return (
    <div className="flex min-h-screen items-center justify-center p-6">
      <Card className="w-full max-w-sm">
        <CardTitle>{titles[mode]}</CardTitle>
        <form onSubmit={handleSubmit} className="space-y-3">
          {mode === "sign-up" && (
            <Input
              placeholder="Your name"
              value={fullName}
              onChange={(event) => setFullName(event.target.value)}
            />
          )}
          <Input
            type="email"
            required
            placeholder="E-mail"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          {(mode === "sign-in" || mode === "sign-up") && (
            <Input
              type="password"
              required
              minLength={8}
              placeholder="Password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
          <Button type="submit" className="w-full">
            {titles[mode]}
          </Button>
        </form>
        <Button variant="outline" className="mt-3 w-full" onClick={signInWithGoogle}>
          Continue with Google
        </Button>
        <div className="mt-4 flex flex-wrap gap-3 text-sm text-muted-foreground">
          {(Object.keys(titles) as Mode[])
            .filter((other) => other !== mode)
            .map((other) => (
              <button key={other} type="button" onClick={() => setMode(other)}>
                {titles[other]}
              </button>
            ))}
        </div>
      </Card>
    </div>
  );
};

export default Auth;
