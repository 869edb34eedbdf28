/**
 * Converts a value to JSON without NUL and unpaired surrogates in its texts: the database cannot store them. A
 * pair of surrogates is one character here, so the range only matches unpaired ones.
 */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "string" ? inner.replace(/[\0\ud800-\udfff]/gu, "") : inner,
  );
