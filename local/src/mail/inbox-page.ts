import { readFileSync } from "node:fs";

const read = (file: string): string =>
  readFileSync(new URL(`./inbox/${file}`, import.meta.url), "utf8");

const style = read("inbox.css");
const script = read("inbox.js");

/** Returns the inbox as one self-contained page. Its script adds the contents of emails, as text. */
export const inboxPage = (nonce: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inbox</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header>
  <h1>Inbox <span id="count" aria-live="polite"></span></h1>
  <input id="search" type="search" placeholder="Search: to:ada@example.com subject:reset" aria-label="Search emails">
  <button id="clear" type="button">Delete all</button>
</header>
<main>
  <nav aria-label="Emails"><ol id="list"></ol><p id="empty" hidden></p></nav>
  <article id="mail" hidden aria-label="Email">
    <h2 id="subject"></h2>
    <dl id="people"></dl>
    <div role="tablist" aria-label="Parts">
      <button type="button" role="tab" data-tab="html">HTML</button>
      <button type="button" role="tab" data-tab="text">Text</button>
      <button type="button" role="tab" data-tab="headers">Headers</button>
    </div>
    <ul id="files" class="files" hidden></ul>
    <iframe id="html" title="The email as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>
    <pre id="text" hidden></pre>
    <pre id="headers" hidden></pre>
  </article>
  <p id="hint">Select an email to read it. Emails are captured here and not sent to recipients.</p>
</main>
<script nonce="${nonce}" type="module">${script}</script>
</body>
</html>
`;
