/**
 * Writes the OpenAPI document and the page that shows it. Runs in Deno with the settings of the function `api`, whose
 * router, page and program these are.
 */
import { docsPage } from "../../../supabase/functions/api/docs/page.ts";
import { scalarScript } from "../../../supabase/functions/api/docs/scalar.ts";
import { openApiDocument } from "../../../supabase/functions/api/openapi.ts";
import { operations } from "../../../supabase/functions/api/operations.ts";

const folder = `${import.meta.dirname}/../generated/public`;
const inFunction = "/functions/v1/api";
const url = `http://127.0.0.1:54321${inFunction}`;

const document = {
  ...openApiDocument(operations),
  servers: [{ url, description: "npm start" }],
};
const page = docsPage
  .replaceAll(`${inFunction}/docs/`, "/rest/reference/")
  .replaceAll(`${inFunction}/openapi.json`, "/openapi.json")
  .replace("<body>", '<body>\n<p style="margin:0.5rem 1rem"><a href="/">OnSwift docs</a></p>');
if (page.includes(inFunction)) throw new Error("The page leads to a function.");

await Deno.mkdir(`${folder}/rest/reference`, { recursive: true });
await Deno.writeTextFile(`${folder}/openapi.json`, JSON.stringify(document, null, 2));
await Deno.writeTextFile(`${folder}/rest/reference/index.html`, page);
await Deno.writeTextFile(`${folder}/rest/reference/scalar.js`, await scalarScript());
