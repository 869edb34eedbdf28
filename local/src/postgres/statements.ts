import { parse } from "libpg-query";

/** One statement of a file, as PostgreSQL's own parser sees it. */
export interface Statement {
  /** With the comments above it, as the history keeps it. */
  readonly text: string;
  /** Where in `text` it begins, after those comments. */
  readonly begin: number;
  /** The line of the file that `text` begins at. */
  readonly firstLine: number;
  /** The parser's name of its kind, such as `CreatePolicyStmt`, and its tree. */
  readonly kind: string;
  readonly tree: Readonly<Record<string, unknown>>;
}

/** A syntax error. It is found before any statement runs. */
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

/** Splits a file into its statements. The parser reports positions in bytes. */
export async function split(text: string): Promise<readonly Statement[]> {
  // The parser rejects an empty file, such as a new migration.
  if (text.trim() === "") return [];
  const bytes = Buffer.from(text);
  const { stmts = [] }: Parsed = await parse(text).catch((error: unknown) => {
    throw syntaxProblem(error, text);
  });
  return stmts.map(({ stmt = {}, stmt_location: start = 0, stmt_len: length }) => {
    const raw = bytes.toString("utf8", start, length === undefined ? undefined : start + length);
    const [[kind, tree] = ["", {}]] = Object.entries(stmt);
    const text = raw.trimStart();
    const before = bytes.toString("utf8", 0, start) + raw.slice(0, raw.length - text.length);
    return {
      text: text.trimEnd(),
      begin: comments.exec(text)?.[0].length ?? 0,
      firstLine: lines(before),
      kind,
      tree,
    };
  });
}

/** The line of the file that a position in the statement is on; by default where it begins. */
export const lineOf = (statement: Statement, position = statement.begin): number =>
  statement.firstLine + lines(statement.text.slice(0, position)) - 1;

const comments = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;

const lines = (before: string): number => before.split("\n").length;

function syntaxProblem(error: unknown, text: string): Error {
  const { message, sqlDetails } = error as Error & {
    sqlDetails?: { message: string; cursorPosition: number };
  };
  if (sqlDetails === undefined) return error as Error;
  const before = Buffer.from(text).toString("utf8", 0, sqlDetails.cursorPosition);
  return new SyntaxProblem(sqlDetails.message ?? message, lines(before));
}
