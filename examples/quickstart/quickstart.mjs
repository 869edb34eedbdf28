/**
 * The story of a project: a creator and a talent sign up, the creator makes a project, puts the talent on
 * its team and gives them a task; the talent hands in work for it, which is sent back once and then
 * approved; each sees exactly what they may.
 *
 *   npm start                                   # in one terminal
 *   npm run quickstart -w examples/quickstart   # in another
 *
 * Any other OnSwift: set API_URL and PUBLISHABLE_KEY.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createClient } from "@onswift/sdk";

const { url, key } = whereOnSwiftRuns();
const run = randomBytes(3).toString("hex");
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

// Each person has a device of their own: one client, one session.
const noor = createClient({ url, key, persistSession: false });
const theo = createClient({ url, key, persistSession: false });
const stranger = createClient({ url, key, persistSession: false });

chapter("Two people sign up");
const creator = await noor.auth
  .signUp({
    email: `noor-${run}@example.com`,
    password: "Quick-start-1",
    name: "Noor Haddad",
    userType: "creator",
    companyName: "Lantern Films",
  })
  .orThrow();
const talent = await theo.auth
  .signUp({
    email: `theo-${run}@example.com`,
    password: "Quick-start-1",
    name: "Theo Lindgren",
    userType: "talent",
  })
  .orThrow();
tell(
  `${creator.user.name} is a ${creator.user.userType}, ${talent.user.name} a ${talent.user.userType}.`,
);

const profile = await theo.users
  .update({
    professionalTitle: "Video editor",
    skills: ["video editing", "Color Grading"],
    hourlyRate: 65,
  })
  .orThrow();
tell(`Theo is good at ${profile.skills.join(" and ")}, for $${profile.hourlyRate} an hour.`);

chapter("The creator makes a project");
const project = await noor.projects
  .create({
    name: "Harbour lights",
    description: "A two-minute film about the night ferry.",
    dueDate: inDays(60),
  })
  .orThrow();
tell(`"${project.name}" is in ${project.status}, due on ${project.dueDate}.`);
await refused("Theo opens it", theo.projects.get(project.id));

const member = await noor.team
  .add(project.id, { userId: talent.user.id, role: "Editor" })
  .orThrow();
tell(`Theo is on the team as ${member.role}, and now may open it:`);
const { teamMembers } = await theo.projects.get(project.id).orThrow();
for (const { name, role } of teamMembers) tell(`  ${name}, ${role}`);

chapter("… and gives the talent a task");
const task = await noor.tasks
  .create(project.id, {
    name: "Rough cut",
    description: "The crossing first, the harbour last.",
    assigneeId: talent.user.id,
    dueDate: inDays(21),
  })
  .orThrow();
tell(`"${task.name}" is for ${task.assignee.name}, due on ${task.dueDate}.`);
await noor.tasks
  .create(project.id, { name: "Colour", assigneeId: talent.user.id, dueDate: inDays(40) })
  .orThrow();
await refused(
  "Noor gives one to herself",
  noor.tasks.create(project.id, { name: "Score", assigneeId: creator.user.id, dueDate: inDays(9) }),
);

chapter("The talent moves it");
for await (const { name, status, dueDate } of theo.tasks.all()) {
  tell(`On Theo's list: ${name} (${status}, due on ${dueDate})`);
}
await move("in-progress");

chapter("… hands in work, and hears what is to change");
await noor.samples
  .add(project.id, { type: "link", name: "The mood", url: "https://example.com/ferries" })
  .orThrow();
const { samples } = await theo.samples.list(project.id).orThrow();
tell(`Noor has shown the team what she has in mind: ${samples[0].name}, ${samples[0].url}`);

const upload = theo.deliverables.submit({
  projectId: project.id,
  taskId: task.id,
  title: "Rough cut",
  description: `Two minutes ten. @[Noor](${creator.user.id}), is the harbour too long?`,
  files: [notes("shots.pdf", "Every shot, in order."), notes("music.pdf", "Three ideas.")],
});
const stopListening = upload.on("progress", ({ file, loaded, total }) => {
  if (loaded === total) tell(`  ${file} is up, all ${total} bytes of it.`);
});
const submitted = await upload.orThrow();
stopListening();
tell(`"${submitted.title}" is ${submitted.status}, with ${submitted.files.length} files.`);

const [shots] = submitted.files;
await noor.files.waitUntilClean(shots.id).orThrow();
const { body } = await noor.files.download(shots.id).orThrow();
let bytes = 0;
for await (const part of body) bytes += part.length;
tell(`${shots.fileName} was scanned and found clean; Noor has its ${bytes} bytes.`);
await refused("A stranger asks for it", stranger.files.downloadUrl(shots.id));

const feedback = "Lovely. End on the lights, not on the quay.";
const sentBack = await noor.deliverables.requestRevision(submitted.id, feedback).orThrow();
tell(`Noor sends it back (${sentBack.revisionCount} of 3): ${sentBack.feedback}`);
const again = await theo.deliverables
  .resubmit(submitted.id, { files: [notes("shots.pdf", "Every shot; the lights come last.")] })
  .orThrow();
tell(`Theo resubmits: version ${again.version}, ${again.status}.`);
const approved = await noor.deliverables.approve(submitted.id).orThrow();
tell(`${approved.approvedBy.name} approves it. What led there stays:`);
for (const { version, files, review } of approved.versions) {
  const names = files.map(({ fileName }) => fileName).join(" and ");
  tell(`  Version ${version}: ${names}; ${review.feedback ?? review.action}`);
}
await refused(
  "Noor sends it back after all",
  noor.deliverables.requestRevision(submitted.id, "No"),
);

await move("completed");
const { taskCount, completedTaskCount } = await noor.projects.get(project.id).orThrow();
tell(`Noor sees ${completedTaskCount} of ${taskCount} tasks completed.`);

chapter("Each sees exactly what they may");
await refused(
  "Theo renames the task",
  theo.tasks.update(project.id, task.id, { name: "Fine cut" }),
);
await refused("Theo renames the project", theo.projects.update(project.id, { name: "Mine" }));
await refused(
  "Theo makes a project",
  theo.projects.create({ name: "Mine", description: "All mine", dueDate: inDays(30) }),
);
await refused("Theo looks at Noor's profile", theo.users.get(creator.user.id));
await refused("A stranger looks at Theo's", stranger.users.get(talent.user.id));
const seen = await noor.users.get(talent.user.id).orThrow();
tell(
  `Noor sees Theo's profile, and no e-mail address in it: ${"email" in seen ? "wrong!" : "right."}`,
);

await theo.team.leave(project.id).orThrow();
await refused("Theo has left the team and opens the project", theo.projects.get(project.id));
const { assignee } = await noor.tasks.get(project.id, task.id).orThrow();
tell(`The completed task keeps the name of ${assignee.name}.`);

async function move(status) {
  const moved = await theo.tasks.setStatus(project.id, task.id, status).orThrow();
  tell(`"${moved.name}" is ${moved.status}.`);
}

/** A small PDF, as far as its first bytes tell. */
function notes(name, text) {
  return { name, data: new Blob([`%PDF-1.4\n% ${text}\n%%EOF\n`]) };
}

/** A call that has to fail: says with which code, and in which words. */
async function refused(what, call) {
  const { error } = await call;
  if (!error) throw new Error(`${what}: this should have been refused.`);
  tell(`${what}: ${error.code} (${error.message})`);
}

function chapter(title) {
  console.log(`\n${title}`);
}

function tell(sentence) {
  console.log(`  ${sentence}`);
}

function whereOnSwiftRuns() {
  const { API_URL, PUBLISHABLE_KEY } = process.env;
  if (API_URL && PUBLISHABLE_KEY) return { url: API_URL, key: PUBLISHABLE_KEY };
  try {
    const root = new URL("../..", import.meta.url);
    const status = ["run", "--silent", "status", "--", "-o", "json"];
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    const about = JSON.parse(execFileSync("npm", status, options));
    return { url: about.API_URL, key: about.PUBLISHABLE_KEY };
  } catch {
    console.error("No OnSwift is running here: type npm start first.");
    process.exit(1);
  }
}
