/** `npm run types`: writes supabase/database.types.ts from the migrations, with the official CLI. */
import { writeFile } from "node:fs/promises";
import { generateTypes, typesFile } from "./database-types.ts";
import { scratchStack } from "./scratch-stack.ts";

const stack = await scratchStack({ seed: false });
try {
  await writeFile(typesFile, await generateTypes(stack.about.DB_URL));
  console.log(typesFile);
} finally {
  await stack.stop();
}
