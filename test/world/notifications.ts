import { openDatabase } from "./stack.ts";
import { tables } from "./tables.ts";

/** Adds so many notifications of one moment to a user. Returns their ids in the order of an export. */
export async function notifyOften(userId: string, number: number): Promise<readonly string[]> {
  const sql = openDatabase();
  try {
    const rows = await tables(sql)
      .insertInto("private.notifications")
      .values(
        Array.from({ length: number }, (_, index) => ({
          user_id: userId,
          type: "mentioned",
          title: `Nr. ${index}`,
          message: "x",
          created_at: "2026-01-02T03:04:05.678901Z",
        })),
      )
      .returning("id")
      .execute();
    return rows.map(({ id }) => id).sort();
  } finally {
    await sql.end();
  }
}
