import { Resend } from "npm:resend@4.0.1";

interface Mail {
  to: string;
  subject: string;
  text: string;
}

export const sendMail = async ({ to, subject, text }: Mail) => {
  const resend = new Resend(Deno.env.get("RESEND_API_KEY"));
  const { error } = await resend.emails.send({
    from: Deno.env.get("MAIL_FROM")!,
    to: [to],
    subject,
    text,
  });
  if (error) {
    throw new Error(`Mail was not accepted: ${error.name}`);
  }
};
