import { parse } from "libpg-query";

/** One statement of a file, as PostgreSQL's own parser sees it. */
export interface Statement {
  readonly text: string;
  readonly line: number;
  /** The parser's name of its kind, such as `CreatePolicyStmt`, and its tree. */
  readonly kind: string;
  readonly tree: Readonly<Record<string, unknown>>;
}

/** A syntax error in a file that was not even run. */
export class SyntaxProblem extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

interface Parsed {
  readonly stmts?: readonly {
    readonly stmt?: Readonly<Record<string, Statement["tree"]>>;
    readonly stmt_location?: number;
    readonly stmt_len?: number;
  }[];
}

/** Splits a file into its statements; positions in the parser's answer count bytes. */
export async function split(text: string): Promise<readonly Statement[]> {
  const bytes = Buffer.from(text);
  const { stmts = [] }: Parsed = await parse(text).catch((error: unknown) => {
    throw syntaxProblem(error, text);
  });
  return stmts.map(({ stmt = {}, stmt_location: start = 0, stmt_len: length }) => {
    const raw = bytes.toString("utf8", start, length === undefined ? undefined : start + length);
    const [[kind, tree] = ["", {}]] = Object.entries(stmt);
    const before = bytes.toString("utf8", 0, start) + raw.slice(0, beginning(raw));
    return {
      text: raw.trim(),
      line: lineAt(before),
      kind,
      tree: tree as Statement["tree"],
    };
  });
}

/** Where the statement itself begins, after the blank space and comments above it. */
const beginning = (raw: string): number =>
  /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(raw)?.[0].length ?? 0;

const lineAt = (before: string): number => before.split("\n").length;

function syntaxProblem(error: unknown, text: string): Error {
  const { message, sqlDetails } = error as Error & {
    sqlDetails?: { message: string; cursorPosition: number };
  };
  if (sqlDetails === undefined) return error as Error;
  const before = Buffer.from(text).toString("utf8", 0, sqlDetails.cursorPosition);
  return new SyntaxProblem(sqlDetails.message ?? message, lineAt(before));
}
