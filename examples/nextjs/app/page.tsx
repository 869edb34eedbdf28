import { redirect } from "next/navigation";
import { onswiftOnServer } from "../lib/server";
import { createProject, signOut } from "./actions";
import { LiveTasks } from "./live-tasks";

/** A server component: the projects are in the HTML. */
export default async function Home() {
  const onswift = await onswiftOnServer();
  // A cookie can be forged, so the backend decides who this is.
  const { data: user, error: refused } = await onswift.auth.verify();
  // No session, one that has ended, or a forged one.
  if (refused?.status === 401) redirect("/sign-in");
  if (refused) return <p role="alert">{refused.message}</p>;
  const { data, error } = await onswift.projects.list({ sort: "-createdAt", limit: 20 });
  return (
    <main>
      <h1>Projects of {user.name}</h1>
      {error && <p role="alert">{error.message}</p>}
      <ul>
        {data?.projects.map(({ id, name, status }) => (
          <li key={id}>
            {name}: {status}
          </li>
        ))}
      </ul>
      {user.userType === "creator" && (
        <form action={createProject}>
          <input name="name" aria-label="Name" required />
          <input name="dueDate" aria-label="Due date" type="date" required />
          <button type="submit">New project</button>
        </form>
      )}
      <LiveTasks />
      <form action={signOut}>
        <button type="submit">Sign out</button>
      </form>
    </main>
  );
}
