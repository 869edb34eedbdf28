import postgres from "postgres";

/** The database that `npm test plans` has filled with a marketplace. */
export function openMarketplace(): postgres.Sql {
  const url = process.env.MARKETPLACE_URL;
  if (url === undefined)
    throw new Error("MARKETPLACE_URL is not set. Run this with npm test plans.");
  return postgres(url, { max: 1, onnotice: () => undefined });
}

/** Runs it in a transaction that leaves nothing behind. */
export async function undone<T>(
  sql: postgres.Sql,
  work: (tx: postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  let result: { readonly value: T } | undefined;
  const undo = new Error("undo");
  try {
    await sql.begin(async (tx) => {
      result = { value: await work(tx) };
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  if (result === undefined) throw new Error("The transaction did not run.");
  return result.value;
}
