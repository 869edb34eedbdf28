/** Requests and bytes of SDK calls: one request for each operation, and answers no larger than a screen needs. */
import { createClient, type OnSwift } from "../../sdk/src/index.ts";
import { movie } from "../../test/sdk/movie.ts";
import { anAccount } from "../../test/world/people.ts";
import { apiUrl, publishableKey } from "../../test/world/stack.ts";
import { optionsFor } from "../../test/world/through-sdk.ts";
import type { Figure } from "../support/report.ts";

const part = "sdk";
const target = { url: apiUrl, key: publishableKey };
const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** Counts what goes over the wire, without headers. */
class Wire {
  requests = 0;
  bytes = 0;

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const sent = await request.clone().arrayBuffer();
    const response = await fetch(request);
    const received = await response.arrayBuffer();
    this.requests += 1;
    this.bytes += sent.byteLength + received.byteLength;
    return new Response(received.byteLength === 0 ? null : received, response);
  };
}

export async function measureSdk(only?: string): Promise<Figure[]> {
  const wire = new Wire();
  const figures: Figure[] = [];
  /** Runs a call and notes what it cost. `requests`: what it needs at most. */
  const noted = async <T>(name: string, call: () => PromiseLike<T>, requests = 1): Promise<T> => {
    const before = { ...wire };
    const result = await call();
    if (only === undefined || only === name) {
      const cost = {
        requests: wire.requests - before.requests,
        kB: (wire.bytes - before.bytes) / 1024,
      };
      figures.push(
        { part, name, unit: "requests", p50: cost.requests, goal: requests },
        { part, name, unit: "kB", p50: Number(cost.kB.toPrecision(3)) },
      );
    }
    return result;
  };
  const client = (): OnSwift => createClient({ ...optionsFor(target), fetch: wire.fetch });

  const creator = client();
  const talent = client();
  // The database checks all fields, Auth makes the account, and the profile is read.
  await noted("auth.signUp", () => creator.auth.signUp(anAccount("creator")).orThrow(), 3);
  const { user } = await talent.auth.signUp(anAccount("talent")).orThrow();
  await noted("users.me", () => creator.users.me().orThrow());
  await noted("users.get", () => creator.users.get(user.id).orThrow());
  await noted("users.search", () => creator.users.search({ skills: ["Illustration"] }).orThrow());
  const project = await noted("projects.create", () =>
    creator.projects.create({ name: "Film", description: "A film.", dueDate: later(30) }).orThrow(),
  );
  await noted("team.add", () =>
    creator.team.add(project.id, { userId: user.id, role: "Editor" }).orThrow(),
  );
  const task = await noted("tasks.create", () =>
    creator.tasks
      .create(project.id, { name: "Cut", dueDate: later(7), assigneeId: user.id })
      .orThrow(),
  );
  await noted("tasks.setStatus", () =>
    talent.tasks.setStatus(project.id, task.id, "in-progress").orThrow(),
  );
  const film = new File([movie(100_000)], "cut.mp4", { type: "video/mp4" });
  // A reservation, the bytes, the check of their type, and the submission.
  const made = await noted(
    "deliverables.submit, one file",
    () =>
      talent.deliverables
        .submit({
          projectId: project.id,
          taskId: task.id,
          title: "First cut",
          description: "With sound.",
          files: [film],
        })
        .orThrow(),
    4,
  );
  await noted("deliverables.get", () => creator.deliverables.get(made.id).orThrow());
  await noted("deliverables.approve", () => creator.deliverables.approve(made.id).orThrow());
  const { id } = await noted("conversations.open", () =>
    creator.conversations.open(user.id).orThrow(),
  );
  const message = await noted("messages.send", () =>
    creator.messages.send(id, { content: "Well done." }).orThrow(),
  );
  await noted("messages.list", () => talent.messages.list(id).orThrow());
  await noted("conversations.markRead", () =>
    talent.conversations.markRead(id, message.id).orThrow(),
  );
  await noted("conversations.list", () => talent.conversations.list().orThrow());
  await noted("projects.list", () => creator.projects.list().orThrow());
  await noted("projects.get", () => creator.projects.get(project.id).orThrow());
  await noted("tasks.list", () => talent.tasks.list().orThrow());
  await noted("deliverables.list", () => creator.deliverables.list().orThrow());
  await noted("notifications.list", () => talent.notifications.list().orThrow());
  await noted("notifications.markAllRead", () => talent.notifications.markAllRead().orThrow());
  await noted("calendar.get", () => creator.calendar.get().orThrow());
  await noted("analytics.me", () => creator.analytics.me().orThrow());
  await noted("users.export", () => creator.users.export().orThrow());
  await noted("auth.signOut", () => creator.auth.signOut().orThrow());
  return figures;
}
