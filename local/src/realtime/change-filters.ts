/** One condition on a column, such as `id=eq.1`. */
export interface Filter {
  readonly column: string;
  readonly negated: boolean;
  readonly operator: string;
  readonly value: string;
}

const comparisons: Readonly<Record<string, string>> = {
  eq: "=",
  neq: "<>",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  like: "like",
  ilike: "ilike",
  match: "~",
  imatch: "~*",
  isdistinct: "is distinct from",
};
const states = new Set(["null", "true", "false", "unknown"]);
const mostListed = 100;

/** Undefined where it is no filter that this server knows. */
export function readFilters(text: string | null | undefined): readonly Filter[] | undefined {
  if (text === null || text === undefined || text === "") return [];
  // A comma separates conditions, but not what stands between brackets.
  const filters = text.split(/,(?![^()]*\))/).map(readFilter);
  return filters.every((filter) => filter !== undefined) ? filters : undefined;
}

function readFilter(text: string): Filter | undefined {
  const [, column, not, operator, value] =
    /^([^=]+)=(not\.)?([a-z]+)\.(.*)$/s.exec(text.trim()) ?? [];
  if (column === undefined || operator === undefined || value === undefined) return undefined;
  const known =
    operator in comparisons ||
    (operator === "is" && states.has(value.toLowerCase())) ||
    (operator === "in" && listed(value).length <= mostListed);
  return known ? { column, negated: not !== undefined, operator, value } : undefined;
}

const listed = (value: string): string[] =>
  value
    .replace(/^\(|\)$/g, "")
    .split(",")
    .map((item) => item.trim().replace(/^"|"$/g, ""));

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The conditions in SQL about a row `r`; values are parameters, pushed to `values`. */
export function conditionOf(
  filters: readonly Filter[],
  typeOf: (column: string) => string | undefined,
  values: unknown[],
): string {
  const conditions = filters.map(({ column, negated, operator, value }) => {
    const type = typeOf(column);
    if (type === undefined) return "false";
    const left = `r.${quoted(column)}`;
    const parameter = (said: unknown, as: string) => {
      values.push(said);
      return `$${values.length}::${as}`;
    };
    const isText = operator.endsWith("like") || operator.endsWith("match");
    const condition =
      operator === "is"
        ? `${left} is ${value.toLowerCase()}`
        : operator === "in"
          ? `${left} = any (${parameter(listed(value), "text[]")}::${type}[])`
          : isText
            ? `${left}::text ${comparisons[operator]} ${parameter(value, "text")}`
            : `${left} ${comparisons[operator]} ${parameter(value, "text")}::${type}`;
    return negated ? `not (${condition})` : `(${condition})`;
  });
  return conditions.length === 0 ? "true" : conditions.join(" and ");
}
