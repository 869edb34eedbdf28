// The script of the inbox page. It sets the contents of emails as text, never as markup. The HTML of an email
// is shown in a sandboxed frame, from a URL with its own content security policy.

const $ = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];
const refreshInterval = 2000;
let renderedState = "";
let openId = "";
let preferredTab = "html";

const selectedId = () => decodeURIComponent(location.hash.slice(1));

async function call(path, options) {
  const response = await fetch(`/api/v1/${path}`, options);
  if (!response.ok) throw new Error((await response.json()).Error);
  return response;
}

const json = async (path) => (await call(path)).json();

function element(name, properties, ...children) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
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
  $("empty").textContent = query ? "No matching emails." : "No emails yet.";
  // Replace the list only if it changed, so that focus and scroll position stay.
  if (state !== renderedState) $("list").replaceChildren(...page.messages.map(row));
  renderedState = state;
  for (const link of $("list").querySelectorAll("a")) {
    link.setAttribute("aria-current", String(link.dataset.id === selectedId()));
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
      element("span", { textContent: people(mail.To) || "(no recipient)" }),
      element("time", { dateTime: mail.Created, textContent: time }),
    ),
    element("span", { className: "subject", textContent: mail.Subject || "(no subject)" }),
    element("span", { className: "snippet", textContent: mail.Snippet }),
  );
  link.dataset.id = mail.ID;
  return element("li", {}, link);
}

async function show() {
  const id = selectedId();
  if (id === openId) return;
  openId = id;
  const mail = id
    ? await json(`message/${encodeURIComponent(id)}`).catch(() => undefined)
    : undefined;
  if (openId !== id) return;
  $("mail").hidden = mail === undefined;
  $("hint").hidden = mail !== undefined;
  if (mail === undefined) return;
  $("subject").textContent = mail.Subject || "(no subject)";
  $("people").replaceChildren(
    ...mainHeaders(mail).flatMap(([name, value]) => [
      element("dt", { textContent: name }),
      element("dd", { textContent: value }),
    ]),
  );
  $("files").hidden = mail.Attachments.length === 0;
  $("files").replaceChildren(
    ...mail.Attachments.map((file) => element("li", {}, download(id, file))),
  );
  $("text").replaceChildren(...withLinks(mail.Text || "This email has no text part."));
  $("html").src = `/view/${encodeURIComponent(id)}.html`;
  const headers = await json(`message/${encodeURIComponent(id)}/headers`);
  $("headers").textContent = Object.entries(headers)
    .flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
    .join("\n");
  selectTab(mail.HTML || preferredTab !== "html" ? preferredTab : "text");
  await refresh();
}

function mainHeaders(mail) {
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

/** Splits text into strings and links for its URLs. */
function withLinks(text) {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((piece, index) =>
      index % 2 === 0
        ? piece
        : element("a", { href: piece, textContent: piece, target: "_blank", rel: "noreferrer" }),
    );
}

function selectTab(name) {
  for (const tab of tabs) {
    const selected = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(selected));
    $(tab.dataset.tab).hidden = !selected;
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => {
    preferredTab = tab.dataset.tab;
    selectTab(preferredTab);
  });
}

$("clear").addEventListener("click", async () => {
  if (!confirm("Delete all emails?")) return;
  await call("messages", { method: "DELETE" });
  location.hash = "";
  await refresh();
});

let searchTimer;
$("search").addEventListener("input", () => {
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => refresh().catch(() => undefined), 200);
});

addEventListener("hashchange", () => show().then(refresh));

async function refreshRepeatedly() {
  // The stack can be stopped and started again while the page stays open.
  if (!document.hidden) await refresh().catch(() => ($("count").textContent = "not running"));
  setTimeout(refreshRepeatedly, refreshInterval);
}

await show().catch(() => undefined);
refreshRepeatedly();
