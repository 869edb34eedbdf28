import { fromSupabase, type OnSwift } from "@onswift/sdk";
import { createServerClient } from "@supabase/ssr";
import { cookies } from "next/headers";
import { key, url } from "./settings";

/** The client of the user of this request. Never share it between requests: it has the user's session. */
export async function onswiftOnServer(): Promise<OnSwift> {
  const jar = await cookies();
  const supabase = createServerClient(url, key, {
    cookies: {
      getAll: () => jar.getAll(),
      setAll(all) {
        try {
          for (const { name, value, options } of all) jar.set(name, value, options);
        } catch {
          // A server component cannot set cookies; proxy.ts renews them.
        }
      },
    },
  });
  return fromSupabase(supabase);
}
