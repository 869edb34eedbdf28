// The inbox in the browser. Whatever a mail says is set as text, never as markup; its HTML is shown in
// a sandboxed frame from an address with a policy of its own.

const $ = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];
const wait = 2000;
let shown = "";
let open = "";
let tab = "html";

const chosen = () => decodeURIComponent(location.hash.slice(1));

async function call(path, options) {
  const response = await fetch(`/api/v1/${path}`, options);
  if (!response.ok) throw new Error((await response.json()).Error);
  return response;
}

const json = async (path) => (await call(path)).json();

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const person = ({ Name, Address }) => (Name ? `${Name} <${Address}>` : Address);
const people = (list) => list.map(person).join(", ");

async function refresh() {
  const query = $("search").value.trim();
  const path = query ? `search?limit=200&query=${encodeURIComponent(query)}` : "messages?limit=200";
  const page = await json(path);
  const state = JSON.stringify(page.messages.map((mail) => [mail.ID, mail.Read]));
  $("count").textContent = page.unread ? `${page.total}, ${page.unread} unread` : `${page.total}`;
  document.title = page.unread ? `(${page.unread}) Inbox` : "Inbox";
  $("clear").disabled = page.total === 0;
  $("empty").hidden = page.messages.length > 0;
  $("empty").textContent = query ? "No mail fits." : "No mail yet.";
  // Without a change the list stays as it is, so that focus and scrolling do too.
  if (state !== shown) $("list").replaceChildren(...page.messages.map(row));
  shown = state;
  for (const link of $("list").querySelectorAll("a")) {
    link.setAttribute("aria-current", String(link.dataset.id === chosen()));
  }
}

function row(mail) {
  const when = new Date(mail.Created);
  const today = when.toDateString() === new Date().toDateString();
  const time = today ? when.toLocaleTimeString() : when.toLocaleDateString();
  const link = element(
    "a",
    { href: `#${encodeURIComponent(mail.ID)}`, className: mail.Read ? "" : "unread" },
    element(
      "span",
      { className: "top" },
      element("span", { textContent: people(mail.To) || "nobody" }),
      element("time", { dateTime: mail.Created, textContent: time }),
    ),
    element("span", { className: "subject", textContent: mail.Subject || "(no subject)" }),
    element("span", { className: "snippet", textContent: mail.Snippet }),
  );
  link.dataset.id = mail.ID;
  return element("li", {}, link);
}

async function show() {
  const id = chosen();
  if (id === open) return;
  open = id;
  const mail = id
    ? await json(`message/${encodeURIComponent(id)}`).catch(() => undefined)
    : undefined;
  if (open !== id) return;
  $("mail").hidden = mail === undefined;
  $("hint").hidden = mail !== undefined;
  if (mail === undefined) return;
  $("subject").textContent = mail.Subject || "(no subject)";
  $("people").replaceChildren(
    ...facts(mail).flatMap(([name, value]) => [
      element("dt", { textContent: name }),
      element("dd", { textContent: value }),
    ]),
  );
  $("files").hidden = mail.Attachments.length === 0;
  $("files").replaceChildren(
    ...mail.Attachments.map((file) => element("li", {}, download(id, file))),
  );
  $("text").replaceChildren(...linked(mail.Text || "This mail has no text part."));
  $("html").src = `/view/${encodeURIComponent(id)}.html`;
  const headers = await json(`message/${encodeURIComponent(id)}/headers`);
  $("headers").textContent = Object.entries(headers)
    .flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
    .join("\n");
  select(mail.HTML ? tab : tab === "html" ? "text" : tab);
  await refresh();
}

function facts(mail) {
  const all = [
    ["From", person(mail.From)],
    ["To", people(mail.To)],
    ["Cc", people(mail.Cc)],
    ["Bcc", people(mail.Bcc)],
    ["Reply to", people(mail.ReplyTo)],
    ["Date", new Date(mail.Date).toLocaleString()],
  ];
  return all.filter(([, value]) => value);
}

function download(id, file) {
  const href = `/api/v1/message/${encodeURIComponent(id)}/part/${encodeURIComponent(file.PartID)}`;
  return element("a", { href, textContent: `${file.FileName} (${file.Size} bytes)` });
}

/** Text with its web addresses as links. */
function linked(text) {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((piece, index) =>
      index % 2 === 0
        ? piece
        : element("a", { href: piece, textContent: piece, target: "_blank", rel: "noreferrer" }),
    );
}

function select(name) {
  for (const one of tabs) {
    const selected = one.dataset.tab === name;
    one.setAttribute("aria-selected", String(selected));
    $(one.dataset.tab).hidden = !selected;
  }
}

for (const one of tabs) {
  one.addEventListener("click", () => {
    tab = one.dataset.tab;
    select(tab);
  });
}

$("clear").addEventListener("click", async () => {
  if (!confirm("Delete all mails?")) return;
  await call("messages", { method: "DELETE" });
  location.hash = "";
  await refresh();
});

let typing;
$("search").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => refresh().catch(() => undefined), 200);
});

addEventListener("hashchange", () => show().then(refresh));

async function watch() {
  // The stack may be stopped and started again while the page stays open.
  if (!document.hidden) await refresh().catch(() => ($("count").textContent = "not running"));
  setTimeout(watch, wait);
}

await show().catch(() => undefined);
watch();
