/** `npm run types`: writes the files that are generated from the database; see generated-files.ts. */
import { writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { generatedFiles } from "./generated-files.ts";
import { root } from "./root.ts";
import { scratchStack } from "./scratch-stack.ts";

const stack = await scratchStack({ seed: false });
try {
  for (const { path, content } of await generatedFiles(stack.about.DB_URL)) {
    await writeFile(path, content);
    console.log(relative(root, path));
  }
} finally {
  await stack.stop();
}
