import { fromSupabase } from "@onswift/sdk";
import { createServerClient } from "@supabase/ssr";
import { type NextRequest, NextResponse } from "next/server";
import { key, url } from "./lib/settings";

/** Renews the session before a page is rendered, because server components cannot set cookies. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  let response = NextResponse.next({ request });
  const supabase = createServerClient(url, key, {
    cookies: {
      getAll: () => request.cookies.getAll(),
      setAll(all, headers) {
        for (const { name, value } of all) request.cookies.set(name, value);
        response = NextResponse.next({ request });
        for (const { name, value, options } of all) response.cookies.set(name, value, options);
        // A response with a session must not be stored by a cache.
        for (const [name, value] of Object.entries(headers ?? {}))
          response.headers.set(name, value);
      },
    },
  });
  await fromSupabase(supabase).auth.verify();
  return response;
}

export const config = { matcher: ["/((?!_next/|favicon.ico).*)"] };
