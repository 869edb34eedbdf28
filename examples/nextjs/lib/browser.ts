import { fromSupabase } from "@onswift/sdk";
import { createBrowserClient } from "@supabase/ssr";
import { key, url } from "./settings";

/** The client of the browser, with the session of the same cookies. */
export const onswift = fromSupabase(createBrowserClient(url, key));
