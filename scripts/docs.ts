/** `npm run docs`: builds the docs site and serves it, without a stack. With `-- --build`, it only builds. */
import { buildSite } from "./site/build.ts";
import { serveSite, sitePort } from "./site/serve.ts";

await buildSite();
if (process.argv.includes("--build")) console.log("docs/site/dist is built.");
else {
  const { url } = await serveSite(sitePort).catch(() => serveSite(0));
  console.log(`Docs: ${url}`);
}
