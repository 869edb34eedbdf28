/**
 * The accounts that sign in with one click, from supabase/seeds. Their password is public, so they exist only in
 * seeded databases, and only the server of `npm start -- --web` gives them to the page.
 */
const people = [
  {
    name: "Maya Lindqvist",
    email: "maya@northlight.example",
    userType: "creator",
    note: "Northlight Pictures: a music video in progress",
  },
  {
    name: "Alia Vance",
    email: "alia@talent.example",
    userType: "talent",
    note: "Senior Video Editor in Maya's team",
  },
  {
    name: "Daniel Okafor",
    email: "daniel@kettleandcrane.example",
    userType: "creator",
    note: "Kettle & Crane Coffee: a completed project to review",
  },
  {
    name: "Jun Watanabe",
    email: "jun@talent.example",
    userType: "talent",
    note: "Motion Designer in two teams",
  },
] as const;

export const demo = { password: "OnSwift-demo-1!", people };

/** The names of this computer itself. A demo that others can reach would give them its accounts. */
export function isLocal(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "127.0.0.1" || name === "localhost" || name === "[::1]";
}
