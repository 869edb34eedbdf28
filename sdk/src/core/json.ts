/**
 * Converts a value to JSON without NUL and unpaired surrogates in its texts: the database cannot store them. A
 * pair of surrogates is one character here, so the range only matches unpaired ones.
 *
 * `NaN` and infinities become texts, which the backend refuses by the field's name. JSON has only null for them, which
 * would clear a field or leave out a filter.
 */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "string"
      ? inner.replace(/[\0\ud800-\udfff]/gu, "")
      : typeof inner === "number" && !Number.isFinite(inner)
        ? String(inner)
        : inner,
  );
