/**
 * Removes NUL and unpaired surrogates, which PostgreSQL cannot store. Other control characters are removed by
 * the database. A pair of surrogates is one character here, so the range only matches unpaired ones.
 */
export const storable = (text: string): string => text.replace(/[\0\ud800-\udfff]/gu, "");
