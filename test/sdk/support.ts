import { createClient, type OnSwift, type UserType } from "../../sdk/src/index.ts";
import {
  apiUrl,
  inDays,
  password,
  publishableKey,
  someAddress,
  someEmail,
} from "../support/http.ts";

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly onswift: OnSwift;
}

/** A client with an address of its own and nobody signed in. */
export const visitor = (): OnSwift =>
  createClient({
    url: apiUrl,
    key: publishableKey,
    persistSession: false,
    headers: { "X-Forwarded-For": someAddress() },
  });

/** Somebody new, signed in through the SDK. */
export async function person(userType: UserType, name = "Somebody"): Promise<Person> {
  const onswift = visitor();
  const email = someEmail();
  const { user } = await onswift.auth.signUp({ email, password, name, userType }).orThrow();
  return { id: user.id, email, name, onswift };
}

export interface Team {
  readonly creator: Person;
  readonly talent: Person;
  readonly projectId: string;
  readonly taskId: string;
}

/** A creator's project with a talent on its team and a task for them. */
export async function team(): Promise<Team> {
  const [creator, talent] = await Promise.all([person("creator"), person("talent")]);
  const { projects, team, tasks } = creator.onswift;
  const { id: projectId } = await projects.create(aProject()).orThrow();
  await team.add(projectId, { userId: talent.id, role: "Editor" }).orThrow();
  const task = { name: "Rough cut", assigneeId: talent.id, dueDate: inDays(7) };
  const { id: taskId } = await tasks.create(projectId, task).orThrow();
  return { creator, talent, projectId, taskId };
}

export const aProject = () => ({
  name: "Trailer",
  description: "Sixty seconds",
  dueDate: inDays(30),
});
