"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { onswiftOnServer } from "../lib/server";

/** A server action. The backend checks the input and who may create; an error reaches the error page. */
export async function createProject(form: FormData): Promise<void> {
  const onswift = await onswiftOnServer();
  const name = String(form.get("name") ?? "");
  const dueDate = String(form.get("dueDate") ?? "");
  await onswift.projects.create({ name, description: name, dueDate }).orThrow();
  revalidatePath("/");
}

export async function signOut(): Promise<void> {
  const onswift = await onswiftOnServer();
  await onswift.auth.signOut();
  redirect("/sign-in");
}
