/** One condition on a column, such as `id=eq.1`. */
export interface Condition {
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
const isValues = new Set(["null", "true", "false", "unknown"]);
const maxListItems = 100;

/** Parses a comma-separated filter. Returns undefined if any condition is not supported. */
export function parseConditions(text: string | null | undefined): readonly Condition[] | undefined {
  if (text === null || text === undefined || text === "") return [];
  // Split at commas outside of parentheses.
  const conditions = text.split(/,(?![^()]*\))/).map(parseCondition);
  return conditions.every((condition) => condition !== undefined) ? conditions : undefined;
}

function parseCondition(text: string): Condition | undefined {
  const [, column, not, operator, value] =
    /^([^=]+)=(not\.)?([a-z]+)\.(.*)$/s.exec(text.trim()) ?? [];
  if (column === undefined || operator === undefined || value === undefined) return undefined;
  const isSupported =
    operator in comparisons ||
    (operator === "is" && isValues.has(value.toLowerCase())) ||
    (operator === "in" && parseList(value).length <= maxListItems);
  return isSupported ? { column, negated: not !== undefined, operator, value } : undefined;
}

const parseList = (value: string): string[] =>
  value
    .replace(/^\(|\)$/g, "")
    .split(",")
    .map((item) => item.trim().replace(/^"|"$/g, ""));

export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Converts conditions to SQL for a row `r`. Appends their values to `values`, the query's parameters. */
export function conditionsToSql(
  conditions: readonly Condition[],
  typeOf: (column: string) => string | undefined,
  values: unknown[],
): string {
  const clauses = conditions.map(({ column, negated, operator, value }) => {
    const type = typeOf(column);
    if (type === undefined) return "false";
    const left = `r.${quoteIdentifier(column)}`;
    const parameter = (data: unknown, parameterType: string) => {
      values.push(data);
      return `$${values.length}::${parameterType}`;
    };
    const isText = operator.endsWith("like") || operator.endsWith("match");
    const condition =
      operator === "is"
        ? `${left} is ${value.toLowerCase()}`
        : operator === "in"
          ? `${left} = any (${parameter(parseList(value), "text[]")}::${type}[])`
          : isText
            ? `${left}::text ${comparisons[operator]} ${parameter(value, "text")}`
            : `${left} ${comparisons[operator]} ${parameter(value, "text")}::${type}`;
    return negated ? `not (${condition})` : `(${condition})`;
  });
  return clauses.length === 0 ? "true" : clauses.join(" and ");
}
