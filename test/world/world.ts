import { type Account, anAccount, cast, type Part } from "./people.ts";
import { aProject, aTask, type ProjectFields, type TaskFields } from "./projects.ts";

interface Identified {
  readonly id: string;
}

/** One way into OnSwift (SDK, REST, supabase-js, SQL): how it makes what a world consists of. */
export interface Entrance<
  Person extends Identified,
  Project extends Identified = Identified,
  Task extends Identified = Identified,
> {
  signUp(account: Account): Promise<Person>;
  createProject(creator: Person, fields: ProjectFields): Promise<Project>;
  addMember(creator: Person, projectId: string, userId: string): Promise<unknown>;
  createTask(creator: Person, projectId: string, fields: TaskFields): Promise<Task>;
}

/** A project with a team and a task, and the people who try something with it. */
export type World<Person, Also extends Part, Project = Identified, Task = Identified> = Readonly<
  Record<Also | "creator" | "assignee", Person>
> & {
  readonly project: Project;
  readonly projectId: string;
  readonly task: Task;
  readonly taskId: string;
};

const onTheTeam: readonly Part[] = ["assignee", "member", "removedMember"];

/**
 * Signs up a creator, an assignee and the others that are named. The creator makes a project, adds the talents that
 * belong to it, and assigns a task. The caller removes `removedMember` from the team.
 */
export async function buildWorld<
  Person extends Identified,
  Project extends Identified,
  Task extends Identified,
  Also extends Part = never,
>(
  entrance: Entrance<Person, Project, Task>,
  ...also: readonly Also[]
): Promise<World<Person, Also, Project, Task>> {
  const parts = [...new Set<Part>(["creator", "assignee", ...also])];
  const people = await Promise.all(
    parts.map((part) => entrance.signUp(anAccount(cast[part].userType, cast[part].name))),
  );
  const named = Object.fromEntries(
    parts.map((part, index) => [part, people[index] as Person]),
  ) as Readonly<Record<Also | "creator" | "assignee", Person>>;
  const project = await entrance.createProject(named.creator, aProject());
  for (const part of onTheTeam) {
    const person = people[parts.indexOf(part)];
    if (person !== undefined) await entrance.addMember(named.creator, project.id, person.id);
  }
  const task = await entrance.createTask(named.creator, project.id, aTask(named.assignee.id));
  return { ...named, project, projectId: project.id, task, taskId: task.id };
}
