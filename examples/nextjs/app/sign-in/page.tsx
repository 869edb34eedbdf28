"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { onswift } from "../../lib/browser";

export default function SignIn() {
  const router = useRouter();
  const [message, setMessage] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email") ?? "");
    const password = String(form.get("password") ?? "");
    const { error } = await onswift.auth.signIn({ email, password });
    if (error) setMessage(error.message);
    else router.replace("/");
  }

  return (
    <main>
      <h1>Sign in</h1>
      <form onSubmit={submit}>
        <input name="email" type="email" aria-label="Email" autoComplete="username" required />
        <input
          name="password"
          type="password"
          aria-label="Password"
          autoComplete="current-password"
          required
        />
        <button type="submit">Sign in</button>
      </form>
      <p role="alert">{message}</p>
    </main>
  );
}
