/**
 * A project from start to end. A creator and a talent sign up. The creator searches for a talent, creates a
 * project, adds the talent to its team and assigns a task. The talent submits a deliverable; the creator requests
 * a revision, approves it, completes the project and reviews the talent, and the next search shows the rating.
 * Along the way, calls without permission are refused.
 *
 *   npm start                                   # in one terminal
 *   npm run quickstart -w examples/quickstart   # in another
 *
 * To use another backend, set API_URL and PUBLISHABLE_KEY.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createClient } from "@onswift/sdk";

const { url, key } = backendAddress();
const run = randomBytes(3).toString("hex");
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

// One client per user: each client has its own session.
const noor = createClient({ url, key, persistSession: false });
const theo = createClient({ url, key, persistSession: false });
const anonymous = createClient({ url, key, persistSession: false });

heading("A creator and a talent sign up");
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
print(
  `${creator.user.name} is a ${creator.user.userType}, ${talent.user.name} is a ${talent.user.userType}.`,
);

const profile = await theo.users
  .update({
    professionalTitle: "Documentary video editor",
    bio: "Ferries, harbours and lighthouses. Based in Göteborg.",
    skills: ["video editing", "Color Grading"],
    hourlyRate: 65,
    availability: "available_now",
  })
  .orThrow();
print(`Theo's skills: ${profile.skills.join(", ")}. Hourly rate: $${profile.hourlyRate}.`);

heading("The creator finds a talent");
// The last word can be the beginning of a word, and accents do not matter.
const filter = { q: "goteborg docu", skills: ["Video Editing", "Color Grading"], maxRate: 80 };
const search = noor.users.search({ ...filter, limit: 10 });
const { pagination } = await search.orThrow();
print(`"${filter.q}" with both skills, up to $${filter.maxRate} per hour: ${pagination.total}`);
let found;
for await (const one of search) {
  if (one.id === talent.user.id) found = one;
}
print(`  ${found.name}, ${found.professionalTitle}, $${found.hourlyRate}; ${stars(found)}`);
await expectRefusal("Theo searches for talents", theo.users.search(filter));

heading("The creator creates a project");
const project = await noor.projects
  .create({
    name: "Harbour lights",
    description: "A two-minute film about the night ferry.",
    dueDate: inDays(60),
  })
  .orThrow();
print(`"${project.name}": ${project.status}, due ${project.dueDate}.`);
await expectRefusal("Theo opens the project", theo.projects.get(project.id));

const member = await noor.team.add(project.id, { userId: found.id, role: "Editor" }).orThrow();
print(`Theo joined the team as ${member.role} and can open the project. Its team:`);
const { teamMembers } = await theo.projects.get(project.id).orThrow();
for (const { name, role } of teamMembers) print(`  ${name}, ${role}`);

heading("The creator assigns a task");
const task = await noor.tasks
  .create(project.id, {
    name: "Rough cut",
    description: "The crossing first, the harbour last.",
    assigneeId: talent.user.id,
    dueDate: inDays(21),
  })
  .orThrow();
print(`"${task.name}": assigned to ${task.assignee.name}, due ${task.dueDate}.`);
await noor.tasks
  .create(project.id, { name: "Colour", assigneeId: talent.user.id, dueDate: inDays(40) })
  .orThrow();
await expectRefusal(
  "Noor assigns a task to herself",
  noor.tasks.create(project.id, { name: "Score", assigneeId: creator.user.id, dueDate: inDays(9) }),
);

heading("The talent starts the task");
for await (const { name, status, dueDate } of theo.tasks.list()) {
  print(`Theo's task: ${name} (${status}, due ${dueDate})`);
}
await setStatus("in-progress");

heading("The talent submits a deliverable");
await noor.samples
  .add(project.id, { type: "link", name: "The mood", url: "https://example.com/ferries" })
  .orThrow();
const { samples } = await theo.samples.list(project.id).orThrow();
print(`Noor shared a sample with the team: ${samples[0].name}, ${samples[0].url}`);

const upload = theo.deliverables.submit({
  projectId: project.id,
  taskId: task.id,
  title: "Rough cut",
  description: `Two minutes ten. @[Noor](${creator.user.id}), is the harbour too long?`,
  files: [notes("shots.pdf", "Every shot, in order."), notes("music.pdf", "Three ideas.")],
});
const removeListener = upload.on("progress", ({ file, loaded, total }) => {
  if (loaded === total) print(`  ${file}: uploaded, ${total} bytes.`);
});
const submitted = await upload.orThrow();
removeListener();
print(`"${submitted.title}": ${submitted.status}, ${submitted.files.length} files.`);

const [shots] = submitted.files;
await noor.files.waitUntilClean(shots.id).orThrow();
const { body } = await noor.files.download(shots.id).orThrow();
let bytes = 0;
for await (const part of body) bytes += part.length;
print(`${shots.fileName}: scanned, clean. Noor downloaded ${bytes} bytes.`);
await expectRefusal("An anonymous user requests the file", anonymous.files.downloadUrl(shots.id));

const feedback = "Lovely. End on the lights, not on the quay.";
const inRevision = await noor.deliverables.requestRevision(submitted.id, feedback).orThrow();
print(`Noor requests revision ${inRevision.revisionCount} of 3: ${inRevision.feedback}`);
const resubmitted = await theo.deliverables
  .resubmit(submitted.id, { files: [notes("shots.pdf", "Every shot; the lights come last.")] })
  .orThrow();
print(`Theo resubmits: version ${resubmitted.version}, ${resubmitted.status}.`);
const approved = await noor.deliverables.approve(submitted.id).orThrow();
print(`${approved.approvedBy.name} approves it. All versions stay:`);
for (const { version, files, review } of approved.versions) {
  const names = files.map(({ fileName }) => fileName).join(" and ");
  print(`  Version ${version}: ${names}; ${review.feedback ?? review.action}`);
}
await expectRefusal(
  "Noor requests a revision after the approval",
  noor.deliverables.requestRevision(submitted.id, "No"),
);

await setStatus("completed");
const { taskCount, completedTaskCount } = await noor.projects.get(project.id).orThrow();
print(`${completedTaskCount} of ${taskCount} tasks are completed.`);

heading("The creator completes the project and reviews the talent");
const review = {
  talentId: talent.user.id,
  projectId: project.id,
  rating: 5,
  text: "Quick, careful and kind.",
};
await expectRefusal("Noor reviews Theo before the end", noor.reviews.create(review));
const completed = await noor.projects.update(project.id, { status: "completed" }).orThrow();
print(`"${completed.name}": ${completed.status}.`);
await noor.reviews.create(review).orThrow();
await expectRefusal("Noor reviews Theo again", noor.reviews.create(review));
const best = noor.users.search({ ...filter, minRating: 4.5, sort: "-averageRating" });
for await (const one of best) {
  if (one.id === talent.user.id) print(`The next search shows ${one.name} with ${stars(one)}.`);
}

heading("Permissions");
await expectRefusal(
  "Theo renames the task",
  theo.tasks.update(project.id, task.id, { name: "Fine cut" }),
);
await expectRefusal("Theo renames the project", theo.projects.update(project.id, { name: "Mine" }));
await expectRefusal(
  "Theo creates a project",
  theo.projects.create({ name: "Mine", description: "All mine", dueDate: inDays(30) }),
);
await expectRefusal("Theo opens Noor's profile", theo.users.get(creator.user.id));
await expectRefusal("An anonymous user opens Theo's profile", anonymous.users.get(talent.user.id));
const seen = await noor.users.get(talent.user.id).orThrow();
print(
  `Noor opens Theo's profile. It contains an email address: ${"email" in seen ? "yes" : "no"}.`,
);

await theo.team.leave(project.id).orThrow();
await expectRefusal("Theo opens the project after leaving the team", theo.projects.get(project.id));
const { assignee } = await noor.tasks.get(project.id, task.id).orThrow();
print(`The completed task keeps its assignee: ${assignee.name}.`);

async function setStatus(status) {
  const updated = await theo.tasks.setStatus(project.id, task.id, status).orThrow();
  print(`"${updated.name}": ${updated.status}.`);
}

function stars({ averageRating, totalReviews }) {
  const reviews = totalReviews === 1 ? "1 review" : `${totalReviews} reviews`;
  return averageRating === null ? "no reviews yet" : `${averageRating} stars, ${reviews}`;
}

/** Returns a small file with the header of a PDF. */
function notes(name, text) {
  return { name, data: new Blob([`%PDF-1.4\n% ${text}\n%%EOF\n`]) };
}

/** Awaits a call that has to be refused and prints its error. */
async function expectRefusal(action, call) {
  const { error } = await call;
  if (!error) throw new Error(`${action}: expected an error.`);
  print(`${action}: ${error.code} (${error.message})`);
}

function heading(title) {
  console.log(`\n${title}`);
}

function print(line) {
  console.log(`  ${line}`);
}

function backendAddress() {
  const { API_URL, PUBLISHABLE_KEY } = process.env;
  if (API_URL && PUBLISHABLE_KEY) return { url: API_URL, key: PUBLISHABLE_KEY };
  try {
    const root = new URL("../..", import.meta.url);
    const status = ["run", "--silent", "status", "--", "-o", "json"];
    const options = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    const about = JSON.parse(execFileSync("npm", status, options));
    return { url: about.API_URL, key: about.PUBLISHABLE_KEY };
  } catch {
    console.error("OnSwift is not running. Start it first: npm start");
    process.exit(1);
  }
}
