import { idOf, isProjectCreator, type Step, same } from "./step.ts";

const fileMoves: Readonly<Record<string, readonly string[]>> = {
  reserved: ["uploaded", "failed"],
  uploaded: [],
  clean: [],
  infected: [],
  failed: [],
};

export function* files({ before, after, actor }: Step): Iterable<string> {
  for (const was of Object.values(before.files)) {
    const now = after.files[was.id];
    if (now === undefined || same(was, now)) continue;
    const which = `file ${JSON.stringify({ was, now })}`;
    const origin = ({ uploader, project, task, bucket, path, type }: typeof was) =>
      [uploader, project, task, bucket, path, type].join();
    if (origin(was) !== origin(now)) yield `${which} changed its origin`;
    if (was.removed && !now.removed) yield `${which} came back`;
    if (was.used && !now.used) yield `${which} was freed`;
    if (!was.used && now.used && was.uploader !== idOf(actor)) yield `${which} was used by another`;
    const scanned = actor === "system" && was.state === "uploaded" && now.state !== "reserved";
    const confirmed = was.uploader === idOf(actor) && fileMoves[was.state]?.includes(now.state);
    if (was.state !== now.state && !scanned && !confirmed) yield `${which} changed its state`;
  }
  for (const now of Object.values(after.files)) {
    if (before.files[now.id] !== undefined) continue;
    if (now.uploader !== idOf(actor) || now.state !== "reserved" || now.used)
      yield `file ${JSON.stringify(now)} was created in another state than reserved`;
  }
}

export function* samples(step: Step): Iterable<string> {
  const { before, after } = step;
  for (const id of new Set([...Object.keys(before.samples), ...Object.keys(after.samples)])) {
    if (same(before.samples[id], after.samples[id])) continue;
    const project = (before.samples[id] ?? after.samples[id])?.project ?? "";
    if (before.samples[id] !== undefined && after.samples[id] !== undefined)
      yield "sample was changed";
    if (!isProjectCreator(step, project)) yield "sample was changed by a user who may not";
  }
}
