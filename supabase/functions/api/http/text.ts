/** PostgreSQL cannot store NUL. Other control characters are removed by the database. */
export const withoutNul = (text: string): string => text.replaceAll("\0", "");
