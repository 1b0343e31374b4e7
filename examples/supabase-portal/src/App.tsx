import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter, Route, Routes } from "react-router-dom";
import { Toaster } from "sonner";
import { AppLayout } from "@/components/AppLayout";
import { ProtectedRoute } from "@/components/ProtectedRoute";
import { AuthProvider } from "@/hooks/useAuth";
import { OrganizationProvider } from "@/hooks/useOrganization";
import AcceptInvite from "@/pages/AcceptInvite";
import Admin from "@/pages/Admin";
import Approvals from "@/pages/Approvals";
import Auth from "@/pages/Auth";
import CaseDetail from "@/pages/CaseDetail";
import Cases from "@/pages/Cases";
import Dashboard from "@/pages/Dashboard";
import Files from "@/pages/Files";
import Index from "@/pages/Index";
import InvoiceDetail from "@/pages/InvoiceDetail";
import Invoices from "@/pages/Invoices";
import NotFound from "@/pages/NotFound";
import ResetPassword from "@/pages/ResetPassword";
import Settings from "@/pages/Settings";
import Tasks from "@/pages/Tasks";
import Team from "@/pages/Team";

const queryClient = new QueryClient();

const App = () => (
  <QueryClientProvider client={queryClient}>
    <Toaster richColors />
    <BrowserRouter>
      <AuthProvider>
        <OrganizationProvider>
          <Routes>
            <Route path="/" element={<Index />} />
            <Route path="/auth" element={<Auth />} />
            <Route path="/reset-password" element={<ResetPassword />} />
            <Route path="/invite/:token" element={<AcceptInvite />} />
            <Route
              element={
                <ProtectedRoute>
                  <AppLayout />
                </ProtectedRoute>
              }
            >
              <Route path="/dashboard" element={<Dashboard />} />
              <Route path="/invoices" element={<Invoices />} />
              <Route path="/invoices/:id" element={<InvoiceDetail />} />
              <Route path="/cases" element={<Cases />} />
              <Route path="/cases/:id" element={<CaseDetail />} />
              <Route path="/approvals" element={<Approvals />} />
              <Route path="/files" element={<Files />} />
            </Route>
            <Route
              element={
                <ProtectedRoute roles={["owner", "staff"]}>
                  <AppLayout />
                </ProtectedRoute>
              }
            >
              <Route path="/tasks" element={<Tasks />} />
              <Route path="/team" element={<Team />} />
            </Route>
            <Route
              element={
                <ProtectedRoute roles={["owner"]}>
                  <AppLayout />
                </ProtectedRoute>
              }
            >
              <Route path="/settings" element={<Settings />} />
            </Route>
            <Route
              path="/admin"
              element={
                <ProtectedRoute platformAdmin>
                  <Admin />
                </ProtectedRoute>
              }
            />
            <Route path="*" element={<NotFound />} />
          </Routes>
        </OrganizationProvider>
      </AuthProvider>
    </BrowserRouter>
  </QueryClientProvider>
);

export default App;
