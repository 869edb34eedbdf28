import { createClient } from "@onswift/sdk";

interface Environment {
  readonly ONSWIFT_URL: string;
  /** The publishable key. */
  readonly ONSWIFT_KEY: string;
}

/** `GET /projects` as the user whose access token the request carries. */
export default {
  async fetch(request: Request, { ONSWIFT_URL, ONSWIFT_KEY }: Environment): Promise<Response> {
    if (new URL(request.url).pathname !== "/projects") return new Response(null, { status: 404 });
    const authorization = request.headers.get("authorization");
    // A client for each request: one for all of them would mix the sessions of users.
    const onswift = createClient({
      url: ONSWIFT_URL,
      key: ONSWIFT_KEY,
      persistSession: false,
      headers: authorization ? { authorization } : {},
    });
    const { data, error } = await onswift.projects.list({ sort: "-createdAt" });
    return error ? Response.json(error, { status: error.status ?? 503 }) : Response.json(data);
  },
};
